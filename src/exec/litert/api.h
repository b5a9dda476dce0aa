// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/result.h"

// The part of LiteRT's C interface that we use. The wheel has no headers, so it is declared here by hand, as of LiteRT
// 2.3 (litert/c/*.h of github.com/google-ai-edge/LiteRT, Apache-2.0).
namespace netfit::exec::litert {

using Environment = struct EnvironmentHandle*;
using Model = struct ModelHandle*;
using Signature = struct SignatureHandle*;
using Subgraph = struct SubgraphHandle*;
using TensorHandle = struct TensorHandleHandle*;
using Options = struct OptionsHandle*;
using OpaqueOptions = struct OpaqueOptionsHandle*;
using CompiledModel = struct CompiledModelHandle*;
using TensorBuffer = struct TensorBufferHandle*;
/// 0 means done.
using Status = int;

struct EnvironmentOption {
  int tag;
  struct {
    int kind;
    std::int64_t integer;
  } value;
};
static_assert(sizeof(EnvironmentOption) == 24);
inline constexpr int kIntegerOption = 2;
inline constexpr int kTagAccelerators = 24;
inline constexpr int kTagLeastLogSeverity = 25;
inline constexpr int kAcceleratorCpu = 1;
inline constexpr int kLogSilent = 4;

inline constexpr int kMaxRank = 8;

struct Layout {
  /// Rank in the low 7 bits; the next one says whether strides are given, which they never are here.
  std::uint32_t rank;
  std::int32_t dims[kMaxRank];
  std::uint32_t strides[kMaxRank];
};
static_assert(sizeof(Layout) == 68);

struct TensorType {
  int element_type;
  Layout layout;
};
static_assert(sizeof(TensorType) == 72);

struct Api {
  Status (*create_environment)(int option_count, const EnvironmentOption* options, Environment* environment);
  void (*destroy_environment)(Environment environment);
  /// The bytes must outlive the model.
  Status (*create_model)(Environment environment, const void* bytes, std::size_t size, Model* model);
  void (*destroy_model)(Model model);
  Status (*get_signature)(Model model, std::size_t index, Signature* signature);
  Status (*get_signature_subgraph)(Signature signature, Subgraph* subgraph);
  Status (*get_signature_input_count)(Signature signature, std::size_t* count);
  Status (*get_signature_input)(Signature signature, std::size_t index, TensorHandle* tensor);
  Status (*get_signature_output_count)(Signature signature, std::size_t* count);
  Status (*get_signature_output)(Signature signature, std::size_t index, TensorHandle* tensor);
  Status (*get_subgraph_input_count)(Subgraph subgraph, std::size_t* count);
  Status (*get_subgraph_input)(Subgraph subgraph, std::size_t index, TensorHandle* tensor);
  Status (*get_subgraph_output_count)(Subgraph subgraph, std::size_t* count);
  Status (*get_subgraph_output)(Subgraph subgraph, std::size_t index, TensorHandle* tensor);
  Status (*create_options)(Options* options);
  void (*destroy_options)(Options options);
  Status (*set_accelerators)(Options options, int accelerators);
  /// Takes over `payload` and gives it to `destroy` in the end.
  Status (*create_opaque_options)(const char* identifier, void* payload, void (*destroy)(void* payload),
                                  OpaqueOptions* options);
  /// Takes over `opaque`.
  Status (*add_opaque_options)(Options options, OpaqueOptions opaque);
  Status (*create_compiled_model)(Environment environment, Model model, Options options, CompiledModel* compiled);
  void (*destroy_compiled_model)(CompiledModel compiled);
  Status (*resize_input)(CompiledModel compiled, std::size_t signature, std::size_t input, const int* dims,
                         std::size_t dim_count);
  Status (*get_output_layouts)(CompiledModel compiled, std::size_t signature, std::size_t count, Layout* layouts,
                               bool update_allocation);
  /// `address` must be aligned to 64 bytes; a null `destroy` leaves the memory to the caller.
  Status (*create_tensor_buffer)(const TensorType* type, void* address, std::size_t size, void (*destroy)(void*),
                                 TensorBuffer* buffer);
  void (*destroy_tensor_buffer)(TensorBuffer buffer);
  Status (*run)(CompiledModel compiled, std::size_t signature, std::size_t input_count, TensorBuffer* inputs,
                std::size_t output_count, TensorBuffer* outputs);
};

/// Fails with MissingProgram if the library cannot be loaded or lacks a function.
Result<Api> load_api(const std::filesystem::path& library);

}  // namespace netfit::exec::litert
