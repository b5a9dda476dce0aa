// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cost/count_terms.h"
#include "cost/kernels.h"
#include "cost/known_values.h"
#include "cost/typing.h"
#include "ir/op_spec.h"
#include "ir/uses.h"

namespace netfit::cost {

inline double elements(const ir::Value& value) { return static_cast<double>(value.shape.element_count()); }

/// Counts the work of one kernel after the other of a graph that stays as it is.
class TermCounter {
 public:
  TermCounter(const ir::Graph& graph, const CountingRules& rules, const Typing& typing);

  TermCounts count(const Kernel& kernel) const;

 private:
  struct Window;
  void count_conv(const ir::NodeView& node, bool int8, TermCounts& counts) const;
  void count_fully_connected(double weights, bool int8, TermCounts& counts) const;
  void count_window(const Window& window, TermCounts& counts) const;
  void count_int8_window(const Window& window, TermCounts& counts) const;
  void count_depthwise(const Window& window, bool int8, TermCounts& counts) const;
  void count_other(const ir::NodeView& node, bool int8, TermCounts& counts) const;
  void count_opaque(const ir::NodeView& node, TermCounts& counts) const;
  void count_elementwise(const ir::NodeView& node, bool int8, TermCounts& counts) const;
  void count_conversions(const ir::NodeView& node, TermCounts& counts) const;
  void count_traffic(const ir::NodeView& node, TermCounts& counts) const;
  bool is_int8_conv(ir::NodeId id) const;
  const ir::Node* follower(ir::ValueId value) const;
  bool stays_int8(ir::ValueId value) const;

  const ir::Graph& graph_;
  const CountingRules& rules_;
  Typing typing_;
  KnownValues known_;
  ir::Uses uses_;
};

}  // namespace netfit::cost
