// SPDX-License-Identifier: Apache-2.0
#include "calib/samples.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

namespace netfit::calib {
namespace {

// ncnn prints no version; these networks came to its benchmark late, so a device that ran one has a recent build.
bool tells_new_generation(const std::string& model_id) {
  return model_id == "ncnn/vision_transformer.param" || model_id == "ncnn/FastestDet.param";
}

// Which file was measured, where the source says so: tables have several files of one architecture.
std::string file_of(const Measurement& row) {
  for (const std::string_view mark : {"model id ", "model file: "}) {
    const std::size_t at = row.notes.find(mark);
    if (at == std::string::npos) continue;
    const std::size_t begin = at + mark.size();
    return row.notes.substr(begin, row.notes.find(';', begin) - begin);
  }
  return "";
}

void keep_least(std::optional<double>& kept, const std::optional<double>& other) {
  if (other && (!kept || *other < *kept)) kept = other;
}

std::optional<MemoryFigures> memory_of(const Measurement& row, const Situation& situation, const ir::Graph& graph) {
  return row.ram_kib || row.flash_kib ? memory_figures(graph, situation) : std::nullopt;
}

}  // namespace

std::string with_classes(const std::string& model_id, const std::string& notes) {
  struct DataSet {
    std::string_view mark;
    int classes;
  };
  // The first that fits; the zoo's own pretrained models are of the flowers unless their path says more.
  // ST's own models, which its tables name no file of, are of the flowers, too.
  constexpr std::array kDataSets{DataSet{"food-101", 101},           DataSet{"flowers", 5},
                                 DataSet{"cifar100", 100},           DataSet{"cifar10", 10},
                                 DataSet{"Public_pretrained", 1000}, DataSet{"ImageNet", 1000},
                                 DataSet{"ST_pretrained", 5},        DataSet{"model file: -", 5}};
  const bool takes_classes = model_id.find(':') != std::string::npos && !model_id.starts_with("resnet") &&
                             model_id.find("classes=") == std::string::npos;
  if (!takes_classes) return model_id;
  for (const DataSet& set : kDataSets) {
    if (notes.find(set.mark) != std::string::npos) return fmt::format("{},classes={}", model_id, set.classes);
  }
  return model_id;
}

Observations observe(const MeasurementTable& table, ModelSource& models) {
  Observations result{.rows = {}, .skipped = table.skipped};
  using Key = std::tuple<std::string, bool, bool, bool, std::string>;
  std::map<Key, cost::TermCounts> counted;
  std::set<std::string> new_boards;
  for (const Measurement& row : table.rows) {
    if (tells_new_generation(row.model_id)) new_boards.insert(row.device_id);
  }
  for (const Measurement& row : table.rows) {
    Situation situation = situation_of(row);
    situation.generation_new = new_boards.contains(row.device_id);
    const std::string exact = with_classes(row.model_id, row.notes);
    const Result<std::shared_ptr<const ir::Graph>> graph = models.find(exact);
    if (!graph) {
      result.skipped.push_back({row.row, fmt::format("model {}: {}", row.model_id, graph.error().text())});
      continue;
    }
    const cost::CountingRules rules = situation.rules();
    const Key key{exact, rules.as_int8, rules.winograd, rules.float_type == DType::Float16,
                  rules.flash_on_chip > 0                ? "chip"
                  : situation.family.starts_with("ncnn") ? "ncnn"
                                                         : ""};
    auto found = counted.find(key);
    if (found == counted.end()) found = counted.emplace(key, sum_terms(count_terms(**graph, rules))).first;
    result.rows.push_back({row, situation, found->second, memory_of(row, situation, **graph)});
  }
  return result;
}

Observations merge_duplicates(Observations observations) {
  using Key = std::tuple<std::string, std::string, int, std::string, std::string, std::string>;
  std::map<Key, std::size_t> places;
  std::vector<Observation> kept;
  for (Observation& each : observations.rows) {
    const Measurement& row = each.row;
    const auto [found, fresh] = places.emplace(
        Key{row.device_id, each.situation.runtime, each.situation.threads, row.precision, row.model_id, file_of(row)},
        kept.size());
    if (fresh) {
      kept.push_back(std::move(each));
      continue;
    }
    Measurement& first = kept[found->second].row;
    keep_least(first.latency_ms, row.latency_ms);
    keep_least(first.latency_min_ms, row.latency_min_ms);
    keep_least(first.energy_mj, row.energy_mj);
    keep_least(first.ram_kib, row.ram_kib);
    keep_least(first.flash_kib, row.flash_kib);
  }
  observations.rows = std::move(kept);
  return observations;
}

PopulationSamples samples_of(std::span<const Observation> rows, Population population) {
  PopulationSamples result;
  std::map<std::string, std::size_t> situations;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Observation& row = rows[i];
    const std::optional<double> ms = row.row.best_latency_ms();
    if (row.situation.population != population || !ms) continue;
    // float_type belongs to the terms' prices, so it must tell situations of one key apart.
    const std::string key =
        fmt::format("{}/{}", row.situation.key(), row.situation.float_type == DType::Float16 ? "fp16" : "fp32");
    const auto [place, fresh] = situations.emplace(key, result.samples.situations.size());
    if (fresh) result.samples.situations.push_back(row.situation);
    result.samples.samples.push_back({place->second, row.row.model_id, row.counts, std::log(*ms)});
    result.places.push_back(i);
  }
  return result;
}

}  // namespace netfit::calib
