// SPDX-License-Identifier: Apache-2.0
#include "calib/hierarchy.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "calib/printed_core.h"

namespace netfit::calib {
namespace {

using cost::Term;
using cost::TermSpec;

constexpr double kReferencePeak = 4.0;  // of the core that TermSpec::cycles speak of
constexpr double kPeakExponent = 0.9;   // memory and calls don't follow the arithmetic all the way
constexpr double kInOrder = 0.5;        // ln: what waiting for loads costs a core that can't run ahead
constexpr int kFewThreads = 4;
constexpr double kThreadsUnknown = 0.7;

/// How much the members of a population differ, as standard deviations of logarithms. Found by coordinate search on
/// backtests that hide models and devices (docs/cost-models.md, "Fit").
struct Spreads {
  double term;  // of a price from what is believed of it
  double core_term;
  double configuration_term;
  double family_term;
  double runtime_term;
  double model;
  double group = 0.0;  // of all terms of a group in one precision; 0: terms move alone
};

constexpr std::array<Spreads, kPopulationCount> kSpreads{{
    {.term = 0.2, .core_term = 0.1, .configuration_term = 0.1, .family_term = 0.4, .runtime_term = 0.15, .model = 0.02},
    {.term = 0.4,
     .core_term = 0.2,
     .configuration_term = 0.4,
     .family_term = 0.6,
     .runtime_term = 0.3,
     .model = 0.004,
     .group = 0.4},
    {.term = 0.2, .core_term = 0.1, .configuration_term = 0.1, .family_term = 0.4, .runtime_term = 0.15, .model = 0.02},
    {.term = 0.7, .core_term = 0.1, .configuration_term = 0.1, .family_term = 0.4, .runtime_term = 0.15, .model = 0.01},
    {.term = 1.0, .core_term = 0.1, .configuration_term = 0.3, .family_term = 0.1, .runtime_term = 0.3, .model = 0.001},
}};

const Spreads& spreads_of(Population population) { return kSpreads[static_cast<std::size_t>(population)]; }

int threads_of(const Situation& situation) { return std::max(situation.threads, 1); }

std::string_view precision_of(const Situation& situation, Term term) {
  if (is_int8(term)) return "int8";
  return situation.float_type == DType::Float16 ? "fp16" : "fp32";
}

// What datasheets say explains part of the differences between cores; how much of it is fitted, group by group.
void add_sheet(const Situation& situation, const TermSpec& spec, std::vector<Effect>& effects) {
  constexpr double kSpread = 0.3;
  const device::Core* core = find_printed_core(situation.core);
  const std::string_view group = name(spec.group);
  if (core != nullptr) {
    effects.push_back({fmt::format("sheet/peak/{}", group), kSpread, std::log(core->peak_macs() / kReferencePeak)});
    if (core->out_of_order) effects.push_back({fmt::format("sheet/out_of_order/{}", group), kSpread});
    if (core->dot_product) effects.push_back({fmt::format("sheet/dot_product/{}", group), kSpread});
  }
  if (threads_of(situation) > kFewThreads) {
    effects.push_back({fmt::format("sheet/many_threads/{}", group), 1.0, std::log(threads_of(situation))});
  }
}

}  // namespace

double model_spread(Population population) { return spreads_of(population).model; }

double expected_log_cycles(const Situation& situation, Term term) {
  const TermSpec& spec = spec_of(term);
  double value = std::log(spec.cycles) - spec.parallel * std::log(threads_of(situation));
  if (spec.halves && situation.float_type == DType::Float16) value -= std::log(2.0);
  // Calls cost what they cost: wide pipes don't shorten them.
  const device::Core* core = spec.group == cost::TermGroup::Overhead ? nullptr : find_printed_core(situation.core);
  if (core != nullptr) {
    value -= kPeakExponent * std::log(core->peak_macs() / kReferencePeak);
    if (!core->out_of_order) value += kInOrder;
  }
  return value;
}

std::vector<Effect> effects_of(const Situation& s, Term term) {
  const TermSpec& spec = spec_of(term);
  const Spreads& spreads = spreads_of(s.population);
  const std::string_view t = spec.name;
  const std::string_view g = name(spec.group);
  const std::string key = s.key();
  std::vector<Effect> effects{
      {fmt::format("all/{}/{}", precision_of(s, term), t), spreads.term},
      {fmt::format("core/{}", s.core), 0.3},
      {fmt::format("core/{}/{}", s.core, t), spreads.core_term},
      {fmt::format("core/{}/{}", s.core, g), 0.2},
      {fmt::format("threads/{}/{}", s.threads, t), 0.12},
      {fmt::format("threads/{}/{}", s.threads, g), 0.2},
      {fmt::format("board/{}", s.board), 0.25},
      {fmt::format("configuration/{}", key), s.threads == 0 ? kThreadsUnknown : 0.2},
      {fmt::format("configuration/{}/{}", key, g), 0.2},
      {fmt::format("configuration/{}/{}", key, t), spreads.configuration_term},
  };
  if (is_int8(term)) effects.push_back({fmt::format("configuration/{}/int8", key), 0.3});
  add_sheet(s, spec, effects);
  if (s.population == Population::Ncnn) {
    if (s.generation_new) effects.push_back({fmt::format("generation/{}", t), 0.25});
    return effects;
  }
  if (spreads.group > 0) effects.push_back({fmt::format("all/{}/{}", precision_of(s, term), g), spreads.group});
  effects.push_back({fmt::format("family/{}", s.family), 0.4});
  effects.push_back({fmt::format("family/{}/{}", s.family, t), spreads.family_term});
  effects.push_back({fmt::format("runtime/{}/{}", s.runtime, t), spreads.runtime_term});
  effects.push_back({fmt::format("runtime/{}/{}", s.runtime, g), 0.2});
  return effects;
}

}  // namespace netfit::calib
