// SPDX-License-Identifier: Apache-2.0
#include "trial.h"

#include <algorithm>

#include "accuracy.h"

namespace netfit::gone_wrong {
namespace {

// A drop that may as well be none.
constexpr double kNoDrop = 1.0;

bool names_place(const diagnose::Finding& finding, const Truth& truth) {
  if (truth.layer.empty() && truth.values.empty()) return true;
  if (!truth.layer.empty() && finding.layer == truth.layer) return true;
  return std::ranges::any_of(finding.values, [&](const std::string& value) {
    return std::ranges::find(truth.values, value) != truth.values.end();
  });
}

Result<void> fix(const Broken& broken, const diagnose::Finding& finding, const Workbench& bench, Trial& trial) {
  const auto repaired = diagnose::repair(broken.subject, finding, bench.tools());
  if (!repaired) {
    trial.not_fixed = repaired.error().text();
    return {};
  }
  trial.fixed_percent = NETFIT_TRY(accuracy(repaired->graph, std::nullopt, broken.subject.test, bench.tools()));
  return {};
}

}  // namespace

bool Trial::named_right() const {
  if (said == truth.kind) return true;
  return said == diagnose::FaultKind::Healthy && sound_percent - seen_percent < kNoDrop;
}

Result<Trial> try_case(const Broken& broken, const Workbench& bench, double sound_percent,
                       const TrialOptions& options) {
  Trial trial{.network = bench.name(), .truth = broken.truth, .sound_percent = sound_percent};
  if (broken.sound) {
    trial.sound_percent = NETFIT_TRY(accuracy(*broken.sound, bench.record(), broken.subject.test, bench.tools()));
  }
  trial.seen_percent = NETFIT_TRY(seen_accuracy(broken.subject, bench.tools()));
  const diagnose::Case seen = on_first_samples(broken.subject, options.diagnose_samples);
  const diagnose::Diagnosis diagnosis = NETFIT_TRY(diagnose::diagnose(seen, bench.tools()));
  if (diagnosis.findings.empty()) return trial;
  const diagnose::Finding& first = diagnosis.findings.front();
  trial.said = first.kind;
  trial.said_layer = first.layer;
  trial.place_right = first.kind != broken.truth.kind || names_place(first, broken.truth);
  if (options.fix == Fix::Yes && first.kind != diagnose::FaultKind::Healthy) {
    NETFIT_TRY(fix(broken, first, bench, trial));
  }
  return trial;
}

}  // namespace netfit::gone_wrong
