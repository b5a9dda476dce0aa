// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "ir/op_spec.h"
#include "passes/channel_strands.h"
#include "quant/observers/channel_statistics.h"

namespace netfit::quant {

using passes::ChannelGroup;
using passes::ChannelStrands;
using passes::Strand;

/// The range that a channel needs, zero included.
double reach(const ChannelStatistics& channel);

/// What rounding to 8 bits is expected to do behind a group of channels, as a function of the factors of all strands:
/// activations with one scale for the value, weights with one for each output channel. Noise is power, in units of the
/// squared reach of the channel on which it falls, averaged over the channels of a result and added over the results.
/// Only the ratio of two such figures means anything.
class ChannelNoise {
 public:
  ChannelNoise(const ir::Graph& graph, const ChannelStrands& strands, const StatisticsByValue& statistics);

  /// From rounding the group's values and the weights of the layers that read them.
  double behind(const ChannelGroup& group, std::span<const double> factors) const;

  /// From the power of an error in a strand, without factors, to noise in the results of all that reads it.
  double gain(Strand strand) const { return strand_gains_[strand]; }

 private:
  /// The weights of a window that connect two channels.
  struct Connection {
    std::uint32_t output;
    std::uint32_t input;
    double largest;  ///< magnitude
    double squares;
  };
  struct Layer {
    ir::ValueId data;
    ir::ValueId result;
    double taps = 1.0;  ///< of a window
    std::vector<Connection> connections;
  };

  void add_layer(const ir::NodeView& node);
  void add_reader(ir::ValueId value);
  double of_value(ir::ValueId value, std::span<const double> factors) const;
  double of_weights(const Layer& layer, std::span<const double> factors) const;

  const ChannelStrands& strands_;
  const StatisticsByValue& statistics_;
  std::vector<Layer> layers_;
  /// By value and channel: from the power of an error there to noise in the readers' results.
  std::unordered_map<ir::ValueId, std::vector<double>> gains_;
  std::vector<double> strand_gains_;
};

}  // namespace netfit::quant
