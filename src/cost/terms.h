// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace netfit::cost {

/// Kinds of work whose price in cycles is fitted to measurements (docs/cost-models.md). A latency is
/// sum(count * cycles) / clock. Float terms come first, those of int8 kernels behind.
enum class Term : std::uint8_t {
  Conv1x1,
  Winograd,
  WinogradTransform,
  WinogradWeights,
  Conv,
  Stem,
  StemPatches,
  Depthwise3x3,
  Depthwise3x3Stride2,
  DepthwiseOther,
  DepthwisePosition,
  ConvPosition,
  Grouped,
  Group,
  FullyConnected,
  ConvWeights,
  Patches,
  ConvOutput,
  SmallImage,
  Unaligned,
  BeyondL1,
  MatMul,
  Elementwise,
  Broadcast,
  Activation,
  FusedActivation,
  Transcendental,
  Pool,
  GlobalPool,
  Movement,
  Shuffle,
  Normalization,
  Detection,
  Layer,
  BeyondL2,
  BeyondL3,
  TapPointer,
  WeightsBeyondL2,
  WeightsBeyondL3,
  WeightsInMemory,
  WeightsExternal,
  Int8Conv1x1,
  Int8Winograd,
  Int8WinogradTransform,
  Int8Conv,
  Int8Stem,
  Int8StemPatches,
  Int8Depthwise,
  Int8DepthwiseOutput,
  Int8DepthwisePosition,
  Int8ConvPosition,
  Int8FullyConnected,
  Int8Weights,
  Int8Patches,
  Int8ConvOutput,
  Int8Quantize,
  Int8Elementwise,
  Int8Transcendental,
  Int8Pool,
  Int8Movement,
  Int8TapPointer,
};
inline constexpr std::size_t kTermCount = static_cast<std::size_t>(Term::Int8TapPointer) + 1;

/// Terms that share what a device does well or badly.
enum class TermGroup : std::uint8_t {
  Gemm,
  Winograd,
  Depthwise,
  Memory,
  Elementwise,
  Scalar,
  Overhead,
  Int8Gemm,
  Int8Winograd,
  Int8Rest,
};
inline constexpr std::size_t kTermGroupCount = static_cast<std::size_t>(TermGroup::Int8Rest) + 1;

/// What is known of a term before any row is seen.
struct TermSpec {
  Term term;
  std::string_view name;  ///< "conv1x1": key in files and tables
  std::string_view unit;  ///< what one of it is: "MAC", "output", "byte", ...
  TermGroup group;
  double cycles;    ///< of one unit on a core of 4 float32 MACs a cycle, about
  double parallel;  ///< exponent of the number of threads that it speeds up by
  bool halves;      ///< float16 halves it
};
const TermSpec& spec_of(Term term);
std::optional<Term> find_term(std::string_view name);
std::string_view name(TermGroup group);
inline bool is_int8(Term term) { return term >= Term::Int8Conv1x1; }

/// How much of each term something does.
struct TermCounts {
  std::array<double, kTermCount> counts{};

  double& operator[](Term term) { return counts[static_cast<std::size_t>(term)]; }
  double operator[](Term term) const { return counts[static_cast<std::size_t>(term)]; }
  TermCounts& operator+=(const TermCounts& other);
};

}  // namespace netfit::cost
