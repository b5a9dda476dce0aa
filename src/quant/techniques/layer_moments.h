// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "ir/op_spec.h"
#include "quant/techniques/layer_rows.h"
#include "quant/techniques/product_sums.h"

namespace netfit::quant {

/// Where a layer's data are looked at: some places of every sample.
struct Spot {
  std::int64_t sample;
  std::int64_t place;
};

/// At most `most` spots, the same number in every sample, drawn with `seed`.
std::vector<Spot> choose_spots(std::int64_t samples, std::int64_t places, std::int64_t most, std::uint64_t seed);

/// What is known of the outputs that one bundle of channels should have.
struct BundleData {
  RowMatrix rows;  ///< a spot each: the data, a one, and what each output should be there
  std::size_t inputs;
  std::size_t outputs;
};

/// What gather looks at: [n, ...] of the layer's data, and of what its result should be before its activation.
struct LayerData {
  const Tensor& data;
  const Tensor& target;
  const std::vector<Spot>& spots;
};
/// One for each bundle. Neighbours lie side by side in memory, so that it pays to gather some of them at once.
std::vector<BundleData> gather(const ir::NodeView& layer, std::span<const Bundle> bundles, const LayerData& from);

/// Sums of products over the spots: of the data and a one, with themselves and with outputs.
struct Sums {
  std::size_t inputs;
  std::size_t outputs;
  std::vector<double> data;   ///< (inputs + 1)^2
  std::vector<double> cross;  ///< (inputs + 1) * outputs
};

/// All outputs, every spot alike.
Sums sum_all(const BundleData& bundle, int threads);
/// Rows where what an output should be lies inside some limits, or every `step`th of those: as many as moments need.
struct InsideRows {
  std::vector<std::int32_t> rows;
  std::size_t step;
};
/// Of some outputs, counted from the first; neighbours lie side by side in memory, so that it pays to take some at
/// once.
std::vector<InsideRows> find_inside(const BundleData& bundle, Columns outputs, const ir::ActivationRange& limits);
/// One output, where what lies inside the limits of its activation counts in full and what that cuts off little. `all`
/// is what sum_all gave.
Sums sum_inside(const BundleData& bundle, const Sums& all, std::size_t output, const InsideRows& inside);

/// Moments about the means; the means themselves are left to the bias.
struct Moments {
  std::vector<double> data;       ///< inputs * inputs
  std::vector<double> data_mean;  ///< inputs
  std::vector<double> cross;      ///< of each output with the data: outputs * inputs
  std::vector<double> target_mean;
};
Moments centre(const Sums& sums);

}  // namespace netfit::quant
