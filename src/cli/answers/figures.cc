// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/figures.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/table.h"
#include "select/words.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;
using select::Option;

constexpr std::size_t kMaxWidth = 100;

// In the order in which answers list them.
struct Listed {
  Quantity quantity;
  std::string_view json;
};
constexpr std::array kListed{
    Listed{Quantity::Top1, "top1"},
    Listed{Quantity::Latency, "latency_ms"},
    Listed{Quantity::PeakRam, "peak_ram_bytes"},
    Listed{Quantity::Arena, "arena_bytes"},
    Listed{Quantity::Flash, "flash_bytes"},
    Listed{Quantity::FileSize, "file_bytes"},
    Listed{Quantity::Energy, "energy_mj"},
    Listed{Quantity::Macs, "macs"},
    Listed{Quantity::Params, "params"},
};

std::string interval_text(const Reading& reading) {
  if (reading.low == reading.high) return "exact";
  return fmt::format("{} to {}", select::in_words(reading.quantity, reading.low),
                     select::in_words(reading.quantity, reading.high));
}

}  // namespace

std::string_view json_name(Quantity quantity) { return std::ranges::find(kListed, quantity, &Listed::quantity)->json; }

std::optional<Quantity> find_json_name(std::string_view name) {
  const auto found = std::ranges::find(kListed, name, &Listed::json);
  if (found == kListed.end()) return std::nullopt;
  return found->quantity;
}

Json reading_json(const Reading& reading) {
  Json json{
      {"value", reading.value}, {"low", reading.low}, {"high", reading.high}, {"source", base::name(reading.source)}};
  if (!reading.note.empty()) json["note"] = reading.note;
  return json;
}

Json option_json(const Option& option) {
  Json json{{"model", option.model},     {"scheme", option.scheme}, {"device", option.device},
            {"runtime", option.runtime}, {"label", option.label},   {"key", option.key}};
  Json unavailable = Json::object();
  for (const Listed& listed : kListed) {
    if (const Reading* reading = option.find(listed.quantity)) json[listed.json] = reading_json(*reading);
    const auto missing = option.missing.find(listed.quantity);
    if (missing != option.missing.end()) unavailable[listed.json] = missing->second;
  }
  json["unavailable"] = std::move(unavailable);
  return json;
}

std::string value_text(const Option& option, Quantity quantity) {
  const Reading* reading = option.find(quantity);
  return reading == nullptr ? "n/a" : select::in_words(quantity, reading->value);
}

std::string figures_table(const Option& option) {
  Table table({{"figure"}, {"value", Align::Right}, {"90 % interval"}, {"source"}});
  std::string missing;
  for (const Listed& listed : kListed) {
    const std::string what(select::in_words(listed.quantity));
    if (const Reading* reading = option.find(listed.quantity)) {
      std::string source(base::name(reading->source));
      if (!reading->note.empty()) source += fmt::format(": {}", reading->note);
      table.add({what, select::in_words(listed.quantity, reading->value), interval_text(*reading), source});
    } else if (option.missing.contains(listed.quantity)) {
      missing += wrapped(fmt::format("{} unavailable: {}", what, option.why_missing(listed.quantity)), 2);
    }
  }
  return table.text() + missing;
}

std::string options_table(std::span<const Option> options, std::span<const Quantity> quantities) {
  std::set<std::string> runtimes;
  for (const Option& option : options) runtimes.insert(option.runtime);
  std::vector<Column> columns{{"model"}, {"scheme"}};
  if (runtimes.size() > 1) columns.push_back({"runtime"});
  for (const Quantity quantity : quantities) columns.push_back({std::string(select::in_words(quantity)), Align::Right});
  Table table(columns);
  for (const Option& option : options) {
    std::vector<std::string> row{option.model, option.scheme};
    if (runtimes.size() > 1) row.push_back(option.runtime);
    for (const Quantity quantity : quantities) row.push_back(value_text(option, quantity));
    table.add(std::move(row));
  }
  return table.text();
}

std::string sources_line(std::span<const Option> options, std::span<const Quantity> quantities) {
  std::map<base::Source, std::vector<std::string>> by_source;
  for (const Quantity quantity : quantities) {
    std::set<base::Source> sources;
    for (const Option& option : options) {
      if (const Reading* reading = option.find(quantity)) sources.insert(reading->source);
    }
    for (const base::Source source : sources) by_source[source].emplace_back(select::in_words(quantity));
  }
  std::vector<std::string> parts;
  for (const auto& [source, names] : by_source) {
    parts.push_back(fmt::format("{}: {}", base::join(names, ", "), base::name(source)));
  }
  return base::join(parts, "; ");
}

std::string wrapped(std::string_view text, std::size_t indent) {
  std::string lines;
  std::string line;
  for (const std::string& word : base::split(base::printable(text, 4000), ' ')) {
    const bool full = line.size() + 1 + word.size() > kMaxWidth && line.find_first_not_of(' ') != std::string::npos;
    if (full) {
      lines += line + '\n';
      line = std::string(indent, ' ') + word;
    } else {
      line += lines.empty() && line.empty() ? word : " " + word;
    }
  }
  return lines + line + '\n';
}

}  // namespace netfit::cli
