// SPDX-License-Identifier: Apache-2.0
#include "arch/net.h"

#include <algorithm>

#include "ir/ops.h"

namespace netfit::arch {

using ir::Attrs;
using ir::ValueId;

namespace {

// What a convolution or a sum can do to its own result; other functions need a node.
ir::Activation fused(Function function) {
  if (function == Function::Relu) return ir::Activation::Relu;
  if (function == Function::Relu6) return ir::Activation::Relu6;
  return ir::Activation::None;
}

std::int64_t same_padding(std::int64_t in, std::int64_t window, std::int64_t stride) {
  const std::int64_t out = (in + stride - 1) / stride;
  return std::max<std::int64_t>((out - 1) * stride + window - in, 0);
}

std::int64_t tail_padding(std::int64_t in, std::int64_t window, std::int64_t stride) {
  const std::int64_t rest = in < window ? 0 : (in - window) % stride;
  return rest == 0 ? 0 : stride - rest;
}

}  // namespace

ValueId Net::image(std::int64_t extent, std::int64_t channels) {
  return builder_.input("image", DType::Float32, Shape{1, extent, extent, channels});
}

ValueId Net::conv(ValueId x, const Layer& layer) {
  return windowed(x, ir::kConv2d, Shape{layer.channels, layer.kernel, layer.kernel, channels(x)}, layer);
}

ValueId Net::depthwise(ValueId x, const Layer& layer) {
  return windowed(x, ir::kDepthwiseConv2d, Shape{1, layer.kernel, layer.kernel, channels(x)}, layer);
}

ValueId Net::windowed(ValueId x, const ir::OpSpec& op, const Shape& kernel, const Layer& layer) {
  ir::Conv2dAttrs attrs{.stride = {layer.stride, layer.stride},
                        .padding = padding(x, layer.pads, layer.kernel, layer.stride)};
  const std::int64_t results = kernel[ir::output_channel_axis(op)];
  const bool kept = layer.norm == Norm::Batch && options_.batch_norm == BatchNorm::Kept;
  std::vector<ValueId> parameters{weights(kernel, layer.name + "/weights")};
  if (kept) {
    ValueId y = apply(x, op, Attrs::of(attrs), layer.name, parameters);
    parameters.clear();
    for (const char* part : {"/scale", "/shift", "/mean", "/variance"}) {
      parameters.push_back(weights(Shape{results}, layer.name + part));
    }
    y = apply(y, ir::kBatchNorm, {}, layer.name + "/norm", parameters);
    return function(y, layer.function, layer.name + "/function");
  }
  attrs.activation = fused(layer.function);
  parameters.push_back(weights(Shape{results}, layer.name + "/bias"));
  const ValueId y = apply(x, op, Attrs::of(attrs), layer.name, parameters);
  return attrs.activation != ir::Activation::None ? y : function(y, layer.function, layer.name + "/function");
}

ValueId Net::dense(ValueId x, std::int64_t units, const std::string& name) {
  const ValueId kernel = weights(Shape{units, channels(x)}, name + "/weights");
  return apply(x, ir::kFullyConnected, {}, name, {kernel, weights(Shape{units}, name + "/bias")});
}

ValueId Net::average_pool(ValueId x, std::int64_t window, std::int64_t stride, Pads pads, const std::string& name) {
  const ir::Pool2dAttrs attrs{
      .window = {window, window}, .stride = {stride, stride}, .padding = padding(x, pads, window, stride)};
  return apply(x, ir::kAveragePool2d, Attrs::of(attrs), name);
}

ValueId Net::activate(ValueId x, Function wanted, const std::string& name) { return function(x, wanted, name); }

ValueId Net::max_pool(ValueId x, std::int64_t window, Pads pads, const std::string& name) {
  const ir::Pool2dAttrs attrs{.window = {window, window}, .stride = {2, 2}, .padding = padding(x, pads, window, 2)};
  return apply(x, ir::kMaxPool2d, Attrs::of(attrs), name);
}

ValueId Net::add(ValueId a, ValueId b, Function function, const std::string& name) {
  const ir::Activation activation = fused(function);
  const ValueId sum = apply(a, ir::kAdd, Attrs::of(ir::BinaryAttrs{activation}), name, {b});
  return activation != ir::Activation::None ? sum : this->function(sum, function, name + "/function");
}

ValueId Net::multiply(ValueId a, ValueId b, const std::string& name) { return apply(a, ir::kMul, {}, name, {b}); }

ValueId Net::concat(ValueId a, ValueId b, const std::string& name) {
  return apply(a, ir::kConcat, Attrs::of(ir::ConcatAttrs{3}), name, {b});
}

ValueId Net::mean(ValueId x, bool keep_dims, const std::string& name) {
  return apply(x, ir::kMean, Attrs::of(ir::ReduceAttrs{{1, 2}, keep_dims}), name);
}

void Net::classify(ValueId x, std::int64_t classes) { output(dense(mean(x, false, "pool"), classes, "logits")); }

void Net::output(ValueId logits) {
  const bool ends = output_ == Output::Logits || options_.batch_norm == BatchNorm::Kept;
  builder_.output(ends ? logits : apply(logits, ir::kSoftmax, {}, "probabilities"));
}

Result<ir::Graph> Net::finish(std::string name) {
  if (fault_) return fail(*std::move(fault_));
  graph_.name = std::move(name);
  graph_.weights = ir::Weights::Absent;
  return std::move(graph_);
}

ValueId Net::function(ValueId x, Function function, const std::string& name) {
  switch (function) {
    case Function::None:
      return x;
    case Function::Relu:
      return apply(x, ir::kRelu, {}, name);
    case Function::Relu6:
      return apply(x, ir::kRelu6, {}, name);
    case Function::HardSwish:
      return apply(x, ir::kHardSwish, {}, name);
    case Function::HardSigmoid:
      return apply(x, ir::kHardSigmoid, {}, name);
  }
  NETFIT_UNREACHABLE();
}

ir::Padding2d Net::padding(ValueId x, Pads pads, std::int64_t window, std::int64_t stride) const {
  const std::int64_t in = graph_.value(x).shape[1];  // images and windows are square
  switch (pads) {
    case Pads::Same: {
      const std::int64_t total = same_padding(in, window, stride);
      const std::int64_t before = total / 2;
      return {before, total - before, before, total - before};
    }
    case Pads::Valid:
      return {};
    case Pads::Full: {
      const std::int64_t tail = tail_padding(in, window, stride);
      return {0, tail, 0, tail};
    }
    case Pads::Centred: {
      const std::int64_t side = (window - 1) / 2;
      return {side, side, side, side};
    }
  }
  NETFIT_UNREACHABLE();
}

ValueId Net::apply(ValueId x, const ir::OpSpec& op, Attrs attrs, const std::string& name,
                   std::vector<ValueId> parameters) {
  if (fault_) return x;
  parameters.insert(parameters.begin(), x);
  Result<ValueId> result = builder_.add(op, std::move(parameters), std::move(attrs), name);
  if (result) return *result;
  fault_ = std::move(result).error();
  return x;
}

ValueId Net::weights(const Shape& shape, const std::string& name) {
  Result<Tensor> tensor = absent_.create(DType::Float32, shape);
  if (tensor) return graph_.add_constant(name, std::move(*tensor));
  if (!fault_) fault_ = std::move(tensor).error();
  return graph_.add_constant(name, Tensor());
}

std::int64_t make_divisible(double channels, std::int64_t divisor) {
  const auto half = static_cast<double>(divisor) / 2;
  std::int64_t rounded = static_cast<std::int64_t>(channels + half) / divisor * divisor;
  rounded = std::max(divisor, rounded);
  if (static_cast<double>(rounded) < 0.9 * channels) rounded += divisor;
  return rounded;
}

}  // namespace netfit::arch
