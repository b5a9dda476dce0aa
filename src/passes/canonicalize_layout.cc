// SPDX-License-Identifier: Apache-2.0
//
// Transposes only ever move down. One sweep in topological order takes every node whose data arrive through equal
// transposes, lets it read the sources, and puts one transpose behind it; so a transpose meets its inverse, the graph's
// output, a reshape or a mean that swallows it, or a node that it cannot pass. Moving up as well would find no more
// pairs in the graphs of importers, which put one transpose on each side of every spatial op, and might not terminate.
//
// A graph input takes part because its channels-first axes are first written as a transpose of a channels-last input:
// whatever cancels later needs no rule of its own.
//
// Names: a node that now computes its result channels-last keeps the name that the result has in the file, as soon as
// nothing reads the channels-first one any more.

#include "passes/canonicalize_layout.h"

#include <algorithm>
#include <unordered_set>

#include "ir/ops/conv.h"
#include "ir/ops/normalization.h"
#include "ir/ops/pool.h"
#include "ir/ops/reduce.h"
#include "ir/ops/shape.h"
#include "passes/channels_first.h"
#include "passes/constants.h"
#include "passes/flatten_order.h"
#include "passes/permutation.h"
#include "passes/wiring.h"

namespace netfit::passes {
namespace {

using ir::NodeId;
using ir::NodeView;
using ir::ValueId;

class LayoutSweep {
 public:
  explicit LayoutSweep(ir::Graph& graph) : graph_(graph), wiring_(graph) {}

  Change run() {
    for (ir::GraphInput& input : graph_.inputs) present_channels_last(input);
    const std::vector<NodeId> order(graph_.order().begin(), graph_.order().end());
    for (std::size_t i = 0; i < order.size(); ++i) {
      next_ = i + 1 < order.size() ? order[i + 1] : NodeId{};
      visit(order[i]);
    }
    for (ir::GraphOutput& output : graph_.outputs) absorb_into(output);
    drop_unused_transposes();
    for (const NodeId id : std::vector<NodeId>(graph_.order().begin(), graph_.order().end())) become_reshape(id);
    return change_;
  }

 private:
  NodeView view(NodeId id) const { return {graph_, graph_.node(id)}; }

  /// The transpose that `value` comes from.
  struct Transposed {
    ValueId source;
    Permutation perm;
  };
  std::optional<Transposed> transposed(ValueId value) const {
    const NodeId id = wiring_.producer_of_kind(value, ir::kTranspose);
    if (!id.valid()) return std::nullopt;
    std::optional<Permutation> perm = transposes_only(view(id));
    if (!perm) return std::nullopt;
    return Transposed{graph_.node(id).inputs[0], std::move(*perm)};
  }

  /// A value like `like` with its axes in another order, under a name that nobody knows yet.
  ValueId give_result(NodeId id, const Permutation& perm) {
    const ir::Value& like = graph_.value(graph_.node(id).outputs.front());
    const ValueId value = wiring_.detach_result(id, {.name = like.name,
                                                     .dtype = like.dtype,
                                                     .shape = permute(like.shape, perm),
                                                     .quant = permute(like.quant, perm),
                                                     .range = like.range});
    unnamed_.insert(value);
    return value;
  }

  void present_channels_last(ir::GraphInput& input) {
    if (!is_channels_first(graph_, wiring_, input)) return;
    const ValueId first = input.value;
    if (wiring_.is_output(first)) return;  // its name would belong to two values
    const std::string name = graph_.value(first).name;
    graph_.rename(first, name + "_channels_first");
    const ir::Value& old = graph_.value(first);
    const ValueId last = wiring_.replace_input(input, {.name = name,
                                                       .dtype = old.dtype,
                                                       .shape = permute(old.shape, kToChannelsLast),
                                                       .quant = permute(old.quant, kToChannelsLast),
                                                       .range = old.range});
    input.layout = ir::Layout::ChannelsFirst;
    wiring_.insert(graph_.order().front(), {.name = name,
                                            .op = &ir::kTranspose,
                                            .attrs = transpose_attrs(kToChannelsFirst),
                                            .inputs = {last},
                                            .outputs = {first}});
    change_ = Change::Made;
  }

  void visit(NodeId id) {
    const ir::OpSpec* op = graph_.node(id).op;
    if (op == &ir::kTranspose) {
      join_transposes(id);
    } else if (op == &ir::kReshape) {
      reshape_source(id);
    } else if (op == &ir::kMean && !graph_.node(id).attrs.as<ir::ReduceAttrs>().keep_dims) {
      mean_over_source(id);
    } else if (op->permuted != nullptr) {
      sink_through(id);
    }
  }

  void join_transposes(NodeId id) {
    const std::optional<Permutation> second = transposes_only(view(id));
    const std::optional<Transposed> first = transposed(graph_.node(id).inputs[0]);
    if (!second || !first) return;
    const Permutation both = compose(first->perm, *second);
    change_ = Change::Made;
    if (is_identity(both) && wiring_.replace(graph_.node(id).outputs.front(), first->source)) return;
    wiring_.set_input(id, 0, first->source);
    graph_.node(id).attrs = transpose_attrs(both);
  }

  void reshape_source(NodeId id) {
    const std::optional<Transposed> data = transposed(graph_.node(id).inputs[0]);
    if (!data) return;
    const Shape& source = graph_.value(data->source).shape;
    if (graph_.value(data->source).quant && graph_.value(data->source).quant->is_per_channel()) return;
    if (!moves_nothing(source, data->perm) && !reorder_flattened_weights(wiring_, id, source, data->perm)) return;
    wiring_.set_input(id, 0, data->source);
    change_ = Change::Made;
  }

  // Without kept dimensions, the axes that remain may still be in another order.
  void mean_over_source(NodeId id) {
    const std::optional<Transposed> data = transposed(graph_.node(id).inputs[0]);
    if (!data) return;
    ir::ReduceAttrs attrs = graph_.node(id).attrs.as<ir::ReduceAttrs>();
    std::vector<int> kept;  // axes of the source that remain, in the order of the result
    for (std::size_t i = 0; i < data->perm.size(); ++i) {
      if (std::ranges::find(attrs.axes, static_cast<std::int64_t>(i)) == attrs.axes.end())
        kept.push_back(data->perm[i]);
    }
    if (kept.empty() || kept.front() != 0) return;  // a mean over the batch is no mean of ours
    for (std::int64_t& axis : attrs.axes) axis = data->perm[static_cast<std::size_t>(axis)];
    std::ranges::sort(attrs.axes);
    std::vector<int> sorted = kept;
    std::ranges::sort(sorted);
    Permutation rest;
    for (const int axis : kept) rest.push_back(static_cast<int>(std::ranges::find(sorted, axis) - sorted.begin()));

    graph_.node(id).attrs = ir::Attrs::of(std::move(attrs));
    wiring_.set_input(id, 0, data->source);
    if (!is_identity(rest)) put_transpose_behind(id, rest);
    change_ = Change::Made;
  }

  /// The node computes its result in the source's axis order; `perm` behind it gives what its readers expect.
  void put_transpose_behind(NodeId id, const Permutation& perm) {
    const ValueId known = graph_.node(id).outputs.front();
    const ValueId fresh = give_result(id, inverse(perm));
    wiring_.insert(next_, {.name = graph_.value(known).name,
                           .op = &ir::kTranspose,
                           .attrs = transpose_attrs(perm),
                           .inputs = {fresh},
                           .outputs = {known}});
  }

  void sink_through(NodeId id) {
    const NodeView node = view(id);
    if (static_cast<int>(node.input_count()) > node.op().data_inputs) return;
    std::optional<Permutation> perm;
    for (std::size_t i = 0; i < node.input_count() && !perm; ++i) {
      if (const auto data = transposed(node.node().inputs[i])) perm = data->perm;
    }
    if (!perm || perm->empty() || perm->front() != 0 || node.output().shape.rank() != std::ssize(*perm)) return;
    std::optional<ir::Attrs> attrs = node.op().permuted(node, *perm);
    const auto fits = [&](ValueId input) { return can_align(input, *perm); };
    if (!attrs || !std::ranges::all_of(node.node().inputs, fits)) return;

    std::vector<ValueId> aligned;
    for (const ValueId input : std::vector<ValueId>(node.node().inputs)) aligned.push_back(align(id, input, *perm));
    wiring_.set_inputs(id, std::move(aligned));
    graph_.node(id).attrs = std::move(*attrs);
    put_transpose_behind(id, *perm);
    change_ = Change::Made;
  }

  // What the value is under the transpose `perm`, before it: known without computing anything at run time?
  bool can_align(ValueId input, const Permutation& perm) const {
    const auto data = transposed(input);
    if (data) return data->perm == perm;
    const ir::Value& value = graph_.value(input);
    if (value.shape.rank() > std::ssize(perm)) return false;
    if (value.is_constant()) return value.dtype != DType::Int4;
    const bool per_channel = value.quant && value.quant->is_per_channel();
    return !per_channel && moves_nothing(at_rank(value.shape, perm.size()), inverse(perm));
  }

  ValueId align(NodeId reader, ValueId input, const Permutation& perm) {
    if (const auto data = transposed(input)) return data->source;
    const ir::Value value = graph_.value(input);
    const Shape full = at_rank(value.shape, perm.size());
    const Permutation back = inverse(perm);
    if (value.shape.element_count() == 1 && !value.quant) return input;
    if (!value.is_constant()) {
      const ValueId result = graph_.add_value({.name = value.name + "_channels_last",
                                               .dtype = value.dtype,
                                               .shape = permute(full, back),
                                               .quant = value.quant});
      wiring_.insert(reader, {.name = value.name + "_channels_last",
                              .op = &ir::kReshape,
                              .attrs = reshape_attrs(permute(full, back)),
                              .inputs = {input},
                              .outputs = {result}});
      return result;
    }
    std::optional<QuantParams> quant = value.quant;
    if (quant && quant->is_per_channel()) quant->axis += full.rank() - value.shape.rank();
    return with_constant(wiring_, input, tensor::transpose(value.constant->reshaped(full), back), permute(quant, back));
  }

  /// numpy's broadcasting: missing axes are of extent 1 and in front.
  static Shape at_rank(const Shape& shape, std::size_t rank) {
    std::vector<std::int64_t> dims(rank - static_cast<std::size_t>(shape.rank()), 1);
    dims.insert(dims.end(), shape.dims().begin(), shape.dims().end());
    return *Shape::create(dims);
  }

  void absorb_into(ir::GraphOutput& output) {
    const std::optional<Transposed> data = transposed(output.value);
    if (!data || data->perm != kToChannelsFirst || output.layout != ir::Layout::ChannelsLast) return;
    const ValueId known = output.value;
    // The name of the output belongs to one value; inputs, constants and other outputs have names of their own.
    const bool shared = std::ranges::count(graph_.outputs, known, &ir::GraphOutput::value) > 1;
    if (shared || !wiring_.move_output(known, data->source)) return;
    output.layout = ir::Layout::ChannelsFirst;
    unnamed_.erase(data->source);
    change_ = Change::Made;
  }

  void drop_unused_transposes() {
    const std::vector<NodeId> order(graph_.order().begin(), graph_.order().end());
    for (auto id = order.rbegin(); id != order.rend(); ++id) {
      const std::optional<Permutation> perm = transposes_only(view(*id));
      if (!perm || !wiring_.is_unused(graph_.node(*id).outputs.front())) continue;
      const ValueId source = graph_.node(*id).inputs[0];
      std::string name = graph_.value(graph_.node(*id).outputs.front()).name;
      wiring_.erase(*id);
      change_ = Change::Made;
      const bool has_own_name =
          wiring_.is_input(source) || wiring_.is_output(source) || graph_.value(source).is_constant();
      if (!has_own_name && (unnamed_.erase(source) == 1)) {
        graph_.rename(source, std::move(name));
      }
    }
  }

  void become_reshape(NodeId id) {
    const std::optional<Permutation> perm = transposes_only(view(id));
    if (!perm || is_identity(*perm) || !moves_nothing(view(id).input(0).shape, *perm)) return;
    if (view(id).input(0).quant && view(id).input(0).quant->is_per_channel()) return;
    ir::Node& node = graph_.node(id);
    node.op = &ir::kReshape;
    node.attrs = reshape_attrs(graph_.value(node.outputs.front()).shape);
    change_ = Change::Made;
  }

  ir::Graph& graph_;
  Wiring wiring_;
  NodeId next_;  ///< the node behind the visited one
  std::unordered_set<ValueId> unnamed_;
  Change change_ = Change::None;
};

}  // namespace

// A sweep may bring the transpose that shows an input to be channels-first within its reach; each input turns once, and
// everything else only moves down, so this ends.
Result<Change> canonicalize_layout(ir::Graph& graph) {
  Change change = Change::None;
  while (LayoutSweep(graph).run() == Change::Made) change = Change::Made;
  return change;
}

}  // namespace netfit::passes
