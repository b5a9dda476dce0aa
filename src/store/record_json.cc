// SPDX-License-Identifier: Apache-2.0
#include "store/record_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "store/content_key.h"
#include "store/json_reader.h"

namespace netfit::store {
namespace {

constexpr int kDepth = 4;

Json settings_json(const std::vector<Setting>& settings) {
  Json list = Json::array();
  for (const Setting& setting : settings) {
    list.push_back(Json::array({json_of(setting.name), json_of(setting.value)}));
  }
  return list;
}

Json reading_json(const Reading& reading) {
  Json json{{"quantity", base::name(reading.quantity)},
            {"value", reading.value},
            {"low", reading.low},
            {"high", reading.high},
            {"source", base::name(reading.source)}};
  if (!reading.note.empty()) json["note"] = json_of(reading.note);
  return json;
}

Json layer_json(const LayerFigures& layer) {
  return {{"name", json_of(layer.name)},      {"op", json_of(layer.op)},       {"macs", layer.macs},
          {"latency_ms", layer.latency_ms},   {"energy_mj", layer.energy_mj},  {"bound", json_of(layer.bound)},
          {"utilisation", layer.utilisation}, {"live_bytes", layer.live_bytes}};
}

Result<std::vector<Setting>> read_settings(const JsonReader& reader, const char* name) {
  const Json* list = NETFIT_TRY(reader.array(name));
  std::vector<Setting> settings;
  for (const Json& pair : *list) {
    if (!pair.is_array() || pair.size() != 2) {
      return bad_input(fmt::format("an entry of '{}' is not a pair of name and value", reader.path_of(name)));
    }
    std::string setting = NETFIT_TRY(text_of(pair[0], reader.path_of(name)));
    std::string value = NETFIT_TRY(text_of(pair[1], reader.path_of(name)));
    settings.push_back({std::move(setting), std::move(value)});
  }
  return settings;
}

Result<Quantity> read_quantity(const JsonReader& reader) {
  const std::string name = NETFIT_TRY(reader.text("quantity"));
  const std::optional<Quantity> quantity = base::find_quantity(name);
  if (!quantity) return bad_input(fmt::format("'{}' is not a known quantity", base::printable(name)));
  return *quantity;
}

Result<Reading> read_reading(const Json& json) {
  const JsonReader reader = NETFIT_TRY(JsonReader::create(json, "readings"));
  NETFIT_TRY(reader.only({"quantity", "value", "low", "high", "source", "note"}));
  Reading reading;
  reading.quantity = NETFIT_TRY(read_quantity(reader));
  reading.value = NETFIT_TRY(reader.real("value"));
  reading.low = NETFIT_TRY(reader.real("low"));
  reading.high = NETFIT_TRY(reader.real("high"));
  const std::string source_name = NETFIT_TRY(reader.text("source"));
  const std::optional<base::Source> source = base::find_source(source_name);
  if (!source) return bad_input(fmt::format("'{}' is not a known source", base::printable(source_name)));
  reading.source = *source;
  if (reader.has("note")) reading.note = NETFIT_TRY(reader.text("note"));
  return reading;
}

Result<Unavailable> read_unavailable(const Json& json) {
  const JsonReader reader = NETFIT_TRY(JsonReader::create(json, "unavailable"));
  NETFIT_TRY(reader.only({"quantity", "reason"}));
  const Quantity quantity = NETFIT_TRY(read_quantity(reader));
  return Unavailable{quantity, NETFIT_TRY(reader.text("reason"))};
}

Result<LayerFigures> read_layer(const Json& json) {
  const JsonReader reader = NETFIT_TRY(JsonReader::create(json, "layers"));
  NETFIT_TRY(reader.only({"name", "op", "macs", "latency_ms", "energy_mj", "bound", "utilisation", "live_bytes"}));
  LayerFigures layer;
  layer.name = NETFIT_TRY(reader.text("name"));
  layer.op = NETFIT_TRY(reader.text("op"));
  layer.macs = NETFIT_TRY(reader.integer("macs"));
  layer.latency_ms = NETFIT_TRY(reader.real("latency_ms"));
  layer.energy_mj = NETFIT_TRY(reader.real("energy_mj"));
  layer.bound = NETFIT_TRY(reader.text("bound"));
  layer.utilisation = NETFIT_TRY(reader.real("utilisation"));
  layer.live_bytes = NETFIT_TRY(reader.integer("live_bytes"));
  return layer;
}

Result<void> read_candidate(const JsonReader& reader, Candidate& candidate) {
  NETFIT_TRY(reader.only({"model", "graph", "scheme", "recipe"}));
  candidate.model = NETFIT_TRY(reader.text("model"));
  candidate.graph = NETFIT_TRY(reader.text("graph"));
  candidate.scheme = NETFIT_TRY(reader.text("scheme"));
  candidate.recipe = NETFIT_TRY(read_settings(reader, "recipe"));
  return {};
}

// Data, device, runtime and file: small objects of texts and one number at most.
Result<void> read_references(const JsonReader& record, Run& run) {
  const JsonReader data = NETFIT_TRY(record.object("data"));
  NETFIT_TRY(data.only({"name", "split", "count", "hash"}));
  run.data.name = NETFIT_TRY(data.text("name"));
  run.data.split = NETFIT_TRY(data.text("split"));
  run.data.count = NETFIT_TRY(data.integer("count"));
  run.data.hash = NETFIT_TRY(data.text("hash"));
  const JsonReader device = NETFIT_TRY(record.object("device"));
  NETFIT_TRY(device.only({"name", "hash"}));
  run.device.name = NETFIT_TRY(device.text("name"));
  run.device.hash = NETFIT_TRY(device.text("hash"));
  const JsonReader runtime = NETFIT_TRY(record.object("runtime"));
  NETFIT_TRY(runtime.only({"name", "version", "hash"}));
  run.runtime.name = NETFIT_TRY(runtime.text("name"));
  run.runtime.version = NETFIT_TRY(runtime.text("version"));
  run.runtime.hash = NETFIT_TRY(runtime.text("hash"));
  const JsonReader file = NETFIT_TRY(record.object("file"));
  NETFIT_TRY(file.only({"name", "bytes", "hash"}));
  run.file.name = NETFIT_TRY(file.text("name"));
  run.file.bytes = NETFIT_TRY(file.integer("bytes"));
  run.file.hash = NETFIT_TRY(file.text("hash"));
  return {};
}

Result<void> read_results(const JsonReader& record, Run& run) {
  const Json* readings = NETFIT_TRY(record.array("readings"));
  for (const Json& reading : *readings) run.readings.push_back(NETFIT_TRY(read_reading(reading)));
  const Json* unavailable = NETFIT_TRY(record.array("unavailable"));
  for (const Json& missing : *unavailable) run.unavailable.push_back(NETFIT_TRY(read_unavailable(missing)));
  if (record.has("layers")) {
    const Json* layers = NETFIT_TRY(record.array("layers"));
    for (const Json& layer : *layers) run.layers.push_back(NETFIT_TRY(read_layer(layer)));
  }
  if (record.has("created")) run.created = NETFIT_TRY(record.text("created"));
  if (record.has("duration_ms")) run.duration_ms = NETFIT_TRY(record.real("duration_ms"));
  return {};
}

Result<void> check_schema(const JsonReader& record) {
  const std::int64_t schema = NETFIT_TRY(record.integer("schema"));
  if (schema == kSchemaVersion) return {};
  return bad_input(fmt::format("'schema' is {} (allowed: {})", schema, kSchemaVersion));
}

Result<void> check_key(const JsonReader& record, const Run& run) {
  const std::string given = NETFIT_TRY(record.text("key"));
  const std::string key = content_key(run);
  if (given == key) return {};
  return bad_input(fmt::format("'key' is '{}', but the content's key is '{}'", base::printable(given, 64), key));
}

}  // namespace

std::string write_record(const Run& run, Times times) {
  Json json;
  json["schema"] = kSchemaVersion;
  json["key"] = content_key(run);
  json["candidate"] = {{"model", json_of(run.candidate.model)},
                       {"graph", json_of(run.candidate.graph)},
                       {"scheme", json_of(run.candidate.scheme)},
                       {"recipe", settings_json(run.candidate.recipe)}};
  json["data"] = {{"name", json_of(run.data.name)},
                  {"split", json_of(run.data.split)},
                  {"count", run.data.count},
                  {"hash", json_of(run.data.hash)}};
  json["device"] = {{"name", json_of(run.device.name)}, {"hash", json_of(run.device.hash)}};
  json["runtime"] = {{"name", json_of(run.runtime.name)},
                     {"version", json_of(run.runtime.version)},
                     {"hash", json_of(run.runtime.hash)}};
  json["threads"] = run.threads;
  json["options"] = settings_json(run.options);
  json["seed"] = run.seed;
  json["tool_version"] = json_of(run.tool_version);
  json["readings"] = Json::array();
  for (const Reading& reading : run.readings) json["readings"].push_back(reading_json(reading));
  json["unavailable"] = Json::array();
  for (const Unavailable& missing : run.unavailable) {
    json["unavailable"].push_back({{"quantity", base::name(missing.quantity)}, {"reason", json_of(missing.reason)}});
  }
  json["file"] = {{"name", json_of(run.file.name)}, {"bytes", run.file.bytes}, {"hash", json_of(run.file.hash)}};
  if (!run.layers.empty()) {
    json["layers"] = Json::array();
    for (const LayerFigures& layer : run.layers) json["layers"].push_back(layer_json(layer));
  }
  if (times == Times::Keep) {
    json["created"] = json_of(run.created);
    json["duration_ms"] = run.duration_ms;
  }
  return json.dump();
}

Result<Run> read_record(std::string_view line) {
  const Json json = NETFIT_TRY(parse_json(line, kDepth));
  const JsonReader record = NETFIT_TRY(JsonReader::create(json, ""));
  NETFIT_TRY(check_schema(record));
  NETFIT_TRY(record.only({"schema", "key", "candidate", "data", "device", "runtime", "threads", "options", "seed",
                          "tool_version", "readings", "unavailable", "file", "layers", "created", "duration_ms"}));
  Run run;
  const JsonReader candidate = NETFIT_TRY(record.object("candidate"));
  NETFIT_TRY(read_candidate(candidate, run.candidate));
  NETFIT_TRY(read_references(record, run));
  run.threads = NETFIT_TRY(record.integer("threads"));
  run.options = NETFIT_TRY(read_settings(record, "options"));
  run.seed = NETFIT_TRY(record.natural("seed"));
  run.tool_version = NETFIT_TRY(record.text("tool_version"));
  NETFIT_TRY(read_results(record, run));
  NETFIT_TRY(check_run(run));
  NETFIT_TRY(check_key(record, run));
  return run;
}

}  // namespace netfit::store
