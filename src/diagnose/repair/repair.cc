// SPDX-License-Identifier: Apache-2.0
//
// The least change that cures: a record where pixels were fed wrongly, parameters where a range was wrong, integers
// where a bias was lost. What was wrong before quantization cannot be cured behind it: ranges and roundings were made
// for the broken network. Then it is quantized anew.

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "diagnose/detectors/detectors.h"
#include "diagnose/detectors/statistics.h"
#include "diagnose/diagnose.h"
#include "diagnose/float_form.h"
#include "diagnose/repair/quantize_anew.h"
#include "passes/pipelines.h"
#include "quant/techniques/equalize.h"

namespace netfit::diagnose {
namespace {

constexpr std::int64_t kStatistics = 2048;  // samples that batch norms are estimated on

class Repairing {
 public:
  Repairing(const Examination& exam, const Finding& finding) : exam_(exam), finding_(finding) {}

  Result<Repair> run() {
    switch (finding_.kind) {
      case FaultKind::Preprocessing:
      case FaultKind::PreprocessedTwice:
      case FaultKind::ColorOrder:
        return correct_record();
      case FaultKind::OutlierRange:
      case FaultKind::NarrowRange:
      case FaultKind::WrongZeroPoint:
      case FaultKind::BadCalibration:
        return correct_ranges();
      case FaultKind::StaleBatchNorm:
        return estimate_statistics();
      default:
        return from_reference();
    }
  }

 private:
  Result<Repair> correct_record() {
    const Suspicions suspicions = NETFIT_TRY(suspect_preprocessing(exam_));
    if (suspicions.empty()) return bad_input("no preprocessing was found that brings the answers back");
    Repair repair{.graph = exam_.subject};
    repair.graph.inputs.front().preprocessing = suspicions.front().wanted;
    repair.changes.push_back("the file's record says how pixels must be prepared: " +
                             suspicions.front().finding.evidence.front().what);
    return repair;
  }

  Result<Repair> correct_ranges() {
    for (const Suspicion& suspicion : NETFIT_TRY(suspect_ranges(exam_))) {
      if (suspicion.finding.kind != finding_.kind || suspicion.finding.layer != finding_.layer) continue;
      Repair repair{.graph = exam_.subject};
      NETFIT_TRY(suspicion.correct(repair.graph));
      repair.changes.push_back(finding_.values.empty()
                                   ? "the ranges of all tensors are those of the training samples"
                                   : fmt::format("the range of '{}' is that of the training samples",
                                                 base::printable(finding_.values.front())));
      return repair;
    }
    return bad_input("the range at fault was not found again");
  }

  Result<Repair> estimate_statistics() {
    if (!exam_.has_reference() || !exam_.given.training) {
      return bad_input("batch norms can only be estimated anew from a reference and training samples");
    }
    ir::Graph network = exam_.given.reference->graph;
    const data::Dataset samples = first_samples(*exam_.given.training, kStatistics);
    const Tensor input = NETFIT_TRY(make_input(network, samples, exam_.record));
    const auto renewed = NETFIT_TRY(renew_statistics(network, input, exam_.tools));
    NETFIT_TRY(passes::optimize(network));
    Repair repair{.graph = NETFIT_TRY(quantize_anew(exam_, network, scheme_of(exam_)))};
    repair.changes.push_back(fmt::format("{} batch norm(s) have the statistics of {} training samples; quantized anew",
                                         renewed.size(), samples.count()));
    return repair;
  }

  Result<Repair> from_reference() {
    if (!exam_.has_reference()) {
      return bad_input(fmt::format("'{}' can only be repaired from the float network (--reference gives it)",
                                   entry(finding_.kind).name));
    }
    ir::Graph network = *exam_.reference;
    Repair repair;
    // Whatever was wrong, channels of very unequal size would come next; even ones stay as they are.
    if (has_integer_activations(exam_.subject)) NETFIT_TRY(equalize(network, repair));
    const Scheme scheme = cured_scheme();
    repair.graph = NETFIT_TRY(quantize_anew(exam_, network, scheme));
    repair.changes.push_back(fmt::format("quantized anew from the reference: {}", scheme.name()));
    return repair;
  }

  // The subject's own, but for what was at fault.
  Scheme cured_scheme() const {
    Scheme scheme = scheme_of(exam_);
    if (!scheme.quantizes()) return scheme;
    if (finding_.kind == FaultKind::PerTensorWeights) scheme.precision.granularity = quant::Granularity::PerChannel;
    if (finding_.kind == FaultKind::TooFewBits) scheme.precision.weights = quant::WeightType::Int8;
    return scheme;
  }

  Result<void> equalize(ir::Graph& network, Repair& repair) const {
    const Tensor input = NETFIT_TRY(make_input(network, calibration_samples(exam_), exam_.record));
    const quant::Samples samples{.inputs = {input}, .engine = exam_.tools.engine, .progress = exam_.tools.progress};
    const quant::Equalization done = NETFIT_TRY(quant::equalize(network, samples));
    std::int64_t channels = 0;
    for (const quant::EqualizedGroup& group : done.groups) channels += group.scaled;
    if (channels > 0) {
      repair.changes.push_back(fmt::format("{} channels in {} groups equalized", channels, done.groups.size()));
    }
    return {};
  }

  const Examination& exam_;
  const Finding& finding_;
};

}  // namespace

Result<Repair> repair(const Case& subject, const Finding& finding, const Tools& tools) {
  const FaultEntry& fault = entry(finding.kind);
  if (!fault.repairable) {
    return bad_input(fmt::format("'{}' is not cured by changing the file: {}", fault.name, fault.remedy));
  }
  Examination exam = NETFIT_TRY(examine(subject, tools));
  NETFIT_TRY(climb_ladder(exam));
  return Repairing(exam, finding).run();
}

}  // namespace netfit::diagnose
