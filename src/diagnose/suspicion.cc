// SPDX-License-Identifier: Apache-2.0
#include "diagnose/suspicion.h"

#include <algorithm>

#include "base/check.h"

namespace netfit::diagnose {

double agreement_on_trials(const Examination& exam, const Answers& answers) {
  const auto count = static_cast<std::size_t>(std::min(exam.trials.count(), answers.count()));
  return percent_same(std::span(answers.classes).first(count), exam.truth);
}

double agreement_on_trials(const Examination& exam, RungKind rung) {
  return agreement_on_trials(exam, exam.answers.at(rung));
}

RungKind rung_of_file(const Examination& exam) {
  for (const RungKind kind : {RungKind::IntegerIo, RungKind::IntegerFloatIo}) {
    if (exam.climbed(kind)) return kind;
  }
  return RungKind::WeightsOnly;
}

Result<void> weigh(const Examination& exam, Suspicion& suspicion) {
  if (suspicion.where == Where::Outside) return {};
  NETFIT_CHECK(suspicion.correct != nullptr);
  const bool in_float = suspicion.where == Where::Float;
  ir::Graph corrected = in_float ? exam.form : exam.subject;
  NETFIT_TRY(suspicion.correct(corrected));
  const Answers answers = NETFIT_TRY(answer(corrected, exam.trials, exam.harness, exam.tools));
  const RungKind before = in_float ? RungKind::WeightsOnly : rung_of_file(exam);
  suspicion.finding.weight = agreement_on_trials(exam, answers) - agreement_on_trials(exam, before);
  return {};
}

}  // namespace netfit::diagnose
