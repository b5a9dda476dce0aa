// SPDX-License-Identifier: Apache-2.0
#include "select/option.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "store/content_key.h"

namespace netfit::select {
namespace {

int distance_from_hardware(base::Source source) {
  constexpr std::array kOrder{base::Source::Measured, base::Source::Published, base::Source::Simulated,
                              base::Source::Calibrated, base::Source::Analytic};
  return static_cast<int>(std::ranges::find(kOrder, source) - kOrder.begin());
}

std::string label_of(const store::Candidate& candidate) {
  std::string label = fmt::format("{} {}", candidate.model, candidate.scheme);
  for (const store::Setting& step : candidate.recipe) label += fmt::format(" {}={}", step.name, step.value);
  return label;
}

}  // namespace

const Reading* Option::find(Quantity quantity) const {
  const auto found = readings.find(quantity);
  return found == readings.end() ? nullptr : &found->second;
}

std::string Option::why_missing(Quantity quantity) const {
  const auto found = missing.find(quantity);
  return found == missing.end() ? "it was not evaluated" : found->second;
}

Option option_of(const store::Run& run) {
  Option option{.label = label_of(run.candidate),
                .key = store::content_key(run),
                .model = run.candidate.model,
                .scheme = run.candidate.scheme,
                .device = run.device.name,
                .runtime = run.runtime.name,
                .file = run.file.name};
  for (const Reading& reading : run.readings) {
    const auto [known, inserted] = option.readings.try_emplace(reading.quantity, reading);
    const bool nearer = distance_from_hardware(reading.source) < distance_from_hardware(known->second.source);
    if (!inserted && nearer) known->second = reading;
  }
  for (const store::Unavailable& missing : run.unavailable) option.missing[missing.quantity] = missing.reason;
  return option;
}

std::vector<Option> options_of(std::span<const store::Run> runs) {
  std::vector<Option> options;
  for (const store::Run& run : runs) options.push_back(option_of(run));
  return options;
}

}  // namespace netfit::select
