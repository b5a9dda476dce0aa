// SPDX-License-Identifier: Apache-2.0
//
// Before its activation a layer is linear, so the mean of its result is its weights times the mean of its data, taken
// for each tap of the window by itself, because padding makes taps differ. That gives the means on both sides without
// a look at results.

#include "quant/techniques/correct_bias.h"

#include <functional>

#include "ir/ops/conv.h"
#include "passes/layer_channels.h"
#include "quant/techniques/graph_walk.h"
#include "quant/techniques/layer_moments.h"
#include "quant/techniques/layer_rows.h"
#include "quant/techniques/stored_layer.h"
#include "tensor/dequantize.h"

namespace netfit::quant {
namespace {

using ir::NodeId;

constexpr std::int64_t kMostSpots = 32'768;

/// Of every column of a layer's rows.
std::vector<double> mean_row(const ir::NodeView& layer, const Bundle& bundle, const Tensor& data) {
  const RowReader reader(layer, bundle.columns);
  const std::int64_t samples = data.shape()[0];
  const std::int64_t step = data.element_count() / samples;
  const std::span<const float> reals = data.data<float>();
  std::vector<float> row(bundle.columns.size());
  std::vector<double> sums(row.size(), 0.0);
  const std::vector<Spot> spots = choose_spots(samples, reader.places(), kMostSpots, 0);
  for (const Spot& spot : spots) {
    reader.read(reals.data() + spot.sample * step, spot.place, row.data());
    for (std::size_t i = 0; i < row.size(); ++i) sums[i] += static_cast<double>(row[i]);
  }
  for (double& sum : sums) sum /= static_cast<double>(spots.size());
  return sums;
}

/// What each output channel of `layer` must be shifted by so that `stored` on `data` has the mean of the float weights
/// on `reals`.
std::vector<float> shifts(const ir::NodeView& layer, const StoredLayer& stored, const Tensor& reals,
                          const Tensor& data) {
  const std::span<const float> wanted = layer.input(1).constant->data<float>();
  const Tensor widened = tensor::dequantize(*stored.weights, *stored.params);
  const std::span<const float> used = widened.data<float>();
  const std::vector<std::vector<std::size_t>> places = weight_places(layer);
  std::vector<float> result(places.size());
  for (const Bundle& bundle : bundles_of(layer)) {
    const std::vector<double> real_mean = mean_row(layer, bundle, reals);
    const std::vector<double> data_mean = mean_row(layer, bundle, data);
    for (const std::size_t c : bundle.outputs) {
      double shift = 0;
      for (std::size_t i = 0; i < places[c].size(); ++i) {
        shift += static_cast<double>(wanted[places[c][i]]) * real_mean[i];
        shift -= static_cast<double>(used[places[c][i]]) * data_mean[i];
      }
      result[c] = static_cast<float>(shift);
    }
  }
  return result;
}

Result<ir::Graph> with_float_border(const ir::Graph& graph, const Ranges& ranges, LayerOptions options) {
  options.io = Io::Float32;
  return quantize_layers(graph, ranges, options);
}

using Correct = std::function<Result<void>(NodeId, const StoredLayer&)>;

// Visits the layers of `graph` whose integers `quantized` holds; what it holds may change on the way.
Result<void> for_each_stored_layer(const ir::Graph& graph, const ir::Graph& quantized, const Samples& samples,
                                   const Correct& correct) {
  for (const NodeId id : graph.order()) {
    if (!passes::is_layer(*graph.node(id).op)) continue;
    const std::optional<StoredLayer> stored = find_stored_layer(quantized, id);
    if (!stored) continue;
    if (samples.progress.stopped()) return base::interrupted();
    NETFIT_TRY(correct(id, *stored));
  }
  return {};
}

}  // namespace

Result<void> correct_bias_empirically(const ir::Graph& graph, const Ranges& ranges, const Samples& samples,
                                      LayerOptions& options) {
  GraphWalk reals(samples);
  GraphWalk integers(samples);
  ir::Graph quantized = NETFIT_TRY(with_float_border(graph, ranges, options));
  return for_each_stored_layer(graph, quantized, samples, [&](NodeId id, const StoredLayer& stored) -> Result<void> {
    NETFIT_TRY(reals.advance(graph, id));
    NETFIT_TRY(integers.advance(quantized, id));
    options.roundings[id].bias_shift =
        shifts(ir::NodeView(graph, graph.node(id)), stored, reals.value(graph.node(id).inputs.front()),
               integers.reals(quantized, quantized.node(id).inputs.front()));
    quantized = NETFIT_TRY(with_float_border(graph, ranges, options));
    return {};
  });
}

Result<void> correct_bias_analytically(const ir::Graph& graph, const Ranges& ranges, const Samples& samples,
                                       LayerOptions& options) {
  GraphWalk reals(samples);
  const ir::Graph quantized = NETFIT_TRY(with_float_border(graph, ranges, options));
  return for_each_stored_layer(graph, quantized, samples, [&](NodeId id, const StoredLayer& stored) -> Result<void> {
    NETFIT_TRY(reals.advance(graph, id));
    const Tensor& data = reals.value(graph.node(id).inputs.front());
    options.roundings[id].bias_shift = shifts(ir::NodeView(graph, graph.node(id)), stored, data, data);
    return {};
  });
}

}  // namespace netfit::quant
