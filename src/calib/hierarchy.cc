// SPDX-License-Identifier: Apache-2.0
#include "calib/hierarchy.h"

#include <cmath>

#include <fmt/format.h>

#include "calib/core_sheet.h"

namespace netfit::calib {
namespace {

using cost::Term;
using cost::TermSpec;

constexpr double kReferencePeak = 4.0;  // of the core that TermSpec::cycles speak of
constexpr int kFewThreads = 4;

int threads_of(const Situation& situation) { return std::max(situation.threads, 1); }

std::string_view precision_of(const Situation& situation, Term term) {
  if (is_int8(term)) return "int8";
  return situation.float_type == DType::Float16 ? "fp16" : "fp32";
}

// What datasheets say explains part of the differences between cores; how much of it is fitted, group by group.
void add_sheet(const Situation& situation, const TermSpec& spec, std::vector<Effect>& effects) {
  const CoreSheet* sheet = find_core_sheet(situation.core);
  const std::string_view group = name(spec.group);
  if (sheet != nullptr) {
    effects.push_back({fmt::format("sheet/peak/{}", group), 1.0, std::log(sheet->peak_macs / kReferencePeak)});
    if (sheet->out_of_order) effects.push_back({fmt::format("sheet/out_of_order/{}", group), 0.7});
    if (sheet->dot_product) effects.push_back({fmt::format("sheet/dot_product/{}", group), 0.7});
  }
  if (threads_of(situation) > kFewThreads) {
    effects.push_back({fmt::format("sheet/many_threads/{}", group), 0.4, std::log(threads_of(situation))});
  }
}

}  // namespace

double expected_log_cycles(const Situation& situation, Term term) {
  const TermSpec& spec = spec_of(term);
  double value = std::log(spec.cycles) - spec.parallel * std::log(threads_of(situation));
  if (spec.halves && situation.float_type == DType::Float16) value -= std::log(2.0);
  const CoreSheet* sheet = find_core_sheet(situation.core);
  if (sheet != nullptr) value -= 0.7 * std::log(sheet->peak_macs / kReferencePeak);
  return value;
}

std::vector<Effect> effects_of(const Situation& situation, Term term) {
  const TermSpec& spec = spec_of(term);
  const std::string_view t = spec.name;
  const std::string_view g = name(spec.group);
  const Situation& s = situation;
  std::vector<Effect> effects{
      {fmt::format("all/{}/{}", precision_of(s, term), t), 0.2},
      {fmt::format("core/{}", s.core), 0.3},
      {fmt::format("core/{}/{}", s.core, t), 0.1},
      {fmt::format("core/{}/{}", s.core, g), 0.2},
      {fmt::format("threads/{}/{}", s.threads, t), 0.12},
      {fmt::format("threads/{}/{}", s.threads, g), 0.2},
      {fmt::format("board/{}", s.board), 0.4},
      {fmt::format("configuration/{}", s.key()), s.threads == 0 ? 0.7 : 0.3},
      {fmt::format("configuration/{}/{}", s.key(), g), 0.2},
      {fmt::format("configuration/{}/{}", s.key(), t), 0.1},
  };
  if (is_int8(term)) effects.push_back({fmt::format("configuration/{}/int8", s.key()), 0.3});
  add_sheet(s, spec, effects);
  if (s.population == Population::Ncnn) {
    if (s.generation_new) effects.push_back({fmt::format("generation/{}", t), 0.25});
    return effects;
  }
  effects.push_back({fmt::format("family/{}", s.family), 0.4});
  effects.push_back({fmt::format("family/{}/{}", s.family, t), 0.4});
  effects.push_back({fmt::format("runtime/{}/{}", s.runtime, t), 0.15});
  effects.push_back({fmt::format("runtime/{}/{}", s.runtime, g), 0.2});
  return effects;
}

}  // namespace netfit::calib
