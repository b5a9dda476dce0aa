// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/memory_text.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/answers/table.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;
using cost::LevelUse;

constexpr double kKib = 1024.0;

std::string percent(double share) { return fmt::format("{:.1f}", 100 * share); }

// The nearest cache or memory with room for all that a layer touches.
std::string holder(const cost::LayerCost& layer, const device::Device& device) {
  const std::int64_t set = layer.weight_bytes + layer.activation_bytes;
  for (const device::Cache& cache : device.caches) {
    if (set <= cache.bytes) return cache.name;
  }
  return "memory";
}

const LevelUse* find_level(const cost::LayerCost& layer, const std::string& name) {
  const auto found = std::ranges::find(layer.levels, name, &LevelUse::level);
  return found == layer.levels.end() ? nullptr : &*found;
}

// All levels that some layer uses, caches first.
std::vector<LevelUse> levels_of(const cost::Estimate& estimate) {
  std::vector<LevelUse> levels;
  for (const bool cache : {true, false}) {
    for (const cost::LayerCost& layer : estimate.layers) {
      for (const LevelUse& level : layer.levels) {
        const bool known = std::ranges::find(levels, level.level, &LevelUse::level) != levels.end();
        if (level.cache == cache && !known) levels.push_back(level);
      }
    }
  }
  return levels;
}

std::string cell(const cost::LayerCost& layer, const LevelUse& column) {
  const LevelUse* level = find_level(layer, column.level);
  if (level == nullptr) return "-";
  return level->cache ? percent(level->hit_rate) : fmt::format("{:.1f}", level->bytes / kKib);
}

// 10^9 bytes a second out of memories while the layer runs.
std::string bandwidth(const cost::LayerCost& layer) {
  double bytes = 0.0;
  for (const LevelUse& level : layer.levels) bytes += level.cache ? 0.0 : level.bytes;
  return layer.latency_ms > 0 && !layer.levels.empty() ? fmt::format("{:.2f}", bytes / layer.latency_ms / 1e6) : "-";
}

void print_energy(std::FILE* out, const cost::Estimate& estimate) {
  const Reading* energy = estimate.find(Quantity::Energy);
  if (energy == nullptr || estimate.energy_parts.empty()) return;
  Table table({{"energy"},
               {"mJ", Align::Right},
               {"90 % interval", Align::Right},
               {"share %", Align::Right},
               {"source"},
               {"from"}});
  for (const cost::EnergyPart& part : estimate.energy_parts) {
    const Reading& reading = part.energy;
    table.add({part.name, fmt::format("{:.4g}", reading.value),
               fmt::format("{:.4g} to {:.4g}", reading.low, reading.high), percent(reading.value / energy->value),
               std::string(base::name(reading.source)), reading.note});
  }
  fmt::print(out, "\n{}", table.text());
}

constexpr std::string_view kLegend =
    R"(lanes: of the vectors that work; set: weights and activations, held by the nearest level with
room; hit: of the lines that a level is asked for; KiB: out of memory and back; GB/s: the same over
the layer's time. Analytic: caches that keep what was used last, one core alone. Misses are within
10 % of an exact simulation for 19 of 20 kernels; prices of a byte within a factor of 2.
)";

}  // namespace

void print_memory_use(std::FILE* out, const cost::Estimate& estimate, const device::Device& device) {
  const std::vector<LevelUse> levels = levels_of(estimate);
  if (levels.empty()) {
    fmt::print(out, "\ncaches: unavailable: the device's caches have no 'ways', or the runtime no 'tiles'\n");
    return;
  }
  std::vector<Column> columns{{"layer"}, {"lanes %", Align::Right}, {"set KiB", Align::Right}, {"held by"}};
  for (const LevelUse& level : levels) {
    columns.push_back({level.level + (level.cache ? " hit %" : " KiB"), Align::Right});
  }
  columns.push_back({"GB/s", Align::Right});
  Table table(columns);
  for (const cost::LayerCost& layer : estimate.layers) {
    std::vector<std::string> row{
        layer.name, percent(layer.lane_share),
        fmt::format("{:.1f}", static_cast<double>(layer.weight_bytes + layer.activation_bytes) / kKib),
        holder(layer, device)};
    for (const LevelUse& level : levels) row.push_back(cell(layer, level));
    row.push_back(bandwidth(layer));
    table.add(std::move(row));
  }
  fmt::print(out, "\n{}{}", table.text(), kLegend);
  print_energy(out, estimate);
}

Json levels_json(const cost::LayerCost& layer) {
  if (layer.levels.empty()) return nullptr;
  Json levels = Json::array();
  for (const LevelUse& level : layer.levels) {
    Json json{{"level", level.level}, {"bytes", level.bytes}, {"energy_mj", level.energy_mj}};
    if (level.cache) {
      const double misses = 1.0 - level.hit_rate;
      json["hit_rate"] = {{"value", level.hit_rate},
                          {"low", std::max(0.0, 1.0 - misses * cost::kMissFactor)},
                          {"high", 1.0 - misses / cost::kMissFactor},
                          {"source", base::name(base::Source::Analytic)}};
    }
    levels.push_back(std::move(json));
  }
  return levels;
}

Json energy_parts_json(const cost::Estimate& estimate) {
  Json parts = Json::array();
  for (const cost::EnergyPart& part : estimate.energy_parts) {
    const Reading& reading = part.energy;
    parts.push_back({{"part", part.name},
                     {"value", reading.value},
                     {"low", reading.low},
                     {"high", reading.high},
                     {"source", base::name(reading.source)},
                     {"note", reading.note}});
  }
  return parts;
}

}  // namespace netfit::cli
