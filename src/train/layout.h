// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "ir/graph.h"
#include "train/recipe.h"
#include "train/rounded_values.h"

namespace netfit::train {

/// What training does with a constant of the graph: a Weight is a kernel or matrix; a Vector is a bias, or the scale or
/// shift of a batch norm; a Statistic is a running mean or variance; Fixed ones stay as they are.
enum class Role : std::uint8_t { Weight, Vector, Statistic, Fixed };

/// One constant, and where its elements lie in the flat array of its role.
struct Slot {
  ir::ValueId value;
  Role role = Role::Fixed;
  Shape shape;             ///< kernels: [out, height, width, in per group], whatever the op; else as in the graph
  bool depthwise = false;  ///< a kernel that the graph holds as [1, height, width, out]
  std::int64_t offset = 0;
  std::int64_t step = 0;   ///< where its steps begin among all
  std::int64_t steps = 0;  ///< how many it has: one for each output channel, one, or none that are trained
};

/// Where every constant of a graph lies in flat arrays: weights, then vectors, in the order of the nodes, then the
/// ranges of activations, two numbers each, then the steps of kernels, in the first; statistics in the second; fixed
/// ones by themselves. One kernel then updates, casts or averages them all.
struct Layout {
  std::vector<Slot> slots;
  std::vector<Rounded> rounded;  ///< by value; empty without quantization-aware training
  std::int64_t weights = 0;      ///< elements
  std::int64_t vectors = 0;      ///< elements
  std::int64_t statistics = 0;   ///< elements
  std::int64_t ranges = 0;       ///< of activations
  std::int64_t steps = 0;        ///< of kernels

  std::int64_t trainable() const { return weights + vectors + 2 * ranges + steps; }
  std::int64_t ranges_at() const { return weights + vectors; }
  std::int64_t steps_at() const { return ranges_at() + 2 * ranges; }
  /// Where a slot begins in the array of all that is trained, weights before vectors.
  std::int64_t trained_at(const Slot& slot) const {
    return slot.role == Role::Vector ? weights + slot.offset : slot.offset;
  }
};

/// The layout of a float graph. A constant that several nodes share has the role that the first of them gives it; an
/// op's constant data (the factor of a mul) is fixed. With a scheme, `graph` is as optimize_but_batch_norm leaves it.
Layout make_layout(const ir::Graph& graph, const QatRecipe& qat = {});

/// The graph's constant in the slot's order, float32.
Tensor to_slot_order(const Tensor& constant, const Slot& slot);
/// The reverse: elements in the slot's order as the graph holds them.
Tensor to_graph_order(const Tensor& elements, const Slot& slot, const Shape& graph_shape);

}  // namespace netfit::train
