// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace netfit::diagnose {

/// What can be wrong with a quantized network or with how it is fed and read (docs/faults.md describes each).
enum class FaultKind : std::uint8_t {
  Healthy,
  // Around the network.
  InputCast,          ///< floats or raw pixels are put into an integer input without scale and zero point
  OutputMisread,      ///< int8 results read as uint8 or the reverse
  Preprocessing,      ///< another scale, mean or std than the network was trained with
  PreprocessedTwice,  ///< the record is applied by the harness and once more inside the file
  ColorOrder,         ///< BGR for RGB
  ClassOrder,         ///< outputs in another order than the labels
  // In the float network already.
  StaleBatchNorm,  ///< running statistics that are not those of the data
  BatchNormFold,   ///< folded twice, not at all, or with another epsilon
  ClampLost,       ///< a relu6 that became relu, or whose limit is no longer 6
  KernelLayout,    ///< weights with axes or channels exchanged
  BiasLost,        ///< a bias that is zero, or in other units than data scale times weight scale
  // Ranges of activations.
  BadCalibration,  ///< ranges everywhere from data of another kind: noise, unnormalized, one class
  OutlierRange,    ///< one tensor whose range is set by a rare spike
  NarrowRange,     ///< one tensor whose range ends before its values do: it saturates
  WrongZeroPoint,  ///< zero point off
  // Weights.
  PerTensorWeights,    ///< one scale over channels of very unequal size
  WrongChannelScales,  ///< scales in the order of another axis, or of another layer
  TinyChannelScale,    ///< a channel whose scale is so small that its bias leaves 32 bits
  // Networks that are sound in float and cannot be quantized as they are.
  ResidualSpread,  ///< channels of a residual group of very unequal size
  ChannelSpread,   ///< the same between an expansion and its depthwise convolution
  TooFewBits,      ///< nothing is wrong: the precision does not suffice
  Unknown,         ///< something is, and none of the above explains it
};

/// What the catalog says of a kind.
struct FaultEntry {
  FaultKind kind;
  std::string_view name;     ///< kebab-case, as `--json` and the gallery call it
  std::string_view summary;  ///< one sentence: what happened
  std::string_view remedy;   ///< one sentence: what to do
  bool repairable = false;   ///< `--fix` can
};
std::span<const FaultEntry> fault_catalog();
const FaultEntry& entry(FaultKind kind);
std::optional<FaultKind> find_fault(std::string_view name);

/// One observation that speaks for a fault.
struct Evidence {
  std::string what;   ///< "scale times 255 covers 1.6 % of the values' range"
  std::string place;  ///< "conv2d 'features.3.conv.1'"; empty for the whole network
  std::optional<std::int64_t> channel;
  double figure = 0.0;
  std::string unit;  ///< "dB", "%", "times"
};

struct Finding {
  FaultKind kind = FaultKind::Unknown;
  std::string layer;                ///< name of the node in the subject; empty where the whole network is at fault
  std::vector<std::string> values;  ///< of a group that is at fault
  std::vector<std::int64_t> channels;
  std::vector<Evidence> evidence;  ///< the strongest first
  double weight = 0.0;  ///< for ranking findings of one diagnosis; points of agreement that it explains, where known
};

}  // namespace netfit::diagnose
