// SPDX-License-Identifier: Apache-2.0
#include "exec/onnxruntime/api.h"

#include <fmt/format.h>

#include "exec/shared_library.h"

namespace netfit::exec::ort {
namespace {

using AnyFunction = void (*)();

constexpr std::uint32_t kLeastVersion = 10;  // the first that knows "session.x64quantprecision"

struct ApiBase {
  const AnyFunction* (*get_api)(std::uint32_t version);
  const char* (*get_version)();
};

template <typename Function>
void bind(const AnyFunction* table, int place, Function& target) {
  target = reinterpret_cast<Function>(table[place]);
}

}  // namespace

Result<Api> load_api(const std::filesystem::path& path) {
  const SharedLibrary library = NETFIT_TRY(SharedLibrary::load(path));
  const auto get_base = NETFIT_TRY(library.symbol<const ApiBase* (*)()>("OrtGetApiBase"));
  const AnyFunction* table = get_base()->get_api(kLeastVersion);
  if (table == nullptr) {
    return missing_program(fmt::format("this ONNX Runtime does not offer version {} of its interface", kLeastVersion));
  }
  Api api{};
  bind(table, 2, api.get_error_message);
  bind(table, 3, api.create_env);
  bind(table, 8, api.create_session);
  bind(table, 9, api.run);
  bind(table, 10, api.create_session_options);
  bind(table, 24, api.set_intra_op_threads);
  bind(table, 25, api.set_inter_op_threads);
  bind(table, 30, api.get_input_count);
  bind(table, 31, api.get_output_count);
  bind(table, 33, api.get_input_type);
  bind(table, 36, api.get_input_name);
  bind(table, 37, api.get_output_name);
  bind(table, 49, api.create_tensor);
  bind(table, 51, api.get_tensor_data);
  bind(table, 55, api.cast_to_tensor_info);
  bind(table, 60, api.get_element_type);
  bind(table, 61, api.get_rank);
  bind(table, 62, api.get_dims);
  bind(table, 65, api.get_tensor_info);
  bind(table, 69, api.create_cpu_memory_info);
  bind(table, 76, api.allocator_free);
  bind(table, 78, api.get_default_allocator);
  bind(table, 130, api.add_config);
  bind(table, 93, api.release_status);
  bind(table, 94, api.release_memory_info);
  bind(table, 95, api.release_session);
  bind(table, 96, api.release_value);
  bind(table, 98, api.release_type_info);
  bind(table, 99, api.release_tensor_info);
  bind(table, 100, api.release_session_options);
  return api;
}

}  // namespace netfit::exec::ort
