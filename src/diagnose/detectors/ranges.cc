// SPDX-License-Identifier: Apache-2.0
//
// Ranges of the file's integers beside ranges that a calibration of its own reals on training samples gives. Whether a
// difference matters is not guessed from its size: the range is put right in a copy, and the copy is run. One range
// that brings the answers back is at fault alone; if it takes many, the calibration was.

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "diagnose/clamps.h"
#include "diagnose/detectors/detectors.h"
#include "diagnose/float_form.h"
#include "diagnose/set_params.h"
#include "ir/ops/conv.h"
#include "ir/ops/requantize.h"
#include "ir/uses.h"
#include "quant/schemes/affine_params.h"

namespace netfit::diagnose {
namespace {

constexpr std::int64_t kCalibration = 256;  // samples; ranges have settled by then
constexpr double kSameWidth = 1.3;          // times: what estimators differ by
constexpr double kSameEnds = 1e-5;          // of the width: scales are single precision
constexpr double kOtherWidth = 1.05;        // below that two ranges are the same but for where zero lies
constexpr std::size_t kTried = 6;           // ranges that are corrected one by one
constexpr double kAlone = 0.6;              // of what correcting all brings back
constexpr double kOff = 0.5;                // of mismatch: more than estimators differ by
constexpr double kMostMoved = 0.8;          // of those that are off: their widths are right
constexpr double kMany = 0.2;               // of all ranges: no single one is at fault
constexpr std::size_t kFew = 4;

/// A range of the file and what it should be.
struct Suspect {
  ir::ValueId value;
  std::vector<ir::ValueId> values;  ///< all that have this range
  ir::NodeId producer;              ///< invalid for the input
  Ends is;
  quant::Range wanted;
  double mismatch = 0.0;  ///< logarithm of how much is clipped or wasted
};

double width(const Ends& ends) { return ends.high - ends.low; }
double width(quant::Range range) { return static_cast<double>(range.high) - static_cast<double>(range.low); }

// How far a range is from the one it should be: what lies beyond it counts as well as what it wastes.
double mismatch_of(const Ends& is, quant::Range wanted) {
  const double whole = std::max(width(wanted), 1e-12);
  const double held =
      std::min(is.high, static_cast<double>(wanted.high)) - std::max(is.low, static_cast<double>(wanted.low));
  const double lost = 1.0 - std::clamp(held / whole, 0.0, 1.0);
  const double waste = std::max(0.0, std::log2(width(is) / whole));
  return 4.0 * lost + waste;
}

bool covers_the_same(const ir::Value& a, const ir::Value& b) {
  const Ends one = ends_of(a);
  const Ends other = ends_of(b);
  const double slack = kSameEnds * width(one);
  return std::fabs(one.low - other.low) <= slack && std::fabs(one.high - other.high) <= slack;
}

quant::Range with_zero(quant::Range range) { return quant::join(range, {0.0F, 0.0F}); }

// A clamp bounds what calibration saw, as it does in the file.
quant::Range clamped(const ir::Graph& form, ir::NodeId producer, quant::Range range) {
  if (!producer.valid()) return range;
  const auto activation = fused_activation(form.node(producer));
  if (!activation) return range;
  const ir::ActivationRange limits = ir::range_of(*activation);
  return {std::clamp(range.low, limits.low, limits.high), std::clamp(range.high, limits.low, limits.high)};
}

Result<quant::Ranges> ranges_of_form(const Examination& exam) {
  const data::Dataset samples =
      first_samples(exam.given.training ? *exam.given.training : exam.given.test, kCalibration);
  const Tensor input = NETFIT_TRY(make_input(exam.form, samples, exam.harness));
  const auto executor = NETFIT_TRY(exec::create_fast_observable(exam.form, exam.tools.engine));
  return quant::calibrate(exam.form, *executor, std::array{input}, {}, exam.tools.progress);
}

// Values whose integers stand for the same reals: in the same parameters, or signed and unsigned at the border.
std::vector<ir::ValueId> with_same_range(const ir::Graph& graph, ir::ValueId value) {
  std::vector<ir::ValueId> same = sharing_values(graph, value);
  const auto holds = [&](ir::ValueId id) { return std::ranges::find(same, id) != same.end(); };
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    if (&node.op() != &ir::kRequantize || !node.input(0).quant || !node.output().quant) continue;
    if (node.input(0).is_constant() || !covers_the_same(node.input(0), node.output())) continue;
    const ir::ValueId from = node.node().inputs.front();
    const ir::ValueId to = node.node().outputs.front();
    if (holds(from) == holds(to)) continue;
    const std::vector<ir::ValueId> joined = sharing_values(graph, holds(from) ? to : from);
    same.insert(same.end(), joined.begin(), joined.end());
  }
  return same;
}

void set_range(ir::Graph& graph, const Suspect& suspect) {
  for (const ir::ValueId value : suspect.values) {
    set_params(graph, value, params_for(suspect.wanted, graph.value(value).dtype));
  }
}

// Each range once: values that have the same count as one, with all that they hold.
std::vector<Suspect> compare_ranges(const Examination& exam, const quant::Ranges& ranges) {
  const ir::Uses uses(exam.subject);
  std::vector<Suspect> suspects;
  std::vector<ir::ValueId> seen;
  for (const ir::ValueId id : exam.subject.values()) {
    const ir::Value& value = exam.subject.value(id);
    const bool rounds = value.quant && !value.is_constant() && tensor::is_integer(value.dtype);
    if (!rounds || std::ranges::find(seen, id) != seen.end()) continue;
    Suspect suspect{.value = id, .values = with_same_range(exam.subject, id), .is = ends_of(value)};
    bool known = false;
    bool fixed = false;
    for (const ir::ValueId member : suspect.values) {
      seen.push_back(member);
      const ir::NodeId producer = uses.producer(member);
      fixed = fixed || (producer.valid() && exam.subject.node(producer).op->quant == ir::QuantRule::Unit);
      if (!ranges.contains(member)) continue;
      const quant::Range range = with_zero(clamped(exam.form, producer, ranges.at(member)));
      suspect.wanted = known ? quant::join(suspect.wanted, range) : range;
      if (!known) suspect.producer = producer;
      known = true;
    }
    if (!known || fixed) continue;
    suspect.mismatch = mismatch_of(suspect.is, suspect.wanted);
    suspects.push_back(suspect);
  }
  std::ranges::stable_sort(suspects, std::greater(), &Suspect::mismatch);
  return suspects;
}

FaultKind kind_of(const Suspect& suspect) {
  const double ratio = width(suspect.is) / std::max(width(suspect.wanted), 1e-12);
  if (ratio > kSameWidth) return FaultKind::OutlierRange;
  return ratio < 1.0 / kSameWidth ? FaultKind::NarrowRange : FaultKind::WrongZeroPoint;
}

class RangeDetector {
 public:
  RangeDetector(const Examination& exam, std::vector<Suspect> suspects, std::size_t ranges)
      : exam_(exam), suspects_(std::move(suspects)), ranges_(ranges) {}

  Result<Suspicions> run() {
    Suspicion all = everything();
    NETFIT_TRY(weigh(exam_, all));
    if (many_are_off()) return Suspicions{std::move(all)};
    Suspicions found;
    double most = 0.0;
    for (std::size_t i = 0; i < std::min(kTried, suspects_.size()); ++i) {
      Suspicion one = alone(suspects_[i]);
      NETFIT_TRY(weigh(exam_, one));
      most = std::max(most, one.finding.weight);
      found.push_back(std::move(one));
      // Nothing more to be had: what is left of the list differs less.
      if (most >= 0.95 * all.finding.weight) break;
    }
    std::ranges::stable_sort(
        found, [](const Suspicion& a, const Suspicion& b) { return a.finding.weight > b.finding.weight; });
    if (most < kAlone * all.finding.weight) found.insert(found.begin(), std::move(all));
    return found;
  }

 private:
  bool many_are_off() const {
    const auto off = static_cast<std::size_t>(
        std::ranges::count_if(suspects_, [](const Suspect& suspect) { return suspect.mismatch > kOff; }));
    return off >= kFew && static_cast<double>(off) >= kMany * static_cast<double>(ranges_);
  }

  Evidence evidence(const Suspect& suspect) const {
    const ir::Value& value = exam_.subject.value(suspect.value);
    const std::string place = suspect.producer.valid()
                                  ? ir::describe(ir::NodeView(exam_.subject, exam_.subject.node(suspect.producer)))
                                  : "input '" + value.name + "'";
    return {
        .what = fmt::format("integers reach from {:.4g} to {:.4g}, values from {:.4g} to {:.4g}; width against them",
                            suspect.is.low, suspect.is.high, suspect.wanted.low, suspect.wanted.high),
        .place = place,
        .channel = std::nullopt,
        .figure = width(suspect.is) / std::max(width(suspect.wanted), 1e-12),
        .unit = "times"};
  }

  Suspicion alone(const Suspect& suspect) const {
    Suspicion result{.finding = {.kind = kind_of(suspect)}, .where = Where::Integers};
    if (suspect.producer.valid()) result.finding.layer = exam_.subject.node(suspect.producer).name;
    result.finding.values = {exam_.subject.value(suspect.value).name};
    result.finding.evidence = {evidence(suspect)};
    result.correct = [suspect](ir::Graph& graph) -> Result<void> {
      set_range(graph, suspect);
      return {};
    };
    return result;
  }

  // Ranges of the right widths in the wrong places were measured well and stored badly.
  bool only_moved() const {
    const auto is_off = [](const Suspect& suspect) { return suspect.mismatch > kOff; };
    const auto is_moved = [&](const Suspect& suspect) {
      return is_off(suspect) && kind_of(suspect) == FaultKind::WrongZeroPoint;
    };
    const auto off = static_cast<double>(std::ranges::count_if(suspects_, is_off));
    return static_cast<double>(std::ranges::count_if(suspects_, is_moved)) >= kMostMoved * std::max(off, 1.0);
  }

  Suspicion everything() const {
    const FaultKind kind = only_moved() ? FaultKind::WrongZeroPoint : FaultKind::BadCalibration;
    Suspicion result{.finding = {.kind = kind}, .where = Where::Integers};
    for (std::size_t i = 0; i < std::min<std::size_t>(3, suspects_.size()); ++i) {
      result.finding.evidence.push_back(evidence(suspects_[i]));
    }
    result.correct = [suspects = suspects_](ir::Graph& graph) -> Result<void> {
      for (const Suspect& suspect : suspects) set_range(graph, suspect);
      return {};
    };
    return result;
  }

  const Examination& exam_;
  std::vector<Suspect> suspects_;
  std::size_t ranges_;  ///< of the file, suspect or not
};

}  // namespace

Result<Suspicions> suspect_ranges(const Examination& exam) {
  if (!has_integer_activations(exam.subject)) return Suspicions{};
  std::vector<Suspect> suspects = compare_ranges(exam, NETFIT_TRY(ranges_of_form(exam)));
  const std::size_t ranges = suspects.size();
  std::erase_if(suspects, [](const Suspect& suspect) { return suspect.mismatch < std::log2(kOtherWidth); });
  if (suspects.empty()) return Suspicions{};
  return RangeDetector(exam, std::move(suspects), ranges).run();
}

}  // namespace netfit::diagnose
