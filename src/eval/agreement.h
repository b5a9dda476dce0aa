// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "tensor/quant_params.h"
#include "tensor/tensor.h"

namespace netfit::eval {

/// How far the outputs of two executions of the same samples agree.
struct Agreement {
  std::int64_t samples = 0;
  double top1_percent = 0.0;        ///< samples with the same greatest score, itself a number
  double largest_difference = 0.0;  ///< of reals; infinite where only one of the two is a number
  double sqnr_db = 0.0;             ///< 10 log10(sum a^2 / sum (a - b)^2); infinite if no real differs
  bool bit_identical = false;       ///< same type, same bytes
};

/// Compares reals, i.e. after dequantization with `qa` and `qb`; `a` is the reference. Fails if the shapes differ.
Result<Agreement> compare_outputs(const Tensor& a, const std::optional<QuantParams>& qa, const Tensor& b,
                                  const std::optional<QuantParams>& qb);

/// The reals that a tensor stands for: scale * (q - zero point) where there are parameters, else the elements.
std::vector<double> to_reals(const Tensor& tensor, const std::optional<QuantParams>& quant);

}  // namespace netfit::eval
