// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>
#include <vector>

#include "exec/executor.h"
#include "quant/quantize.h"

namespace netfit::quant {

/// Least and greatest element of every value for each sample. Samples stay apart, so the order in which threads finish
/// them leaves no trace.
class ExtremesObserver {
 public:
  /// Watches every float value of `graph` that is no constant, over `samples` samples.
  ExtremesObserver(const ir::Graph& graph, std::int64_t samples);

  /// May be called from several threads for different samples. Gives the range of all of `tensor`, NaN if an element
  /// is; zeros for a value that is not watched.
  Range observe(ir::ValueId value, std::int64_t first_sample, const Tensor& tensor);

  /// One range per sample, in sample order.
  const std::vector<Range>& samples(ir::ValueId value) const { return watched_.at(value).ranges; }

  /// Fails on values with an element that is not a number or infinite, naming them, with the first such sample.
  Result<void> check_finite(const ir::Graph& graph) const;

 private:
  struct Watched {
    std::int64_t elements;  ///< of one sample
    std::vector<Range> ranges;
  };
  std::unordered_map<ir::ValueId, Watched> watched_;
};

/// The values that calibration is about: float inputs and results of nodes, in graph order.
std::vector<ir::ValueId> activations(const ir::Graph& graph);

}  // namespace netfit::quant
