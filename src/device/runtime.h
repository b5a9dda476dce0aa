// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/dtype.h"

namespace netfit::device {

/// The kinds of work whose speed a runtime has its own kernels for.
enum class KernelClass : std::uint8_t {
  Conv1x1,
  Conv,  ///< other dense convolutions
  Stem,  ///< convolutions of at most 4 channels
  Depthwise,
  Grouped,
  FullyConnected,
  MatMul,  ///< gemm and attention
  Elementwise,
  Pool,
  Movement,        ///< concat, slice, pad, reshape that copies, shuffle
  Transcendental,  ///< softmax, sigmoid, swish: exp for each element
};
/// "conv1x1", "fully_connected", ...: the key in runtimes/*.toml.
std::string_view name(KernelClass kernel);
std::optional<KernelClass> find_kernel_class(std::string_view name);
/// All kinds, in the order of the enumeration.
std::span<const KernelClass> kernel_classes();

/// What a matrix product computes in one go.
struct Tile {
  std::int64_t pixels = 0;    ///< rows of the result: pixels of a convolution's output
  std::int64_t channels = 0;  ///< columns: channels of the output
};

/// Software with a version that runs graphs on devices (runtimes/<name>.toml).
struct Runtime {
  std::string name;                            ///< "x-cube-ai-10"
  std::string title;                           ///< "X-CUBE-AI"
  std::string version;                         ///< "10.0.0"
  std::vector<std::string> isas;               ///< of devices that it runs on
  std::vector<tensor::DType> arithmetic;       ///< types that it computes in
  bool float16_weights = false;                ///< loads float16 constants (and widens them)
  bool dynamic_range = false;                  ///< int8 weights under float activations
  bool float32_as_float16 = false;             ///< computes float32 graphs in float16 where the core can
  std::vector<std::string> fused_activations;  ///< ops that cost nothing behind a convolution
  /// Share of the core's peak (Simd::macs_per_cycle) that a kernel reaches when its data are near; by type.
  std::map<tensor::DType, std::map<KernelClass, double>> efficiency;
  std::map<tensor::DType, Tile> tiles;  ///< by type; may be empty
  double layer_overhead_cycles = 0.0;
  std::int64_t code_bytes = 0;  ///< of the runtime itself, in flash
  std::int64_t code_bytes_per_layer = 0;
  double code_bytes_per_channel = 0.0;  ///< tables for each output channel of an integer convolution
  std::int64_t ram_bytes = 0;           ///< of the runtime itself, beside the arena
  std::int64_t ram_bytes_per_layer = 0;
  bool in_place = false;        ///< elementwise ops may overwrite their input
  double parallel_share = 0.0;  ///< of Amdahl's law
  std::string hash;
};

}  // namespace netfit::device
