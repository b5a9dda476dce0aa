// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "quant/observers/extremes.h"
#include "quant/observers/histogram.h"
#include "quant/quantize.h"

namespace netfit::quant {

/// Estimates the range of every activation of a float graph from its elements, whoever computes them.
class RangeCollector {
 public:
  /// `graph` must outlive it. The samples are numbered from 0.
  RangeCollector(const ir::Graph& graph, std::int64_t samples, const CalibrationOptions& options);

  /// The elements of a value for the samples from `first_sample` on; each sample once. May be called from several
  /// threads for different samples.
  void observe(ir::ValueId value, std::int64_t first_sample, const Tensor& tensor);

  /// Fails if an element was not finite, naming its value. The same elements give the same ranges in any order.
  Result<Ranges> ranges() const;

 private:
  const ir::Graph& graph_;
  CalibrationOptions options_;
  ExtremesObserver extremes_;
  HistogramObserver histograms_;
};

}  // namespace netfit::quant
