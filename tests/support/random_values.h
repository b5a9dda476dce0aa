// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "base/random.h"
#include "ir/builder.h"
#include "ir/ops.h"
#include "support/random_graph.h"

namespace netfit::support {

/// Values of a graph that grows at random, and the pieces that blocks are made of. Images have rank 4, vectors rank 2.
class RandomValues {
 public:
  RandomValues(std::uint64_t seed, const RandomGraphOptions& options)
      : random_(seed), options_(options), builder_(graph_) {
    channels_first_ =
        options.layout.value_or(random_.chance(50) ? ir::Layout::ChannelsFirst : ir::Layout::ChannelsLast) ==
        ir::Layout::ChannelsFirst;
  }

 protected:
  std::size_t pick(std::size_t count) {
    return static_cast<std::size_t>(random_.integer(0, static_cast<std::int64_t>(count) - 1));
  }
  const Shape& shape(ir::ValueId id) const { return graph_.value(id).shape; }
  int channel_axis(ir::ValueId id) const { return shape(id).rank() == 4 && channels_first_ ? 1 : shape(id).rank() - 1; }
  std::int64_t channels(ir::ValueId id) const { return shape(id)[channel_axis(id)]; }
  std::int64_t height(ir::ValueId id) const { return shape(id)[channels_first_ ? 2 : 1]; }
  std::int64_t width(ir::ValueId id) const { return shape(id)[channels_first_ ? 3 : 2]; }

  // The newest value with that rank, sometimes an old one; without any vector, the input made one.
  ir::ValueId choose(int rank) {
    std::vector<ir::ValueId> fitting;
    std::ranges::copy_if(pool_, std::back_inserter(fitting), [&](ir::ValueId id) { return shape(id).rank() == rank; });
    if (fitting.empty()) return to_vector(pool_.front());
    return random_.chance(70) ? fitting.back() : fitting[pick(fitting.size())];
  }
  ir::ValueId choose_any() { return random_.chance(70) ? pool_.back() : pool_[pick(pool_.size())]; }

  ir::ValueId add(const ir::OpSpec& op, std::vector<ir::ValueId> inputs, ir::Attrs attrs = {}) {
    const std::string name = std::string(op.name) + "_" + std::to_string(graph_.node_count());
    const Result<ir::ValueId> result = builder_.add(op, std::move(inputs), std::move(attrs), name);
    NETFIT_CHECK(result.has_value());
    return *result;
  }
  void keep(ir::ValueId id) { pool_.push_back(id); }

  ir::ValueId constant(const Shape& constant_shape, float low, float high) {
    Tensor tensor(DType::Float32, constant_shape);
    for (float& element : tensor.mutable_data<float>()) element = random_.real(low, high);
    return graph_.add_constant("c" + std::to_string(graph_.values().size()), std::move(tensor));
  }

  // `op` on the channels-last form of x.
  ir::ValueId spatial(const ir::OpSpec& op, ir::ValueId x, std::vector<ir::ValueId> parameters, ir::Attrs attrs) {
    if (channels_first_) x = add(ir::kTranspose, {x}, ir::Attrs::of(ir::TransposeAttrs{{0, 2, 3, 1}}));
    parameters.insert(parameters.begin(), x);
    const ir::ValueId y = add(op, std::move(parameters), std::move(attrs));
    return channels_first_ ? add(ir::kTranspose, {y}, ir::Attrs::of(ir::TransposeAttrs{{0, 3, 1, 2}})) : y;
  }

  ir::Activation activation_attribute() {
    constexpr std::array kAll{ir::Activation::Relu, ir::Activation::Relu6, ir::Activation::ReluN1To1};
    return random_.chance(20) ? kAll[pick(kAll.size())] : ir::Activation::None;
  }
  ir::ValueId maybe_activation(ir::ValueId x) {
    if (random_.chance(40)) return x;
    return add(random_.chance(70) ? ir::kRelu6 : ir::kRelu, {x});
  }

  // Window, stride, dilation and padding that fit into x.
  ir::Conv2dAttrs window_attrs(ir::ValueId x, ir::Extent2d window) {
    ir::Conv2dAttrs attrs;
    attrs.padding = {random_.integer(0, window.height - 1), random_.integer(0, window.height - 1),
                     random_.integer(0, window.width - 1), random_.integer(0, window.width - 1)};
    attrs.stride = {random_.integer(1, 2), random_.integer(1, 2)};
    const auto most = [](std::int64_t extent, std::int64_t taps) {
      return taps == 1 ? 2 : std::clamp<std::int64_t>((extent - 1) / (taps - 1), 1, 2);
    };
    attrs.dilation = {random_.integer(1, most(height(x), window.height)),
                      random_.integer(1, most(width(x), window.width))};
    attrs.activation = activation_attribute();
    return attrs;
  }
  ir::Extent2d window_in(ir::ValueId x) {
    return {random_.integer(1, std::min<std::int64_t>(3, height(x))),
            random_.integer(1, std::min<std::int64_t>(3, width(x)))};
  }

  // Weights whose sums of products stay near the size of the data.
  std::vector<ir::ValueId> weights_and_bias(const Shape& weights, std::int64_t fan_in, std::int64_t outputs) {
    const float limit = std::sqrt(3.0F / static_cast<float>(fan_in));
    std::vector<ir::ValueId> parameters{constant(weights, -limit, limit)};
    if (random_.chance(60)) {
      parameters.push_back(constant({outputs}, -0.5F, 0.5F));
    } else if (random_.chance(30)) {
      parameters.emplace_back();  // absent, but in the list
    }
    return parameters;
  }

  ir::ValueId batch_norm(ir::ValueId x) {
    const Shape c{channels(x)};
    const std::vector<ir::ValueId> statistics{constant(c, 0.5F, 1.5F), constant(c, -0.5F, 0.5F),
                                              constant(c, -0.5F, 0.5F), constant(c, 0.5F, 2.0F)};
    return spatial(ir::kBatchNorm, x, statistics, ir::Attrs::of(ir::BatchNormAttrs{.epsilon = 1e-3F}));
  }

  ir::ValueId to_vector(ir::ValueId image) {
    return add(ir::kReshape, {image}, ir::Attrs::of(ir::ReshapeAttrs{{1, shape(image).element_count()}}));
  }

  base::Random random_;
  RandomGraphOptions options_;
  ir::Graph graph_;
  ir::Builder builder_;
  bool channels_first_ = false;
  std::vector<ir::ValueId> pool_;
};

}  // namespace netfit::support
