// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/progress.h"
#include "exec/executor.h"
#include "ir/graph.h"
#include "quant/precision.h"
#include "quant/roundings.h"

namespace netfit::quant {

/// How a tensor's range is estimated from its samples.
/// Trained: what the value has of quantization-aware training (ir::Value::range), by Mse where it has none.
enum class RangeEstimator { MinMax, MovingAverage, Percentile, Mse, Entropy, Trained };

/// The real interval that a value's integers must cover.
struct Range {
  float low = 0.0F;
  float high = 0.0F;
};

using Ranges = std::unordered_map<ir::ValueId, Range>;

struct CalibrationOptions {
  /// By agreement and noise of the logits on 10,000 held-out training images, the best of the four on both networks of
  /// the zoo (docs/quantization.md).
  RangeEstimator estimator = RangeEstimator::Mse;
  double percentile = 99.99;     ///< of Percentile: this share of the elements lies inside
  double moving_average = 0.95;  ///< of MovingAverage: the weight of the past, per sample

  friend bool operator==(const CalibrationOptions&, const CalibrationOptions&) = default;
};

/// Ranges of every activation of `graph` (float, optimized) over `inputs` [n, ...]. Deterministic: the same samples
/// give the same ranges on any number of threads. Fails if an activation is not finite, naming it.
Result<Ranges> calibrate(const ir::Graph& graph, exec::ObservableExecutor& executor, std::span<const Tensor> inputs,
                         const CalibrationOptions& options, Progress& progress);

/// What the quantized graph takes and gives. Int8Pixels: the input is pixel - 128; mean and std are folded into the
/// first convolution.
enum class Io { Int8, UInt8, Float32, Int8Pixels };

struct QuantizeOptions {
  Io io = Io::Int8;
};

/// The int8 graph: per-channel symmetric weights, asymmetric activations, int32 bias with its own parameters
/// (scale of the data times scale of the weights). `graph` must be float and optimized. Fails with every node that
/// cannot be quantized.
Result<ir::Graph> quantize_int8(const ir::Graph& graph, const Ranges& ranges, const QuantizeOptions& options);

/// How quantize_layers treats the layers of a graph.
struct LayerOptions {
  PrecisionPlan plan;
  Roundings roundings = {};  ///< by layer; a layer that is not there is rounded as quantize_int8 does
  /// Int8 gives and takes what the arithmetic at the border has: i16 under int16x8, f32 under float. UInt8 and
  /// Int8Pixels need int8 arithmetic there; under Int8Pixels a layer that reads pixels is rounded as usual, because its
  /// weights are no longer those that `roundings` knows.
  Io io = Io::Int8;
};

/// A node that gets something else than the plan says.
struct Substitution {
  ir::NodeId node;
  Precision wanted;
  Precision used;
  std::string reason;  ///< "no runtime has a kernel for hard_swish on 16-bit integers"
};

/// What quantize_layers makes otherwise than planned, because the runtimes have no kernel for it or because it would
/// make the file larger: in graph order, for people to see.
std::vector<Substitution> find_substitutions(const ir::Graph& graph, const PrecisionPlan& plan);

/// The graph with every node in the precision that the plan says, and a `requantize` wherever two of them meet: int8
/// (per channel and per tensor), int4 weights, int16x8, int8 or int4 weights widened before float arithmetic, float16
/// and float32, but for what find_substitutions lists. Ranges are needed of what integers compute only. `graph` must be
/// float and optimized; NodeIds of the plan and the roundings are its own and stay those of the result. Fails with
/// every node that has no integer form and is to have one.
Result<ir::Graph> quantize_layers(const ir::Graph& graph, const Ranges& ranges, const LayerOptions& options);

/// The graph with its float constants in half precision and a `requantize` before each reader; it computes in float32.
/// `optimized` must be float and optimized. Fails with every constant that half precision cannot hold: magnitudes above
/// 65504 and what is not finite.
Result<ir::Graph> quantize_float16(const ir::Graph& optimized);

/// The graph with int8 weights, symmetric, per channel for convolutions and per tensor for fully_connected, under float
/// data, which the runtime quantizes anew for each sample (dynamic range). Weights of fewer than 1024 elements stay
/// float, as do all biases. `optimized` must be float and optimized. Fails on weights that are not finite, naming all
/// of them.
Result<ir::Graph> quantize_dynamic(const ir::Graph& optimized);

}  // namespace netfit::quant
