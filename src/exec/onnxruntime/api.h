// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/result.h"

// The part of ONNX Runtime's C interface that we use. The wheel has no headers, so it is declared here by hand, after
// include/onnxruntime/core/session/onnxruntime_c_api.h of github.com/microsoft/onnxruntime (MIT). The interface is a
// table of functions that only ever grows at its end; the places below belong to its first version, whose size the
// project pins (ReleaseCustomOpDomain is entry 101), so they fit every later library.
namespace netfit::exec::ort {

using StatusHandle = struct StatusObject*;
using Env = struct EnvObject*;
using SessionHandle = struct SessionObject*;
using SessionOptionsHandle = struct SessionOptionsObject*;
using MemoryInfo = struct MemoryInfoObject*;
using Value = struct ValueObject*;
using TypeInfo = struct TypeInfoObject*;
/// Belongs to its TypeInfo.
using ConstTensorInfo = const struct TensorInfoObject*;
using TensorInfo = struct TensorInfoObject*;
using Allocator = struct AllocatorObject*;

inline constexpr int kLogFatal = 4;
inline constexpr int kArenaAllocator = 1;
inline constexpr int kDefaultMemory = 0;

struct Api {
  const char* (*get_error_message)(StatusHandle status);
  StatusHandle (*create_env)(int log_level, const char* id, Env* env);
  StatusHandle (*create_session)(Env env, const void* bytes, std::size_t size, SessionOptionsHandle options,
                                 SessionHandle* session);
  /// A null output is allocated by the runtime.
  StatusHandle (*run)(SessionHandle session, const void* run_options, const char* const* input_names,
                      const Value* inputs, std::size_t input_count, const char* const* output_names,
                      std::size_t output_count, Value* outputs);
  StatusHandle (*create_session_options)(SessionOptionsHandle* options);
  StatusHandle (*set_intra_op_threads)(SessionOptionsHandle options, int threads);
  StatusHandle (*set_inter_op_threads)(SessionOptionsHandle options, int threads);
  StatusHandle (*add_config)(SessionOptionsHandle options, const char* key, const char* value);
  StatusHandle (*get_input_count)(SessionHandle session, std::size_t* count);
  StatusHandle (*get_output_count)(SessionHandle session, std::size_t* count);
  StatusHandle (*get_input_type)(SessionHandle session, std::size_t index, TypeInfo* type);
  StatusHandle (*get_input_name)(SessionHandle session, std::size_t index, Allocator allocator, char** name);
  StatusHandle (*get_output_name)(SessionHandle session, std::size_t index, Allocator allocator, char** name);
  StatusHandle (*create_tensor)(MemoryInfo memory, void* bytes, std::size_t size, const std::int64_t* dims,
                                std::size_t rank, int element_type, Value* value);
  StatusHandle (*get_tensor_data)(Value value, void** data);
  StatusHandle (*cast_to_tensor_info)(TypeInfo type, ConstTensorInfo* info);
  StatusHandle (*get_element_type)(ConstTensorInfo info, int* element_type);
  StatusHandle (*get_rank)(ConstTensorInfo info, std::size_t* rank);
  StatusHandle (*get_dims)(ConstTensorInfo info, std::int64_t* dims, std::size_t rank);
  StatusHandle (*get_tensor_info)(Value value, TensorInfo* info);
  StatusHandle (*create_cpu_memory_info)(int allocator, int kind, MemoryInfo* memory);
  StatusHandle (*allocator_free)(Allocator allocator, void* memory);
  StatusHandle (*get_default_allocator)(Allocator* allocator);
  void (*release_status)(StatusHandle status);
  void (*release_memory_info)(MemoryInfo memory);
  void (*release_session)(SessionHandle session);
  void (*release_value)(Value value);
  void (*release_type_info)(TypeInfo type);
  void (*release_tensor_info)(TensorInfo info);
  void (*release_session_options)(SessionOptionsHandle options);
};

/// Fails with MissingProgram if the library cannot be loaded or is no ONNX Runtime.
Result<Api> load_api(const std::filesystem::path& library);

}  // namespace netfit::exec::ort
