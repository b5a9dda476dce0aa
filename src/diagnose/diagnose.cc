// SPDX-License-Identifier: Apache-2.0
//
// First the ladder, then the detectors of whatever lies between two rungs of which the second is worse. Each finding is
// worth what correcting it brings back; what brings back little is no finding, whatever it looks like.

#include "diagnose/diagnose.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "diagnose/detectors/detectors.h"
#include "diagnose/examination.h"

namespace netfit::diagnose {
namespace {

constexpr double kDrop = 0.75;      // points of agreement that a rung may lose
constexpr double kLeastGain = 0.7;  // points that a correction must bring back
constexpr double kShare = 0.35;     // of all that is lost
constexpr double kDeviations = 1.5;
constexpr double kSure = 2.6;                 // standard deviations of a drop by chance: one in a hundred is greater
constexpr double kSettled = 0.7;              // of all that is lost
constexpr double kPrecision = 1.0;            // points of accuracy that rounding alone may cost without being a fault
constexpr double kPrecisionUnlabelled = 4.0;  // the same in points of agreement

class Diagnosing {
 public:
  explicit Diagnosing(const Examination& exam) : exam_(exam) {}

  Result<Diagnosis> run() {
    NETFIT_TRY(gather());
    Diagnosis diagnosis{.ladder = exam_.ladder, .first_drop = first_drop(exam_.ladder)};
    for (Suspicion& suspicion : found_) {
      if (explains(suspicion.finding)) diagnosis.findings.push_back(std::move(suspicion.finding));
    }
    std::ranges::stable_sort(diagnosis.findings, std::greater(), &Finding::weight);
    if (diagnosis.findings.empty()) {
      diagnosis.findings.push_back({.kind = is_harmed() ? FaultKind::Unknown : FaultKind::Healthy});
    }
    diagnosis.notes = notes();
    return diagnosis;
  }

 private:
  // What is lost up to a rung, against what is held for true.
  double lost(RungKind rung) const { return agreement(RungKind::Float) - agreement(rung); }
  double agreement(RungKind rung) const { return exam_.agreement(rung); }

  double lost_in_floats() const { return lost(RungKind::WeightsOnly); }
  double lost_in_integers() const { return agreement(RungKind::WeightsOnly) - agreement(rung_of_file(exam_)); }
  RungKind last() const { return exam_.climbed(RungKind::Observed) ? RungKind::Observed : rung_of_file(exam_); }

  // From outside inwards; once something brings nearly everything back, what lies further in is not looked at.
  Result<void> gather() {
    NETFIT_TRY(add(suspect_input_and_output));
    if (!is_settled()) NETFIT_TRY(add(suspect_statistics));
    const bool floats = !exam_.has_reference() || lost_in_floats() > kDrop;
    if (!is_settled() && (floats || exam_.harness != exam_.record)) NETFIT_TRY(add(suspect_preprocessing));
    if (!is_settled()) NETFIT_TRY(add(suspect_class_order));
    if (!is_settled() && exam_.has_reference() && lost_in_floats() > kDrop) {
      NETFIT_TRY(add(suspect_clamps));
      NETFIT_TRY(add(suspect_weights));
    }
    if (!is_settled() && lost_in_integers() > kDrop) NETFIT_TRY(add(suspect_ranges));
    if (!is_settled() && !is_explained() && lost_by_rounding() > 0.0) NETFIT_TRY(add(suspect_precision));
    return {};
  }

  bool is_settled() const {
    return std::ranges::any_of(found_, [&](const Suspicion& suspicion) {
      return explains(suspicion.finding) && suspicion.finding.weight >= kSettled * lost(last());
    });
  }

  Result<void> add(Result<Suspicions> (*detector)(const Examination&)) {
    for (Suspicion& suspicion : NETFIT_TRY(detector(exam_))) {
      if (suspicion.where != Where::Outside && suspicion.finding.weight == 0.0) NETFIT_TRY(weigh(exam_, suspicion));
      found_.push_back(std::move(suspicion));
    }
    return {};
  }

  // Rounding always costs something: it is a fault where that is more than it need be.
  double lost_by_rounding() const {
    const Rung& first = rung(RungKind::Float);
    const Rung& file = rung(rung_of_file(exam_));
    const double of_answers = first.agreement_percent - file.agreement_percent - kPrecisionUnlabelled;
    if (!first.top1_percent || !file.top1_percent) return of_answers;
    return std::max(of_answers, *first.top1_percent - *file.top1_percent - kPrecision);
  }

  const Rung& rung(RungKind kind) const { return *std::ranges::find(exam_.ladder, kind, &Rung::kind); }

  bool is_explained() const {
    return std::ranges::any_of(found_, [&](const Suspicion& suspicion) { return explains(suspicion.finding); });
  }

  bool explains(const Finding& finding) const {
    const bool elsewhere = finding.kind == FaultKind::StaleBatchNorm || finding.kind == FaultKind::ClassOrder;
    const double share = elsewhere ? 0.0 : kShare * lost(last());
    const bool drawn_anew = draws_roundings_anew(finding.kind);
    // Alone, what comes back is measured in labels: of those rounding loses some, and luck with as many is no cure.
    if (drawn_anew && !exam_.has_reference() && !is_harmed()) return false;
    const double chance = drawn_anew ? gain_by_chance() : 0.0;
    return finding.weight >= std::max({kLeastGain, share, chance});
  }

  static bool draws_roundings_anew(FaultKind kind) {
    constexpr std::array kKinds{FaultKind::BadCalibration, FaultKind::OutlierRange,   FaultKind::NarrowRange,
                                FaultKind::WrongZeroPoint, FaultKind::ResidualSpread, FaultKind::ChannelSpread};
    return std::ranges::find(kKinds, kind) != kKinds.end();
  }

  // Another range draws all roundings anew, and with them which samples are lost: by chance some come back, the more
  // the more answers rounding has changed.
  double gain_by_chance() const {
    const double samples = static_cast<double>(exam_.trials.count()) / 100.0;
    const double changed = (100.0 - rung(rung_of_file(exam_)).agreement_percent) * samples;
    return kDeviations * std::sqrt(2.0 * changed) / samples;
  }

  // Whether the drop is more than rounding costs, and more than the choice of samples can make of nothing.
  bool is_harmed() const {
    const Rung& first = rung(RungKind::Float);
    const Rung& file = rung(last());
    if (!first.top1_percent || !file.top1_percent) {
      return first.agreement_percent - file.agreement_percent > kPrecisionUnlabelled;
    }
    const double samples = static_cast<double>(exam_.given.test.count()) / 100.0;
    const double changed = std::sqrt((first.agreement_percent - file.agreement_percent) * samples) / samples;
    return *first.top1_percent - *file.top1_percent > std::max(kPrecision, kSure * changed);
  }

  std::vector<std::string> notes() const {
    std::vector<std::string> notes;
    if (!exam_.has_reference()) {
      notes.push_back("no reference: weights, biases and clamps cannot be compared with what they were made from");
    }
    if (!exam_.given.training)
      notes.push_back("no training samples: ranges are compared with those of the test samples");
    if (!exam_.given.test.labelled()) notes.push_back("no labels: agreement stands for accuracy");
    if (!exam_.given.observed)
      notes.push_back("no observed outputs: how the file is fed and read elsewhere is not known");
    return notes;
  }

  const Examination& exam_;
  Suspicions found_;
};

}  // namespace

Result<Diagnosis> diagnose(const Case& subject, const Tools& tools) {
  Examination exam = NETFIT_TRY(examine(subject, tools));
  NETFIT_TRY(climb_ladder(exam));
  return Diagnosing(exam).run();
}

}  // namespace netfit::diagnose
