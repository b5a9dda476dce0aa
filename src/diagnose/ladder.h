// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace netfit::diagnose {

/// One step from the float network to the file, each with one more thing quantized.
enum class RungKind : std::uint8_t {
  Float,               ///< the reference, or what the subject's reals are, in float arithmetic
  Folded,              ///< batch norms folded
  Harness,             ///< float network, fed and read as the subject is
  WeightsOnly,         ///< the subject's weights, float activations
  ActivationsOnly,     ///< float weights, the subject's activation ranges
  WeightsActivations,  ///< both, in fake quantization
  IntegerFloatIo,      ///< integer arithmetic between float input and output
  IntegerIo,           ///< the file itself
  Observed,            ///< what the user's own runs gave
};
std::string_view name(RungKind kind);

struct Rung {
  RungKind kind;
  std::optional<double> top1_percent;  ///< labelled data only
  double agreement_percent = 0.0;      ///< same top-1 as the first rung
  double entropy_bits = 0.0;           ///< of the histogram of predicted classes
  std::int64_t classes = 0;            ///< that were predicted at least once
  double sqnr_db = 0.0;                ///< of the outputs against the first rung
  std::string unavailable;             ///< why there are no figures
};

struct Examination;

/// Fills the examination's ladder, answers and truth: all rungs in order; those that cannot be climbed say why.
Result<void> climb_ladder(Examination& exam);

/// The first rung that loses more than `points` of agreement against the one before; none where nothing does.
std::optional<std::size_t> first_drop(const std::vector<Rung>& ladder, double points = 1.0);

}  // namespace netfit::diagnose
