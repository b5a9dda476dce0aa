// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/output_stage.h"

#include <cmath>

#include <fmt/format.h>

#include "ir/ops/conv.h"

namespace netfit::interp {
namespace {

// Scale of an output channel's weights, which must be symmetric. Per tensor, one scale serves all channels.
Result<float> weight_scale(const ir::NodeView& node, std::int64_t channel) {
  const ir::Value& weights = node.input(1);
  if (!weights.quant) return bad_input(fmt::format("weights '{}' have no quantization", weights.name));
  const QuantParams& quant = *weights.quant;
  const int axis = ir::output_channel_axis(node.op());
  if (quant.is_per_channel() && (quant.axis != axis || std::ssize(quant.scales) != weights.shape[axis])) {
    return bad_input(fmt::format("weights '{}' have {} scales along axis {}, {} takes one for each of axis {}",
                                 weights.name, quant.scales.size(), quant.axis, node.op().name, axis));
  }
  const float scale = quant.scale(channel);
  if (quant.zero_point(channel) != 0) {
    return bad_input(
        fmt::format("weights '{}' have zero point {}, allowed is 0", weights.name, quant.zero_point(channel)));
  }
  if (!std::isfinite(scale) || scale < 0.0F) {
    return bad_input(fmt::format("weights '{}' have scale {}, which is negative or not finite", weights.name, scale));
  }
  return scale;
}

}  // namespace

Result<OutputStage<float>> OutputStage<float>::create(const ir::NodeView& /*node*/, ir::Activation activation) {
  return OutputStage(ir::range_of(activation));
}

template <typename In>
Result<OutputStage<In>> OutputStage<In>::create(const ir::NodeView& node, ir::Activation activation) {
  const Affine data = NETFIT_TRY(affine_of(node.input(0)));
  const Affine result = NETFIT_TRY(affine_of(node.output()));
  OutputStage stage;
  stage.once_ = &node.op() == &ir::kFullyConnected;
  stage.narrow_ = sizeof(In) == 1 || (node.has_input(2) && node.input(2).dtype == DType::Int32);
  const std::int64_t channels = node.input(1).shape[ir::output_channel_axis(node.op())];
  for (std::int64_t c = 0; c < channels; ++c) {
    const double weights = NETFIT_TRY(weight_scale(node, c));
    const double real = static_cast<double>(data.scale) * weights / static_cast<double>(result.scale);
    stage.multipliers_.push_back(NETFIT_TRY(create_multiplier(real, stage.narrow_ ? 30 : 14)));
    stage.reals_.push_back(real);
  }
  stage.zero_point_ = data.zero_point;
  stage.offset_ = result.zero_point;
  stage.limits_ = limits_of(activation, result, node.output().dtype);
  return stage;
}

template class OutputStage<std::int8_t>;
template class OutputStage<std::int16_t>;

template <typename In>
std::vector<Sum<In>> bias_of(const Tensor& bias, std::int64_t channels) {
  std::vector<Sum<In>> sums(static_cast<std::size_t>(channels));
  if (bias.element_count() != channels) return sums;
  if constexpr (std::is_same_v<In, float>) {
    std::ranges::copy(bias.data<float>(), sums.begin());
  } else {
    std::ranges::transform(tensor::to_int64s(bias), sums.begin(),
                           [](std::int64_t element) { return static_cast<Sum<In>>(element); });
  }
  return sums;
}

template std::vector<float> bias_of<float>(const Tensor&, std::int64_t);
template std::vector<std::uint32_t> bias_of<std::int8_t>(const Tensor&, std::int64_t);
template std::vector<std::uint64_t> bias_of<std::int16_t>(const Tensor&, std::int64_t);

Tensor unpacked(const Tensor& weights) {
  return weights.dtype() == DType::Int4 ? tensor::unpack_int4(weights) : weights;
}

}  // namespace netfit::interp
