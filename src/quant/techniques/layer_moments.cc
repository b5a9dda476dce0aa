// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/layer_moments.h"

#include <algorithm>
#include <numeric>

#include "base/random.h"

namespace netfit::quant {
namespace {

// What the result does where its activation cuts it off matters only if it comes back.
constexpr double kCutOffWeight = 0.1;

constexpr std::size_t kRowsPerInput = 12;
constexpr std::size_t kLeastRows = 1024;

std::vector<std::int32_t> all_rows(const BundleData& bundle) {
  std::vector<std::int32_t> rows(bundle.rows.rows());
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

}  // namespace

std::vector<Spot> choose_spots(std::int64_t samples, std::int64_t places, std::int64_t most, std::uint64_t seed) {
  const std::int64_t each = std::clamp<std::int64_t>(most / samples, 1, places);
  base::Random random(seed);
  std::vector<std::int64_t> order(static_cast<std::size_t>(places));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::vector<Spot> spots;
  for (std::int64_t sample = 0; sample < samples; ++sample) {
    for (std::int64_t i = 0; i < each; ++i) {
      std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(random.integer(i, places - 1))]);
      spots.push_back({sample, order[static_cast<std::size_t>(i)]});
    }
  }
  return spots;
}

std::vector<BundleData> gather(const ir::NodeView& layer, std::span<const Bundle> bundles, const LayerData& from) {
  const std::int64_t samples = from.data.shape()[0];
  const std::int64_t data_step = from.data.element_count() / samples;
  const std::int64_t target_step = from.target.element_count() / samples;
  const std::int64_t channels = from.target.shape().dim(-1);
  const std::span<const float> reals = from.data.data<float>();
  const std::span<const float> targets = from.target.data<float>();
  std::vector<RowReader> readers;
  std::vector<BundleData> gathered;
  for (const Bundle& bundle : bundles) {
    const std::size_t inputs = bundle.columns.size();
    const std::size_t outputs = bundle.outputs.size();
    readers.emplace_back(layer, bundle.columns);
    gathered.push_back(
        {.rows = RowMatrix(from.spots.size(), inputs + 1 + outputs), .inputs = inputs, .outputs = outputs});
  }
  for (std::size_t i = 0; i < from.spots.size(); ++i) {
    const Spot& spot = from.spots[i];
    const float* sample = reals.data() + spot.sample * data_step;
    const float* pixel = targets.data() + spot.sample * target_step + spot.place * channels;
    for (std::size_t b = 0; b < bundles.size(); ++b) {
      float* row = gathered[b].rows.row(i);
      readers[b].read(sample, spot.place, row);
      row += gathered[b].inputs;
      *row++ = 1.0F;
      for (const std::size_t output : bundles[b].outputs) *row++ = pixel[output];
    }
  }
  return gathered;
}

Sums sum_all(const BundleData& bundle, int threads) {
  const std::vector<std::int32_t> rows = all_rows(bundle);
  const Columns data{0, bundle.inputs + 1};
  const Columns outputs{bundle.inputs + 1, bundle.outputs};
  return {.inputs = bundle.inputs,
          .outputs = bundle.outputs,
          .data = sum_products(bundle.rows, rows, data, data, threads),
          .cross = bundle.outputs == 1 ? sum_products(bundle.rows, rows, outputs, data, threads)
                                       : sum_products(bundle.rows, rows, data, outputs, threads)};
}

std::vector<InsideRows> find_inside(const BundleData& bundle, Columns outputs, const ir::ActivationRange& limits) {
  const std::size_t enough = kRowsPerInput * bundle.inputs + kLeastRows;
  std::vector<InsideRows> all(outputs.count);
  for (std::size_t i = 0; i < bundle.rows.rows(); ++i) {
    const float* wanted = bundle.rows.row(i) + bundle.inputs + 1 + outputs.first;
    for (std::size_t o = 0; o < outputs.count; ++o) {
      if (wanted[o] > limits.low && wanted[o] < limits.high) all[o].rows.push_back(static_cast<std::int32_t>(i));
    }
  }
  for (InsideRows& inside : all) {
    std::vector<std::int32_t>& rows = inside.rows;
    inside.step = std::max<std::size_t>((rows.size() + enough - 1) / enough, 1);
    for (std::size_t i = 0; i * inside.step < rows.size(); ++i) rows[i] = rows[i * inside.step];
    rows.resize((rows.size() + inside.step - 1) / inside.step);
  }
  return all;
}

Sums sum_inside(const BundleData& bundle, const Sums& all, std::size_t output, const InsideRows& inside) {
  const Columns data{0, bundle.inputs + 1};
  Sums sums{.inputs = bundle.inputs,
            .outputs = 1,
            .data = sum_products(bundle.rows, inside.rows, data, data, 1),
            .cross = sum_products(bundle.rows, inside.rows, {bundle.inputs + 1 + output, 1}, data, 1)};
  const double weight = kCutOffWeight / static_cast<double>(inside.step);
  for (std::size_t i = 0; i < sums.data.size(); ++i) sums.data[i] += weight * all.data[i];
  for (std::size_t i = 0; i < sums.cross.size(); ++i) {
    sums.cross[i] += weight * all.cross[i * all.outputs + output];
  }
  return sums;
}

Moments centre(const Sums& sums) {
  const std::size_t inputs = sums.inputs;
  const std::size_t outputs = sums.outputs;
  const std::size_t wide = inputs + 1;
  const double count = sums.data[inputs * wide + inputs];
  Moments moments;
  for (std::size_t i = 0; i < inputs; ++i) moments.data_mean.push_back(sums.data[inputs * wide + i] / count);
  for (std::size_t o = 0; o < outputs; ++o) moments.target_mean.push_back(sums.cross[inputs * outputs + o] / count);
  moments.data.resize(inputs * inputs);
  moments.cross.resize(outputs * inputs);
  for (std::size_t i = 0; i < inputs; ++i) {
    for (std::size_t j = 0; j < inputs; ++j) {
      moments.data[i * inputs + j] = sums.data[i * wide + j] / count - moments.data_mean[i] * moments.data_mean[j];
    }
    for (std::size_t o = 0; o < outputs; ++o) {
      moments.cross[o * inputs + i] =
          sums.cross[i * outputs + o] / count - moments.data_mean[i] * moments.target_mean[o];
    }
  }
  return moments;
}

}  // namespace netfit::quant
