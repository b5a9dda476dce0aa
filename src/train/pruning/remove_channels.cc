// SPDX-License-Identifier: Apache-2.0
#include "train/pruning/remove_channels.h"

#include <algorithm>

#include "base/check.h"
#include "ir/builder.h"
#include "ir/ops.h"
#include "ir/verifier.h"
#include "passes/constants.h"
#include "passes/layer_parameters.h"
#include "passes/wiring.h"

namespace netfit::train {
namespace {

using ir::NodeId;
using ir::NodeView;
using ir::ValueId;
using Places = std::vector<std::int64_t>;

// The float32 elements at the given places along an axis.
Tensor taken(const Tensor& source, int axis, const Places& places) {
  std::int64_t behind = 1;
  for (int i = axis + 1; i < source.shape().rank(); ++i) behind *= source.shape()[i];
  const std::int64_t extent = source.shape()[axis];
  const std::int64_t before = source.element_count() / (extent * behind);
  Tensor result(DType::Float32, source.shape().with_dim(axis, std::ssize(places)));
  const float* from = source.data<float>().data();
  float* to = result.mutable_data<float>().data();
  for (std::int64_t i = 0; i < before; ++i) {
    for (const std::int64_t place : places) to = std::copy_n(from + (i * extent + place) * behind, behind, to);
  }
  return result;
}

class Surgery {
 public:
  Surgery(const ir::Graph& graph, const passes::ChannelStrands& strands, const std::vector<bool>& removed)
      : graph_(graph), strands_(strands), removed_(removed), result_(graph), wiring_(result_) {}

  ir::Graph run() {
    for (const NodeId id : graph_.order()) cut(id);
    NETFIT_CHECK(ir::verify(result_).has_value());
    return std::move(result_);
  }

 private:
  Places kept(ValueId value) const {
    const std::span<const passes::Strand> own = strands_.of(value);
    Places places;
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (!removed_[own[i]] || strands_.is_pinned(own[i])) places.push_back(static_cast<std::int64_t>(i));
    }
    NETFIT_CHECK(own.empty() || !places.empty());
    return places;
  }

  void shrink(NodeId id, std::size_t input, int axis, const Places& places) {
    const ir::Value& value = result_.value(result_.node(id).inputs[input]);
    if (std::ssize(places) == value.shape[axis]) return;
    passes::replace_constant(wiring_, id, input, taken(*value.constant, axis, places));
  }

  void cut(NodeId id) {
    const NodeView node(graph_, graph_.node(id));
    const ValueId result = node.node().outputs.front();
    if (passes::has_constant_parameters(node)) {
      cut_layer(id, node);
    } else if (&node.op() == &ir::kBatchNorm) {
      for (std::size_t i = 1; i < node.input_count(); ++i) shrink(id, i, 0, kept(result));
    } else {
      cut_operands(id, node);
    }
    if (&node.op() == &ir::kReshape) {
      ir::ReshapeAttrs attrs = node.attrs<ir::ReshapeAttrs>();
      if (!strands_.of(result).empty()) attrs.shape.back() = std::ssize(kept(result));
      result_.node(id).attrs = ir::Attrs::of(std::move(attrs));
    }
    result_.value(result).shape = ir::infer_type(result_, result_.node(id))->shape;
  }

  void cut_layer(NodeId id, const NodeView& node) {
    const Places outputs = kept(node.node().outputs.front());
    shrink(id, 1, ir::output_channel_axis(node.op()), outputs);
    if (node.has_input(2)) shrink(id, 2, 0, outputs);
    const bool reads_all =
        &node.op() == &ir::kFullyConnected || (&node.op() == &ir::kConv2d && ir::conv_groups(node) == 1);
    if (reads_all) shrink(id, 1, node.input(1).shape.rank() - 1, kept(node.node().inputs.front()));
  }

  void cut_operands(NodeId id, const NodeView& node) {
    for (std::size_t i = 0; i < node.input_count(); ++i) {
      if (!node.has_input(i) || !node.input(i).is_constant()) continue;
      const ValueId operand = node.node().inputs[i];
      if (!strands_.of(operand).empty()) shrink(id, i, node.input(i).shape.rank() - 1, kept(operand));
    }
  }

  const ir::Graph& graph_;
  const passes::ChannelStrands& strands_;
  const std::vector<bool>& removed_;
  ir::Graph result_;
  passes::Wiring wiring_;
};

}  // namespace

ir::Graph remove_channels(const ir::Graph& graph, const passes::ChannelStrands& strands,
                          const std::vector<bool>& removed) {
  return Surgery(graph, strands, removed).run();
}

}  // namespace netfit::train
