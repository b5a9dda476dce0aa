// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/environment.h"
#include "diagnose/compare.h"
#include "eval/agreement.h"
#include "eval/mcnemar.h"
#include "report/chart.h"

namespace netfit::cli {

struct OutputComparison {
  std::string name;
  eval::Agreement agreement;
};

/// Two models on labelled samples.
struct LabelledComparison {
  double top1_a = 0.0;  ///< percent
  double top1_b = 0.0;
  eval::PairedOutcome outcome;
};

/// What `compare` found.
struct Comparison {
  std::string a;  ///< as the user called them
  std::string b;
  std::string data;
  std::int64_t samples = 0;
  std::int64_t tensor_samples = 0;  ///< on which tensors were compared
  std::vector<OutputComparison> outputs;
  std::optional<LabelledComparison> labelled;
  diagnose::GraphComparison graphs;
};

/// Everything, as one object; tensors with the largest accumulated error first.
void print_comparison_json(const Comparison& comparison, const Environment& environment);

/// The outputs, and the `shown` worst tensors.
void print_comparison(const Comparison& comparison, std::int64_t shown, const Environment& environment);

/// SQNR of each tensor in the order in which b computes them: with all errors before it, and of its node alone.
report::Chart comparison_chart(const Comparison& comparison);

}  // namespace netfit::cli
