// SPDX-License-Identifier: Apache-2.0
//
// The paper minimizes E |W x - V x'|^2 over V by gradient steps on a relaxation, over mini-batches. That loss is a
// quadratic form of V, of which the second moments of x' and its moments with W x say everything; so they are gathered
// once, and the search works on the form itself, channel by channel (round_channel.h). What else differs:
// - x' comes from the quantized layers in front, x from the float ones, as in the paper; behind a layer whose result is
//   added to something else, the other operand's error counts as its own, so that it can be made up for.
// - integers are not bound to be the one above or below the weight, and a channel's scale is searched for with them.
// - where a clamp follows, the paper puts the clamp into the loss; here what the clamp cuts off counts a tenth.

#include "quant/techniques/adaround.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/parallel.h"
#include "ir/ops.h"
#include "ir/uses.h"
#include "passes/layer_channels.h"
#include "passes/layer_parameters.h"
#include "passes/node_activation.h"
#include "quant/techniques/graph_walk.h"
#include "quant/techniques/layer_moments.h"
#include "quant/techniques/round_channel.h"
#include "quant/techniques/stored_layer.h"

namespace netfit::quant {
namespace {

using ir::NodeId;
using ir::ValueId;

constexpr std::int64_t kMostSpots = 16'384;
// Moments of an output's own take inputs^2 products a spot; more inputs share those of their layer.
constexpr std::size_t kMostOwnInputs = 160;
// Bundles that are gathered at once: as many channels as a cache line holds, but not a large layer many times over.
constexpr std::size_t kMostBundlesAtOnce = 16;
constexpr std::size_t kOutputsAtOnce = 16;
constexpr std::size_t kMostInputsAtOnce = 256;
// Of the scale that holds the largest weight: how fine the steps may become.
constexpr double kLeastScaleOf4Bits = 0.4;
constexpr double kLeastScaleOf8Bits = 0.9;

void set_no_activation(ir::Node& layer) {
  if (layer.attrs.holds<ir::Conv2dAttrs>()) {
    auto attrs = layer.attrs.as<ir::Conv2dAttrs>();
    attrs.activation = ir::Activation::None;
    layer.attrs = ir::Attrs::of(std::move(attrs));
  } else {
    layer.attrs = ir::Attrs::of(ir::FullyConnectedAttrs{});
  }
}

/// The search for the integers of one layer. Channels may be rounded by several threads.
class LayerSearch {
 public:
  LayerSearch(const ir::NodeView& layer, const StoredLayer& stored)
      : stored_(stored),
        weights_(layer.input(1).constant->data<float>()),
        places_(weight_places(layer)),
        bias_(passes::bias_of(layer)),
        limits_(ir::range_of(passes::activation_of(layer.node()))),
        integers_(weights_.size()),
        scales_(places_.size()),
        shifts_(places_.size()),
        shape_(layer.input(1).shape),
        axis_(ir::output_channel_axis(layer.op())) {}

  void round(const Bundle& bundle, const BundleData& data, int threads) {
    const Sums all = sum_all(data, threads);
    const Moments common = centre(all);
    const bool clamped = std::isfinite(limits_.low) || std::isfinite(limits_.high);
    const bool shares = !clamped || data.inputs > kMostOwnInputs;
    std::optional<Quadratic> shared;
    if (shares) shared.emplace(common.data, data.inputs);
    const auto work = [&](std::int64_t index, int) -> Result<void> {
      const std::size_t first = static_cast<std::size_t>(index) * kOutputsAtOnce;
      const Columns outputs{first, std::min(kOutputsAtOnce, data.outputs - first)};
      std::vector<InsideRows> inside;
      if (!shares) inside = find_inside(data, outputs, limits_);
      for (std::size_t i = 0; i < outputs.count; ++i) {
        const std::size_t output = first + i;
        if (shares) {
          round_channel_of(bundle.outputs[output], *shared, common, output);
        } else {
          const Moments own = centre(sum_inside(data, all, output, inside[i]));
          round_channel_of(bundle.outputs[output], Quadratic(own.data, data.inputs), own, 0);
        }
      }
      return {};
    };
    const auto times = static_cast<std::int64_t>((data.outputs + kOutputsAtOnce - 1) / kOutputsAtOnce);
    static_cast<void>(base::parallel_for(times, threads, work));
  }

  LayerRounding rounding() const {
    return {.integers = Tensor::from(shape_, integers_),
            .params = stored_.params->is_per_channel() ? QuantParams::per_channel(scales_, axis_) : *stored_.params,
            .bias_shift = shifts_};
  }

  std::int64_t turned() const {
    std::int64_t count = 0;
    for (std::size_t c = 0; c < places_.size(); ++c) {
      count += std::ranges::count_if(places_[c], [&](std::size_t place) {
        return static_cast<float>(integers_[place]) != std::round(weights_[place] / scales_[c]);
      });
    }
    return count;
  }

 private:
  /// `row`: of the channel in `moments`.
  void round_channel_of(std::size_t c, const Quadratic& quadratic, const Moments& moments, std::size_t row) {
    const std::size_t inputs = quadratic.size();
    std::vector<double> prior;
    double largest = 0;
    for (const std::size_t place : places_[c]) {
      prior.push_back(static_cast<double>(weights_[place]));
      largest = std::max(largest, std::fabs(prior.back()));
    }
    const std::vector<double> best = quadratic.best(std::span(moments.cross).subspan(row * inputs, inputs), prior);
    const RoundedChannel found = round_channel(quadratic, best, limits_of(c, largest));
    scales_[c] = static_cast<float>(found.scale);
    double shift = moments.target_mean[row] - bias_[c];
    for (std::size_t i = 0; i < inputs; ++i) {
      integers_[places_[c][i]] = static_cast<std::int8_t>(found.integers[i]);
      shift -= found.integers[i] * static_cast<double>(scales_[c]) * moments.data_mean[i];
    }
    shifts_[c] = static_cast<float>(shift);
  }

  // A scale that is larger than the weights need is so because the bias or the multiplier needs it.
  RoundingLimits limits_of(std::size_t c, double largest) const {
    const auto scale = static_cast<double>(stored_.params->scale(static_cast<std::int64_t>(c)));
    const bool given = !stored_.params->is_per_channel() || scale > 1.001 * largest / stored_.largest;
    const double least = stored_.bits == 4 ? kLeastScaleOf4Bits : kLeastScaleOf8Bits;
    return {.largest = stored_.largest, .scale = scale, .least_scale = given ? 1.0 : least};
  }

  const StoredLayer stored_;
  std::span<const float> weights_;
  std::vector<std::vector<std::size_t>> places_;
  std::vector<double> bias_;
  ir::ActivationRange limits_;
  std::vector<std::int8_t> integers_;
  std::vector<float> scales_;
  std::vector<float> shifts_;
  Shape shape_;
  int axis_;
};

class AdaRound {
 public:
  AdaRound(const ir::Graph& graph, const Ranges& ranges, const Samples& samples,
           const AdaRoundOptions& adaround_options, LayerOptions& options)
      : graph_(graph),
        uses_(graph),
        ranges_(ranges),
        samples_(samples),
        most_bits_(adaround_options.most_bits),
        seed_(adaround_options.seed),
        options_(options),
        between_(options),
        reals_(samples),
        integers_(samples) {}

  Result<AdaRoundReport> run() {
    between_.io = Io::Float32;
    NETFIT_TRY(quantize());
    keep_roundings();
    for (const NodeId id : graph_.order()) {
      if (!is_wanted(id)) continue;
      NETFIT_TRY(reals_.advance(graph_, id));
      NETFIT_TRY(integers_.advance(quantized_, id));
      if (samples_.progress.stopped()) return base::interrupted();
      NETFIT_TRY(round(id));
      NETFIT_TRY(quantize());
    }
    return report_;
  }

 private:
  Result<void> quantize() {
    quantized_ = NETFIT_TRY(quantize_layers(graph_, ranges_, between_));
    return {};
  }

  // Layers that are still to be decided need not be rounded again for each that is.
  void keep_roundings() {
    for (const NodeId id : graph_.order()) {
      if (!passes::is_layer(*graph_.node(id).op)) continue;
      const std::optional<StoredLayer> stored = find_stored_layer(quantized_, id);
      if (!stored) continue;
      const Tensor integers = stored->bits == 4 ? tensor::unpack_int4(*stored->weights) : *stored->weights;
      between_.roundings.try_emplace(id, LayerRounding{.integers = integers, .params = *stored->params});
    }
  }

  bool is_wanted(NodeId id) const {
    if (!passes::is_layer(*graph_.node(id).op)) return false;
    if (options_.io == Io::Int8Pixels && reads_input(id)) return false;
    const std::optional<StoredLayer> stored = find_stored_layer(quantized_, id);
    return stored && stored->bits <= most_bits_;
  }

  // Its weights will be others, for pixels.
  bool reads_input(NodeId id) const {
    const ValueId data = graph_.node(id).inputs.front();
    return std::ranges::any_of(graph_.inputs, [&](const ir::GraphInput& input) { return input.value == data; });
  }

  Result<void> round(NodeId id) {
    const ir::NodeView layer(graph_, graph_.node(id));
    const ValueId data_id = quantized_.node(id).inputs.front();
    const Tensor data = integers_.reals(quantized_, data_id);
    const Tensor target = NETFIT_TRY(wanted_result(id));
    const std::vector<Bundle> bundles = bundles_of(layer);
    const std::vector<Spot> spots = choose_spots(samples_.count(), RowReader(layer, {}).places(), kMostSpots, seed_);
    LayerSearch search(layer, *find_stored_layer(quantized_, id));
    // Where a bundle is one channel of many, bundles are spread over the threads; else what is in the one.
    const int threads = samples_.engine.options.threads;
    const bool many = bundles.size() > 1;
    const std::size_t at_once =
        std::clamp<std::size_t>(kMostInputsAtOnce / bundles.front().columns.size(), 1, kMostBundlesAtOnce);
    const auto work = [&](std::int64_t i, int) -> Result<void> {
      const std::size_t first = static_cast<std::size_t>(i) * at_once;
      const auto some = std::span(bundles).subspan(first, std::min(at_once, bundles.size() - first));
      const std::vector<BundleData> gathered = gather(layer, some, {.data = data, .target = target, .spots = spots});
      for (std::size_t b = 0; b < some.size(); ++b) search.round(some[b], gathered[b], many ? 1 : threads);
      return {};
    };
    const auto times = static_cast<std::int64_t>((bundles.size() + at_once - 1) / at_once);
    NETFIT_TRY(base::parallel_for(times, many ? threads : 1, work));
    ++report_.layers;
    report_.weights += layer.input(1).shape.element_count();
    report_.turned += search.turned();
    options_.roundings[id] = search.rounding();
    between_.roundings[id] = options_.roundings[id];
    return {};
  }

  Result<Tensor> wanted_result(NodeId id) const {
    const ir::Node& node = graph_.node(id);
    const ValueId data = node.inputs.front();
    ir::Graph alone = cut_out(graph_, {node.outputs.front()}, {data});
    set_no_activation(alone.node(id));
    const auto executor = NETFIT_TRY(exec::create_fast(alone, samples_.engine));
    std::vector<Tensor> results = NETFIT_TRY(executor->run(std::array{reals_.value(data)}, samples_.progress));
    Tensor result = std::move(results.front());
    if (passes::activation_of(node) == ir::Activation::None) make_up_for_operand(node.outputs.front(), result);
    return result;
  }

  // What the result is added to has an error already; the layer can take off what its own data say of that.
  void make_up_for_operand(ValueId result_id, Tensor& result) const {
    if (!uses_.has_single_reader(result_id)) return;
    const NodeId sum = uses_.readers(result_id).front();
    const ir::Node& node = graph_.node(sum);
    if (node.op != &ir::kAdd || passes::activation_of(node) != ir::Activation::None) return;
    const std::size_t other = node.inputs[0] == result_id ? 1 : 0;
    const ValueId real_id = node.inputs[other];
    const ValueId integer_id = quantized_.node(sum).inputs[other];
    if (!reals_.knows(real_id) || !integers_.knows(integer_id)) return;
    const Tensor& real = reals_.value(real_id);
    if (real.shape() != result.shape()) return;
    const Tensor integer = integers_.reals(quantized_, integer_id);
    const std::span<float> sums = result.mutable_data<float>();
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += real.data<float>()[i] - integer.data<float>()[i];
  }

  const ir::Graph& graph_;
  ir::Uses uses_;
  const Ranges& ranges_;
  const Samples& samples_;
  int most_bits_;
  std::uint64_t seed_;
  LayerOptions& options_;
  /// Samples are reals, so the graph that sees them takes reals, whatever the one that is wanted takes.
  LayerOptions between_;
  ir::Graph quantized_;
  GraphWalk reals_;
  GraphWalk integers_;
  AdaRoundReport report_;
};

}  // namespace

Result<AdaRoundReport> adaround(const ir::Graph& graph, const Ranges& ranges, const Samples& samples,
                                const AdaRoundOptions& adaround_options, LayerOptions& options) {
  return AdaRound(graph, ranges, samples, adaround_options, options).run();
}

}  // namespace netfit::quant
