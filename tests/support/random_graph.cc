// SPDX-License-Identifier: Apache-2.0
#include "support/random_graph.h"

#include <algorithm>
#include <array>

#include "ir/uses.h"
#include "support/random_values.h"

namespace netfit::support {
namespace {

using ir::Attrs;
using ir::Conv2dAttrs;
using ir::Extent2d;
using ir::OpSpec;
using ir::ValueId;

// Grows a graph block by block. Each block reads values that exist ("pool") and adds its result to them.
class Grower : private RandomValues {
 public:
  using RandomValues::RandomValues;

  ir::Graph grow() {
    const std::int64_t height = random_.integer(3, options_.extent);
    const std::int64_t width = random_.integer(3, options_.extent);
    const std::int64_t channels = random_.integer(1, options_.extent);
    pool_.push_back(builder_.input(
        "x", DType::Float32, channels_first_ ? Shape{1, channels, height, width} : Shape{1, height, width, channels}));
    for (int block = 0; block < options_.blocks; ++block) (this->*kBlocks[pick(kBlocks.size())])();
    const ir::Uses uses(graph_);
    for (const ValueId id : pool_) {
      const bool unread = uses.readers(id).empty();
      if (unread || (uses.producer(id).valid() && random_.chance(5))) builder_.output(id);
    }
    return std::move(graph_);
  }

 private:
  using Block = void (Grower::*)();
  static const std::array<Block, 15> kBlocks;

  void grow_conv() {
    ValueId x = choose(4);
    if (random_.chance(20)) x = pad_image(x, 0.0F);
    const Extent2d window = window_in(x);
    const std::int64_t in = channels(x);
    const std::int64_t groups = in > 1 && random_.chance(30) ? in : in % 2 == 0 && random_.chance(30) ? 2 : 1;
    const std::int64_t out = groups * random_.integer(1, std::max<std::int64_t>(1, options_.extent / groups));
    const Shape weights{out, window.height, window.width, in / groups};
    const Conv2dAttrs attrs = window_attrs(x, window);
    const std::int64_t fan_in = window.height * window.width * in / groups;
    ValueId y = spatial(ir::kConv2d, x, weights_and_bias(weights, fan_in, out), Attrs::of(attrs));
    if (random_.chance(50)) y = batch_norm(y);
    keep(maybe_activation(y));
  }

  void grow_depthwise() {
    const ValueId x = choose(4);
    const Extent2d window = window_in(x);
    const std::int64_t out = channels(x) * random_.integer(1, channels(x) > 4 ? 1 : 2);
    const Conv2dAttrs attrs = window_attrs(x, window);
    const std::vector<ValueId> parameters =
        weights_and_bias({1, window.height, window.width, out}, window.height * window.width, out);
    ValueId y = spatial(ir::kDepthwiseConv2d, x, parameters, Attrs::of(attrs));
    if (random_.chance(50)) y = batch_norm(y);
    keep(maybe_activation(y));
  }

  void grow_pool() {
    const ValueId x = choose(4);
    const Extent2d window = window_in(x);
    const Conv2dAttrs like = window_attrs(x, window);
    const ir::Pool2dAttrs attrs{
        .window = window, .stride = like.stride, .padding = like.padding, .activation = like.activation};
    keep(spatial(random_.chance(50) ? ir::kMaxPool2d : ir::kAveragePool2d, x, {}, Attrs::of(attrs)));
  }

  void grow_batch_norm() {
    const ValueId x = choose(4);
    keep(batch_norm(x));
  }

  void grow_activation() {
    static constexpr std::array kOps{&ir::kRelu,      &ir::kRelu6,       &ir::kReluN1To1, &ir::kLeakyRelu,
                                     &ir::kHardSwish, &ir::kHardSigmoid, &ir::kSigmoid};
    keep(add(*kOps[pick(kOps.size())], {choose_any()}));
  }

  void grow_relu6_chain() {
    ValueId x = add(ir::kRelu6, {choose_any()});
    for (std::int64_t more = random_.integer(1, 2); more > 0; --more) x = add(ir::kRelu6, {x});
    keep(x);
  }

  // With a constant per channel, a scalar, or one of the data's own shape, on either side.
  void grow_binary_constant() {
    const ValueId x = choose_any();
    std::vector<std::int64_t> dims(static_cast<std::size_t>(shape(x).rank() - channel_axis(x)), 1);
    dims[0] = channels(x);
    Shape constant_shape = *Shape::create(dims);
    if (random_.chance(20)) constant_shape = Shape{};
    if (random_.chance(20)) constant_shape = shape(x);
    const ValueId c = constant(constant_shape, 0.5F, 2.0F);
    const Attrs attrs = Attrs::of(ir::BinaryAttrs{activation_attribute()});
    static constexpr std::array kOps{&ir::kAdd, &ir::kSub, &ir::kMul, &ir::kDiv};
    const OpSpec& op = *kOps[pick(kOps.size())];
    const bool data_first = &op == &ir::kDiv || random_.chance(70);
    keep(add(op, data_first ? std::vector{x, c} : std::vector{c, x}, attrs));
  }

  void grow_residual() {
    const ValueId x = choose_any();
    const auto same = [&](ValueId id) { return shape(id) == shape(x); };
    std::vector<ValueId> others;
    std::ranges::copy_if(pool_, std::back_inserter(others), same);
    // One draw a statement: the order in which arguments are evaluated differs between compilers.
    const ValueId other = others[pick(others.size())];
    keep(maybe_activation(add(random_.chance(70) ? ir::kAdd : ir::kSub, {x, other})));
  }

  // Squeeze and excitation: an image times a factor in [0, 1] for each of its channels.
  void grow_gate() {
    const ValueId x = choose(4);
    const ValueId squeezed = add(ir::kMean, {x}, spatial_mean(ir::ReduceAttrs{.axes = {}, .keep_dims = true}));
    keep(add(ir::kMul, {x, add(random_.chance(50) ? ir::kSigmoid : ir::kHardSigmoid, {squeezed})}));
  }

  Attrs spatial_mean(ir::ReduceAttrs attrs) const {
    attrs.axes = channels_first_ ? std::vector<std::int64_t>{2, 3} : std::vector<std::int64_t>{1, 2};
    return Attrs::of(std::move(attrs));
  }

  void grow_concat() {
    const ValueId x = choose_any();
    const int axis = channel_axis(x);
    std::vector<ValueId> fitting;
    std::ranges::copy_if(pool_, std::back_inserter(fitting), [&](ValueId id) {
      return shape(id).rank() == shape(x).rank() && shape(id).with_dim(axis, 1) == shape(x).with_dim(axis, 1);
    });
    std::vector<ValueId> inputs{x};
    for (std::int64_t more = random_.integer(1, 2); more > 0; --more) inputs.push_back(fitting[pick(fitting.size())]);
    keep(add(ir::kConcat, inputs, Attrs::of(ir::ConcatAttrs{axis})));
  }

  ValueId pad_image(ValueId x, float value) {
    ir::PadAttrs attrs{.before = {0, 0, 0, 0}, .after = {0, 0, 0, 0}, .value = value};
    for (const std::size_t axis :
         channels_first_ ? std::array<std::size_t, 2>{2, 3} : std::array<std::size_t, 2>{1, 2}) {
      attrs.before[axis] = random_.integer(0, 2);
      attrs.after[axis] = random_.integer(0, 2);
    }
    return add(ir::kPad, {x}, Attrs::of(std::move(attrs)));
  }

  void grow_pad() {
    const ValueId x = choose(4);
    keep(pad_image(x, random_.chance(70) ? 0.0F : 0.5F));
  }

  void grow_mean() {
    const ValueId x = choose(4);
    keep(add(ir::kMean, {x}, spatial_mean(ir::ReduceAttrs{.axes = {}, .keep_dims = random_.chance(50)})));
  }

  // Transposes and reshapes that a network writes itself, beside those of the layout.
  void grow_rearrangement() {
    const ValueId x = choose(4);
    if (random_.chance(40)) return keep(to_vector(x));
    if (random_.chance(50)) {
      const Shape& s = shape(x);
      const bool merge_front = random_.chance(50);
      return keep(add(ir::kReshape, {x},
                      Attrs::of(ir::ReshapeAttrs{merge_front ? std::vector<std::int64_t>{1, s[1] * s[2], 1, s[3]}
                                                             : std::vector<std::int64_t>{1, s[1], s[2] * s[3], 1}})));
    }
    std::vector<std::int64_t> perm{0, 1, 2, 3};
    const std::size_t first = 1 + pick(3);
    const std::size_t second = 1 + pick(3);
    std::swap(perm[first], perm[second]);
    keep(add(ir::kTranspose, {x}, Attrs::of(ir::TransposeAttrs{perm})));
  }

  void grow_classifier() {
    const ValueId x = choose(2);
    const std::int64_t out = random_.integer(1, options_.extent);
    const Attrs attrs = Attrs::of(ir::FullyConnectedAttrs{activation_attribute()});
    std::vector<ValueId> inputs = weights_and_bias({out, shape(x)[1]}, shape(x)[1], out);
    inputs.insert(inputs.begin(), x);
    const ValueId y = add(ir::kFullyConnected, inputs, attrs);
    keep(y);
    if (random_.chance(50)) keep(add(ir::kSoftmax, {y}, Attrs::of(ir::SoftmaxAttrs{random_.chance(80) ? 1.0F : 2.0F})));
  }
};

constexpr std::array<Grower::Block, 15> Grower::kBlocks{
    &Grower::grow_conv,       &Grower::grow_conv,       &Grower::grow_depthwise,     &Grower::grow_pool,
    &Grower::grow_batch_norm, &Grower::grow_activation, &Grower::grow_relu6_chain,   &Grower::grow_binary_constant,
    &Grower::grow_residual,   &Grower::grow_gate,       &Grower::grow_concat,        &Grower::grow_classifier,
    &Grower::grow_pad,        &Grower::grow_mean,       &Grower::grow_rearrangement,
};

}  // namespace

ir::Graph random_graph(std::uint64_t seed, const RandomGraphOptions& options) { return Grower(seed, options).grow(); }

}  // namespace netfit::support
