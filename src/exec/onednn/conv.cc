// SPDX-License-Identifier: Apache-2.0
// Activations lie channels-last; weights are packed once, in whatever order oneDNN likes.
//
// In i8 the result must be XNNPACK's, bit for bit: round(accumulator * scale) + zero point, ties to even. oneDNN adds
// the zero point before it rounds, so rounding is asked for by a post-op of its own, after which the rest is exact.
// Limits of an activation are applied before that, relative to the zero point; limits of the type come by themselves.
#include "exec/onednn/conv.h"

#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "exec/conv_shape.h"
#include "exec/onednn/library.h"
#include "exec/quantized.h"

namespace netfit::exec::onednn {
namespace {

using Dims = dnnl::memory::dims;
using Type = dnnl::memory::data_type;
using Tag = dnnl::memory::format_tag;
using Primitive = dnnl::convolution_forward;

struct Types {
  Type source;
  Type weights;
  Type bias;
  Type target;
};

// What a convolution is made of, before oneDNN has chosen how to run it.
struct Recipe {
  ConvShape shape;
  Types types;
  dnnl::primitive_attr attr;
  /// [out_channels, in_channels / groups, kernel_height, kernel_width]
  std::vector<std::byte> weights;
  std::vector<std::byte> bias;
};

Dims weight_dims(const ConvShape& shape) {
  const std::int64_t depth = shape.in_channels / shape.groups;
  if (shape.groups == 1) return {shape.out_channels, depth, shape.kernel_height, shape.kernel_width};
  return {shape.groups, shape.out_channels / shape.groups, depth, shape.kernel_height, shape.kernel_width};
}

// The first implementation that is not the slow reference; none if there is no other.
std::optional<Primitive::primitive_desc> choose(const Recipe& recipe) {
  const ConvShape& shape = recipe.shape;
  const auto image = [&](std::int64_t channels, std::int64_t height, std::int64_t width, Type type) {
    return dnnl::memory::desc(Dims{shape.images, channels, height, width}, type, Tag::nhwc);
  };
  const auto source = image(shape.in_channels, shape.in_height, shape.in_width, recipe.types.source);
  const auto target = image(shape.out_channels, shape.out_height, shape.out_width, recipe.types.target);
  const dnnl::memory::desc weights(weight_dims(shape), recipe.types.weights, Tag::any);
  const ir::Conv2dAttrs& attrs = shape.attrs;
  const Dims strides{attrs.stride.height, attrs.stride.width};
  const Dims dilations{attrs.dilation.height - 1, attrs.dilation.width - 1};
  const Dims before{attrs.padding.top, attrs.padding.left};
  const Dims behind{attrs.padding.bottom, attrs.padding.right};
  constexpr auto kKind = dnnl::prop_kind::forward_inference;
  constexpr auto kAlgorithm = dnnl::algorithm::convolution_direct;
  const dnnl::memory::desc bias(Dims{shape.out_channels}, recipe.types.bias, Tag::x);
  const Primitive::desc desc =
      recipe.bias.empty()
          ? Primitive::desc(kKind, kAlgorithm, source, weights, target, strides, dilations, before, behind)
          : Primitive::desc(kKind, kAlgorithm, source, weights, bias, target, strides, dilations, before, behind);
  Primitive::primitive_desc chosen(desc, recipe.attr, engine(), true);
  if (!chosen) return std::nullopt;
  while (std::string_view(chosen.impl_info_str()).starts_with("ref")) {
    if (!chosen.next_impl()) return std::nullopt;
  }
  return chosen;
}

class ConvStep final : public Step {
 public:
  ConvStep(const Primitive::primitive_desc& chosen, Recipe recipe)
      : chosen_(chosen), primitive_(chosen), stream_(engine()), bias_(std::move(recipe.bias)) {
    const Tag plain = recipe.shape.groups == 1 ? Tag::oihw : Tag::goihw;
    const dnnl::memory given({weight_dims(recipe.shape), recipe.types.weights, plain}, engine(), recipe.weights.data());
    weights_ = dnnl::memory(chosen_.weights_desc(), engine());
    dnnl::memory unpacked = given;
    dnnl::reorder(unpacked, weights_).execute(stream_, unpacked, weights_);
    stream_.wait();
  }

  std::size_t scratch_bytes() const override { return chosen_.scratchpad_desc().get_size(); }

  Result<void> bind(StepBuffers buffers) override {
    const auto add = [&](int place, const dnnl::memory::desc& desc, const void* address) {
      memories_.emplace_back(desc, engine(), const_cast<void*>(address));
      arguments_.push_back({place, memories_.back().get()});
    };
    try {
      memories_.reserve(4);
      add(DNNL_ARG_SRC, chosen_.src_desc(), buffers.inputs[0]);
      add(DNNL_ARG_DST, chosen_.dst_desc(), buffers.output);
      add(DNNL_ARG_SCRATCHPAD, chosen_.scratchpad_desc(), buffers.scratch);
      if (!bias_.empty()) add(DNNL_ARG_BIAS, chosen_.bias_desc(), bias_.data());
      arguments_.push_back({DNNL_ARG_WEIGHTS, weights_.get()});
      return {};
    } catch (const dnnl::error& error) {
      return bad_input(fmt::format("oneDNN: {}", error.what()));
    }
  }

  // The C function takes the arguments as they are; the C++ one would build a list anew each time.
  Result<void> run() override {
    const dnnl_status_t status =
        dnnl_primitive_execute(primitive_.get(), stream_.get(), static_cast<int>(arguments_.size()), arguments_.data());
    if (status != dnnl_success) return bad_input("oneDNN cannot run a convolution");
    return {};
  }

 private:
  Primitive::primitive_desc chosen_;
  Primitive primitive_;
  dnnl::stream stream_;
  std::vector<std::byte> bias_;
  dnnl::memory weights_;
  std::vector<dnnl::memory> memories_;
  std::vector<dnnl_exec_arg_t> arguments_;
};

// What oneDNN refuses is no failure: the next maker may do it.
Result<std::unique_ptr<Step>> make_step(Recipe recipe) {
  try {
    recipe.attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const std::optional<Primitive::primitive_desc> chosen = choose(recipe);
    if (!chosen) return nullptr;
    return std::make_unique<ConvStep>(*chosen, std::move(recipe));
  } catch (const dnnl::error&) {
    return nullptr;
  }
}

template <typename T>
std::vector<std::byte> as_bytes(std::span<const T> elements) {
  const std::span<const std::byte> bytes = std::as_bytes(elements);
  return {bytes.begin(), bytes.end()};
}

template <typename T>
std::vector<std::byte> packed_weights(const ConvShape& shape, const Tensor& weights) {
  const std::vector<T> ordered = weights_oihw(shape, weights.data<T>());
  return as_bytes(std::span<const T>(ordered));
}

Result<std::unique_ptr<Step>> make_float(const NodeContext& context, const ConvShape& shape) {
  const ir::NodeView& node = context.node;
  Recipe recipe{.shape = shape, .types = {Type::f32, Type::f32, Type::f32, Type::f32}};
  recipe.weights = packed_weights<float>(shape, *node.input(1).constant);
  if (node.has_input(2)) recipe.bias = as_bytes(node.input(2).constant->data<float>());
  dnnl::post_ops after;
  const ir::ActivationRange range = ir::range_of(shape.attrs.activation);
  if (shape.attrs.activation == ir::Activation::Relu) {
    after.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
  } else if (shape.attrs.activation != ir::Activation::None) {
    after.append_eltwise(1.0F, dnnl::algorithm::eltwise_clip, range.low, range.high);
  }
  recipe.attr.set_post_ops(after);
  return make_step(std::move(recipe));
}

Result<std::unique_ptr<Step>> make_int8(const NodeContext& context, const ConvShape& shape) {
  const ir::NodeView& node = context.node;
  const ir::Value& weights = node.input(1);
  const auto in = byte_quant(node.input(0), context.storage);
  const auto out = byte_quant(node.output(), context.storage);
  const auto scales = weight_scales(weights, shape.out_channels);
  const bool known_weights = weights.dtype == DType::Int8 || weights.dtype == DType::Int4;
  const bool known_bias = !node.has_input(2) || node.input(2).dtype == DType::Int32;
  if (!in || !out || !scales || !known_weights || !known_bias || !has_exact_int8()) return nullptr;

  const Type source = in->is_unsigned ? Type::u8 : Type::s8;
  const Type target = out->is_unsigned ? Type::u8 : Type::s8;
  Recipe recipe{.shape = shape, .types = {source, Type::s8, Type::s32, target}};
  const Tensor bytes = weights.dtype == DType::Int4 ? tensor::unpack_int4(*weights.constant) : *weights.constant;
  recipe.weights = packed_weights<std::int8_t>(shape, bytes);
  if (node.has_input(2)) recipe.bias = as_bytes(node.input(2).constant->data<std::int32_t>());

  constexpr int kEachOutputChannel = 1 << 1;
  recipe.attr.set_output_scales(kEachOutputChannel, output_scales(in->scale, *scales, out->scale));
  recipe.attr.set_zero_points(DNNL_ARG_SRC, 0, {in->zero_point});
  recipe.attr.set_zero_points(DNNL_ARG_DST, 0, {out->zero_point});
  const ByteRange range = clamped_range(*out, shape.attrs.activation);
  dnnl::post_ops after;
  if (range.low > out->low || range.high < out->high) {
    after.append_eltwise(1.0F, dnnl::algorithm::eltwise_clip, static_cast<float>(range.low - out->zero_point),
                         static_cast<float>(range.high - out->zero_point));
  }
  after.append_eltwise(1.0F, dnnl::algorithm::eltwise_round, 0.0F, 0.0F);
  recipe.attr.set_post_ops(after);
  return make_step(std::move(recipe));
}

}  // namespace

Result<std::unique_ptr<Step>> make_conv(const NodeContext& context) {
  const std::optional<ConvShape> shape = conv_shape(context);
  if (!shape) return nullptr;
  if (context.node.input(0).dtype == DType::Float32) return make_float(context, *shape);
  return make_int8(context, *shape);
}

}  // namespace netfit::exec::onednn
