// SPDX-License-Identifier: Apache-2.0
// Runtimes whose kernels are known by their tiles (XNNPACK's "5x16" computes 5 pixels of 16 channels at a time).
#include "cost/term_counter.h"

namespace netfit::cost {
namespace {

// A kernel that computes fewer pixels than its tile has skips some of the work.
constexpr double kEmptyPixels = 0.5;
// XNNPACK has depthwise kernels of 3x3 and 5x5 taps; smaller windows are filled up.
constexpr double kSmallWindow = 9.0;
constexpr double kLargeWindow = 25.0;

}  // namespace

void TermCounter::count_tiled_product(const ConvWindow& window, bool int8, TermCounts& counts) const {
  const ProductTile& tile = int8 ? rules_.tiled->int8 : rules_.tiled->float32;
  const double positions = window.height * window.width;
  const double channels = round_up(window.output_channels, tile.channels);
  const double depth = round_up(window.input_channels, tile.depth) * window.taps();
  if (positions == 1 && window.taps() == 1) {
    // 2 bytes of floats are the unit of FullyConnected.
    counts[int8 ? Term::Int8FullyConnected : Term::FullyConnected] += channels * depth * (int8 ? 1.0 : 2.0);
    return;
  }
  const double full = round_up(positions, tile.pixels);
  const double tiles = full / tile.pixels * channels / tile.channels;
  const double macs = (positions + kEmptyPixels * (full - positions)) * channels * depth;
  const bool pointwise = window.taps() == 1 && window.stride == 1;
  if (pointwise) {
    counts[int8 ? Term::Int8Conv1x1 : Term::Conv1x1] += macs;
  } else {
    counts[int8 ? Term::Int8Conv : Term::Conv] += macs;
    counts[int8 ? Term::Int8TapPointer : Term::TapPointer] += tiles * window.taps();
  }
  counts[int8 ? Term::Int8ConvPosition : Term::ConvPosition] += tiles;
  counts[int8 ? Term::Int8ConvOutput : Term::ConvOutput] += positions * channels;
  counts[int8 ? Term::Int8Patches : Term::Patches] += positions * window.input_channels * window.taps();
  counts[int8 ? Term::Int8Weights : Term::ConvWeights] += channels * depth;
}

void TermCounter::count_tiled_depthwise(const ConvWindow& window, bool int8, TermCounts& counts) const {
  const double positions = window.height * window.width;
  const double outputs = positions * round_up(window.output_channels, rules_.tiled->depthwise_channels);
  const bool small = window.taps() <= kSmallWindow;
  counts[int8 ? Term::Int8DepthwisePosition : Term::DepthwisePosition] += positions;
  if (int8) {
    counts[Term::Int8DepthwiseOutput] += outputs;
    counts[Term::Int8Depthwise] += outputs * (small ? kSmallWindow : std::max(window.taps(), kLargeWindow));
  } else if (small) {
    counts[Term::Depthwise3x3] += outputs;
  } else {
    counts[Term::DepthwiseOther] += outputs * std::max(window.taps(), kLargeWindow);
  }
}

// An inference evicts what the caches can't hold of all weights before the next one comes.
void TermCounter::count_far_weights(const ir::NodeView& node, bool int8, TermCounts& counts) const {
  constexpr double kMb = 1e6;
  const double size = int8 ? 1.0 : 4.0;
  const double bytes = size * elements(node.input(1));
  const double all = size * weights_;
  counts[Term::WeightsBeyondL2] += bytes * ramp(all, 0.2 * kMb, 1.0 * kMb);
  counts[Term::WeightsBeyondL3] += bytes * ramp(all, 1.0 * kMb, 4.0 * kMb);
  counts[Term::WeightsInMemory] += bytes * ramp(all, 8.0 * kMb, 32.0 * kMb);
}

}  // namespace netfit::cost
