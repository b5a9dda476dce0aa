// SPDX-License-Identifier: Apache-2.0
#include "store/run.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::store {
namespace {

// Longer texts are surely not names, and every Run is held in memory.
constexpr std::size_t kMostTextBytes = std::size_t{1} << 20;
constexpr std::size_t kMostEntries = 10'000;

Result<void> check_text(std::string_view field, std::string_view text) {
  if (text.size() <= kMostTextBytes) return {};
  return bad_input(fmt::format("'{}' has {} bytes (allowed: {})", field, text.size(), kMostTextBytes));
}

Result<void> check_name(std::string_view field, std::string_view text) {
  if (text.empty()) return bad_input(fmt::format("'{}' is empty", field));
  return check_text(field, text);
}

Result<void> check_texts(const Run& run) {
  NETFIT_TRY(check_name("candidate.model", run.candidate.model));
  NETFIT_TRY(check_name("candidate.graph", run.candidate.graph));
  NETFIT_TRY(check_name("candidate.scheme", run.candidate.scheme));
  NETFIT_TRY(check_name("device.name", run.device.name));
  NETFIT_TRY(check_name("tool_version", run.tool_version));
  NETFIT_TRY(check_text("data.name", run.data.name));
  NETFIT_TRY(check_text("data.split", run.data.split));
  NETFIT_TRY(check_text("data.hash", run.data.hash));
  NETFIT_TRY(check_text("device.hash", run.device.hash));
  NETFIT_TRY(check_text("runtime.name", run.runtime.name));
  NETFIT_TRY(check_text("runtime.version", run.runtime.version));
  NETFIT_TRY(check_text("runtime.hash", run.runtime.hash));
  NETFIT_TRY(check_text("file.name", run.file.name));
  return check_text("file.hash", run.file.hash);
}

Result<void> check_settings(std::string_view field, const std::vector<Setting>& settings) {
  if (settings.size() > kMostEntries) {
    return bad_input(fmt::format("'{}' has {} entries (allowed: {})", field, settings.size(), kMostEntries));
  }
  for (const Setting& setting : settings) {
    NETFIT_TRY(check_name(field, setting.name));
    NETFIT_TRY(check_text(field, setting.value));
  }
  return {};
}

Result<void> check_unique(const std::vector<Setting>& options) {
  std::vector<std::string_view> names;
  for (const Setting& option : options) names.push_back(option.name);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice == names.end()) return {};
  return bad_input(fmt::format("'options' names '{}' twice", base::printable(*twice)));
}

Result<void> check_reading(const Reading& reading) {
  const std::string_view quantity = base::name(reading.quantity);
  if (!std::isfinite(reading.value) || !std::isfinite(reading.low) || !std::isfinite(reading.high)) {
    return bad_input(fmt::format("the reading of {} is not a finite number", quantity));
  }
  if (reading.low < 0.0) return bad_input(fmt::format("the reading of {} is negative: {}", quantity, reading.low));
  if (reading.low > reading.value || reading.value > reading.high) {
    return bad_input(fmt::format("the reading of {} is outside its interval: {} in [{}, {}]", quantity, reading.value,
                                 reading.low, reading.high));
  }
  if (reading.quantity == Quantity::Top1 && reading.high > 100.0) {
    return bad_input(fmt::format("the reading of top1 is over 100 %: {}", reading.high));
  }
  return check_text("readings.note", reading.note);
}

Result<void> check_results(const Run& run) {
  if (run.readings.size() > kMostEntries) {
    return bad_input(fmt::format("'readings' has {} entries (allowed: {})", run.readings.size(), kMostEntries));
  }
  for (const Reading& reading : run.readings) NETFIT_TRY(check_reading(reading));
  for (std::size_t i = 0; i < run.unavailable.size(); ++i) {
    const Unavailable& missing = run.unavailable[i];
    NETFIT_TRY(check_name("unavailable.reason", missing.reason));
    const auto same = [&](const auto& other) { return other.quantity == missing.quantity; };
    if (std::ranges::any_of(run.readings, same)) {
      return bad_input(fmt::format("{} is both read and unavailable", base::name(missing.quantity)));
    }
    if (std::any_of(run.unavailable.begin(), run.unavailable.begin() + static_cast<std::ptrdiff_t>(i), same)) {
      return bad_input(fmt::format("{} is unavailable twice", base::name(missing.quantity)));
    }
  }
  return {};
}

Result<void> check_layers(const std::vector<LayerFigures>& layers) {
  if (layers.size() > kMostEntries) {
    return bad_input(fmt::format("'layers' has {} entries (allowed: {})", layers.size(), kMostEntries));
  }
  for (const LayerFigures& layer : layers) {
    NETFIT_TRY(check_text("layers.name", layer.name));
    NETFIT_TRY(check_text("layers.op", layer.op));
    NETFIT_TRY(check_text("layers.bound", layer.bound));
    for (const double figure : {layer.latency_ms, layer.energy_mj, layer.utilisation}) {
      if (!std::isfinite(figure) || figure < 0.0) {
        return bad_input(
            fmt::format("a figure of layer '{}' is {} (allowed: 0 or more)", base::printable(layer.name), figure));
      }
    }
    if (layer.macs < 0 || layer.live_bytes < 0) {
      return bad_input(fmt::format("a count of layer '{}' is negative", base::printable(layer.name)));
    }
  }
  return {};
}

// "2026-01-31T12:00:00Z": digits where the pattern has 0, else the pattern's own character.
bool is_time_stamp(std::string_view text) {
  constexpr std::string_view kPattern = "0000-00-00T00:00:00Z";
  return std::ranges::equal(text, kPattern, [](char given, char wanted) {
    return wanted == '0' ? given >= '0' && given <= '9' : given == wanted;
  });
}

}  // namespace

Result<void> check_run(const Run& run) {
  NETFIT_TRY(check_texts(run));
  NETFIT_TRY(check_settings("candidate.recipe", run.candidate.recipe));
  NETFIT_TRY(check_settings("options", run.options));
  NETFIT_TRY(check_unique(run.options));
  if (run.threads < 1) return bad_input(fmt::format("'threads' is {} (allowed: 1 or more)", run.threads));
  if (run.data.count < 0) return bad_input(fmt::format("'data.count' is negative: {}", run.data.count));
  if (run.file.bytes < 0) return bad_input(fmt::format("'file.bytes' is negative: {}", run.file.bytes));
  NETFIT_TRY(check_results(run));
  NETFIT_TRY(check_layers(run.layers));
  if (!run.created.empty() && !is_time_stamp(run.created)) {
    return bad_input(
        fmt::format("'created' is '{}' (allowed: the form 2026-01-31T12:00:00Z)", base::printable(run.created)));
  }
  if (!std::isfinite(run.duration_ms) || run.duration_ms < 0.0) {
    return bad_input(fmt::format("'duration_ms' is {} (allowed: 0 or more)", run.duration_ms));
  }
  return {};
}

}  // namespace netfit::store
