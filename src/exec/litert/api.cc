// SPDX-License-Identifier: Apache-2.0
#include "exec/litert/api.h"

#include "exec/shared_library.h"

namespace netfit::exec::litert {
namespace {

template <typename Function>
Result<void> bind(const SharedLibrary& library, const char* name, Function& target) {
  target = NETFIT_TRY(library.symbol<Function>(name));
  return {};
}

}  // namespace

Result<Api> load_api(const std::filesystem::path& path) {
  const SharedLibrary library = NETFIT_TRY(SharedLibrary::load(path));
  Api api{};
  NETFIT_TRY(bind(library, "LiteRtCreateEnvironment", api.create_environment));
  NETFIT_TRY(bind(library, "LiteRtDestroyEnvironment", api.destroy_environment));
  NETFIT_TRY(bind(library, "LiteRtCreateModelFromBuffer", api.create_model));
  NETFIT_TRY(bind(library, "LiteRtDestroyModel", api.destroy_model));
  NETFIT_TRY(bind(library, "LiteRtGetModelSignature", api.get_signature));
  NETFIT_TRY(bind(library, "LiteRtGetSignatureSubgraph", api.get_signature_subgraph));
  NETFIT_TRY(bind(library, "LiteRtGetNumSignatureInputs", api.get_signature_input_count));
  NETFIT_TRY(bind(library, "LiteRtGetSignatureInputTensorByIndex", api.get_signature_input));
  NETFIT_TRY(bind(library, "LiteRtGetNumSignatureOutputs", api.get_signature_output_count));
  NETFIT_TRY(bind(library, "LiteRtGetSignatureOutputTensorByIndex", api.get_signature_output));
  NETFIT_TRY(bind(library, "LiteRtGetNumSubgraphInputs", api.get_subgraph_input_count));
  NETFIT_TRY(bind(library, "LiteRtGetSubgraphInput", api.get_subgraph_input));
  NETFIT_TRY(bind(library, "LiteRtGetNumSubgraphOutputs", api.get_subgraph_output_count));
  NETFIT_TRY(bind(library, "LiteRtGetSubgraphOutput", api.get_subgraph_output));
  NETFIT_TRY(bind(library, "LiteRtCreateOptions", api.create_options));
  NETFIT_TRY(bind(library, "LiteRtDestroyOptions", api.destroy_options));
  NETFIT_TRY(bind(library, "LiteRtSetOptionsHardwareAccelerators", api.set_accelerators));
  NETFIT_TRY(bind(library, "LiteRtCreateOpaqueOptions", api.create_opaque_options));
  NETFIT_TRY(bind(library, "LiteRtAddOpaqueOptions", api.add_opaque_options));
  NETFIT_TRY(bind(library, "LiteRtCreateCompiledModel", api.create_compiled_model));
  NETFIT_TRY(bind(library, "LiteRtDestroyCompiledModel", api.destroy_compiled_model));
  NETFIT_TRY(bind(library, "LiteRtCompiledModelResizeInputTensorNonStrict", api.resize_input));
  NETFIT_TRY(bind(library, "LiteRtGetCompiledModelOutputTensorLayouts", api.get_output_layouts));
  NETFIT_TRY(bind(library, "LiteRtCreateTensorBufferFromHostMemory", api.create_tensor_buffer));
  NETFIT_TRY(bind(library, "LiteRtDestroyTensorBuffer", api.destroy_tensor_buffer));
  NETFIT_TRY(bind(library, "LiteRtRunCompiledModel", api.run));
  return api;
}

}  // namespace netfit::exec::litert
