// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>

#include "cost/count_terms.h"
#include "cost/kernels.h"
#include "cost/known_values.h"
#include "cost/typing.h"
#include "ir/op_spec.h"
#include "ir/uses.h"

namespace netfit::cost {

inline double elements(const ir::Value& value) { return static_cast<double>(value.shape.element_count()); }

inline double round_up(double value, double unit) { return std::ceil(value / unit) * unit; }

/// 0 up to `low`, 1 from `high` on, logarithmic between: how much of `bytes` a cache of about that size lets through.
inline double ramp(double bytes, double low, double high) {
  return bytes <= low ? 0.0 : std::min(1.0, std::log(bytes / low) / std::log(high / low));
}

/// A convolution as counting sees it; times groups, where those run one after the other.
struct ConvWindow {
  double inputs = 0.0;  // elements
  double input_channels = 0.0;
  double output_channels = 0.0;
  double height = 0.0;  // of the output
  double width = 0.0;
  double kernel_height = 0.0;
  double kernel_width = 0.0;
  double stride = 1.0;  // area
  bool dilated = false;
  double macs = 0.0;
  double times = 1.0;  // groups that run one after the other

  double outputs() const { return output_channels * height * width; }
  double taps() const { return kernel_height * kernel_width; }
  double weights() const { return taps() * input_channels * output_channels; }
};

/// Counts the work of one kernel after the other of a graph that stays as it is.
class TermCounter {
 public:
  TermCounter(const ir::Graph& graph, const CountingRules& rules, const Typing& typing);

  TermCounts count(const Kernel& kernel) const;

 private:
  void count_conv(const ir::NodeView& node, bool int8, TermCounts& counts) const;
  void count_fully_connected(double weights, bool int8, TermCounts& counts) const;
  void count_window(const ConvWindow& window, TermCounts& counts) const;
  void count_int8_window(const ConvWindow& window, TermCounts& counts) const;
  void count_depthwise(const ConvWindow& window, bool int8, TermCounts& counts) const;
  void count_other(const ir::NodeView& node, bool int8, TermCounts& counts) const;
  void count_opaque(const ir::NodeView& node, TermCounts& counts) const;
  void count_elementwise(const ir::NodeView& node, bool int8, TermCounts& counts) const;
  void count_conversions(const ir::NodeView& node, TermCounts& counts) const;
  void count_traffic(const ir::NodeView& node, TermCounts& counts) const;
  void count_tiled_product(const ConvWindow& window, bool int8, TermCounts& counts) const;
  void count_tiled_depthwise(const ConvWindow& window, bool int8, TermCounts& counts) const;
  void count_far_weights(const ir::NodeView& node, bool int8, TermCounts& counts) const;
  void count_external_weights(const ir::NodeView& node, bool int8, TermCounts& counts) const;
  bool is_int8_conv(ir::NodeId id) const;
  const ir::Node* follower(ir::ValueId value) const;
  bool stays_int8(ir::ValueId value) const;

  const ir::Graph& graph_;
  const CountingRules& rules_;
  Typing typing_;
  KnownValues known_;
  ir::Uses uses_;
  double weights_ = 0.0;  // elements of all that kernels multiply with
};

}  // namespace netfit::cost
