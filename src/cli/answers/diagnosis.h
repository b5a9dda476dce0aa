// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/environment.h"
#include "diagnose/diagnose.h"

namespace netfit::cli {

/// What `--fix` did.
struct FixAnswer {
  std::string output;
  std::int64_t bytes = 0;
  std::vector<std::string> changes;
  std::optional<double> top1_before;  ///< percent; labelled data only
  std::optional<double> top1_after;
  double agreement_before = 0.0;  ///< with the first rung, percent
  double agreement_after = 0.0;
};

struct DiagnosisAnswer {
  std::string file;
  std::string reference;  ///< path; empty without one
  std::string data;
  std::int64_t samples = 0;
  diagnose::Diagnosis diagnosis;
  std::optional<FixAnswer> fix;
  std::string not_fixed;  ///< why there is no fix although one was asked for
};

void print_diagnosis(const DiagnosisAnswer& answer, const Environment& environment);
void print_diagnosis_object(const DiagnosisAnswer& answer, const Environment& environment);

}  // namespace netfit::cli
