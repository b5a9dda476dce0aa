// SPDX-License-Identifier: Apache-2.0
#include "exec/onnxruntime/session.h"

#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "exec/file_port.h"
#include "exec/onnxruntime/api.h"

namespace netfit::exec::ort {
namespace {

// ONNX's numbers of element types.
int element_type(DType dtype) {
  switch (dtype) {
    case DType::Float32:
      return 1;
    case DType::UInt8:
      return 2;
    case DType::Int8:
      return 3;
    case DType::Int16:
      return 5;
    case DType::Int32:
      return 6;
    case DType::Int64:
      return 7;
    case DType::Bool:
      return 9;
    case DType::Float16:
      return 10;
    case DType::Int4:
      return 22;
  }
  NETFIT_UNREACHABLE();
}

/// Releases a handle of ONNX Runtime with its own function.
template <typename Handle>
struct Releaser {
  void (*release)(Handle handle) = nullptr;
  void operator()(Handle handle) const { release(handle); }
};
template <typename Handle>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Releaser<Handle>>;

Result<void> check(const Api& api, StatusHandle status) {
  if (status == nullptr) return {};
  const std::string message = base::printable(api.get_error_message(status), 400);
  api.release_status(status);
  return bad_input(fmt::format("ONNX Runtime: {}", message));
}

struct TensorShape {
  int element_type = 0;
  std::vector<std::int64_t> dims;
};

Result<TensorShape> read_shape(const Api& api, ConstTensorInfo info) {
  TensorShape shape;
  std::size_t rank = 0;
  NETFIT_TRY(check(api, api.get_element_type(info, &shape.element_type)));
  NETFIT_TRY(check(api, api.get_rank(info, &rank)));
  shape.dims.resize(rank);
  NETFIT_TRY(check(api, api.get_dims(info, shape.dims.data(), rank)));
  return shape;
}

// ONNX Runtime allows one environment for each process; it is never released, for sessions may die late.
Result<Env> shared_env(const Api& api) {
  Env env = nullptr;
  NETFIT_TRY(check(api, api.create_env(kLogFatal, "netfit", &env)));
  return env;
}

}  // namespace

class LoadedModel {
 public:
  Api api{};
  std::vector<FilePort> inputs;
  std::vector<FilePort> outputs;
  std::vector<std::string> input_names;
  std::vector<std::string> output_names;
  Owned<SessionHandle> session;
  Owned<MemoryInfo> memory;
  bool open_batch = true;

  Result<void> create(std::span<const std::byte> file, const LoadOptions& load_options) {
    const Env env = NETFIT_TRY(shared_env(api));
    SessionOptionsHandle raw_options = nullptr;
    NETFIT_TRY(check(api, api.create_session_options(&raw_options)));
    const Owned<SessionOptionsHandle> options{raw_options, {api.release_session_options}};
    NETFIT_TRY(check(api, api.set_intra_op_threads(raw_options, load_options.threads)));
    NETFIT_TRY(check(api, api.set_inter_op_threads(raw_options, 1)));
    if (load_options.sums == Sums::Exact) {
      NETFIT_TRY(check(api, api.add_config(raw_options, "session.x64quantprecision", "1")));
    }
    SessionHandle raw_session = nullptr;
    NETFIT_TRY(check(api, api.create_session(env, file.data(), file.size(), raw_options, &raw_session)));
    session = {raw_session, {api.release_session}};
    MemoryInfo raw_memory = nullptr;
    NETFIT_TRY(check(api, api.create_cpu_memory_info(kArenaAllocator, kDefaultMemory, &raw_memory)));
    memory = {raw_memory, {api.release_memory_info}};
    input_names = NETFIT_TRY(read_names(api.get_input_count, api.get_input_name));
    output_names = NETFIT_TRY(read_names(api.get_output_count, api.get_output_name));
    if (input_names.size() != inputs.size() || output_names.size() != outputs.size()) {
      return bad_input(fmt::format("ONNX Runtime sees {} inputs and {} outputs, the graph has {} and {}",
                                   input_names.size(), output_names.size(), inputs.size(), outputs.size()));
    }
    return find_open_batch();
  }

 private:
  using GetCount = StatusHandle (*)(SessionHandle, std::size_t*);
  using GetName = StatusHandle (*)(SessionHandle, std::size_t, Allocator, char**);

  Result<std::vector<std::string>> read_names(GetCount get_count, GetName get_name) const {
    std::size_t count = 0;
    NETFIT_TRY(check(api, get_count(session.get(), &count)));
    Allocator allocator = nullptr;
    NETFIT_TRY(check(api, api.get_default_allocator(&allocator)));
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) {
      char* name = nullptr;
      NETFIT_TRY(check(api, get_name(session.get(), i, allocator, &name)));
      names.emplace_back(name);
      NETFIT_TRY(check(api, api.allocator_free(allocator, name)));
    }
    return names;
  }

  Result<void> find_open_batch() {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      TypeInfo raw_type = nullptr;
      NETFIT_TRY(check(api, api.get_input_type(session.get(), i, &raw_type)));
      const Owned<TypeInfo> type{raw_type, {api.release_type_info}};
      ConstTensorInfo info = nullptr;
      NETFIT_TRY(check(api, api.cast_to_tensor_info(raw_type, &info)));
      if (info == nullptr) return bad_input(fmt::format("input '{}' is no tensor", input_names[i]));
      const TensorShape shape = NETFIT_TRY(read_shape(api, info));
      open_batch = open_batch && !shape.dims.empty() && shape.dims[0] < 0;
    }
    return {};
  }
};

namespace {

class OrtSession final : public Session {
 public:
  OrtSession(std::shared_ptr<const LoadedModel> model, std::int64_t batch) : model_(std::move(model)), batch_(batch) {
    for (const FilePort& port : model_->inputs) inputs_.emplace_back(port.dtype(), port.file_shape(batch_));
    for (const std::string& name : model_->input_names) input_names_.push_back(name.c_str());
    for (const std::string& name : model_->output_names) output_names_.push_back(name.c_str());
  }

  std::int64_t batch() const override { return batch_; }

  // Wraps the memory of the inputs, which stays where it is.
  Result<void> create_input_values() {
    const Api& api = model_->api;
    for (Tensor& input : inputs_) {
      const std::span<std::byte> bytes = input.mutable_bytes();
      const std::span<const std::int64_t> dims = input.shape().dims();
      Value value = nullptr;
      NETFIT_TRY(check(api, api.create_tensor(model_->memory.get(), bytes.data(), bytes.size(), dims.data(),
                                              dims.size(), element_type(input.dtype()), &value)));
      owned_inputs_.push_back({value, {api.release_value}});
      input_values_.push_back(value);
    }
    return {};
  }

  Result<void> load(std::span<const std::byte* const> inputs) override {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      model_->inputs[i].to_file(inputs[i], inputs_[i].mutable_bytes().data(), batch_);
    }
    return {};
  }

  // The runtime allocates the results anew for each run, as it does for every caller.
  Result<void> compute() override {
    const Api& api = model_->api;
    std::vector<Value> results(output_names_.size(), nullptr);
    NETFIT_TRY(check(api, api.run(model_->session.get(), nullptr, input_names_.data(), input_values_.data(),
                                  input_values_.size(), output_names_.data(), results.size(), results.data())));
    results_.clear();
    for (Value result : results) results_.push_back({result, {api.release_value}});
    return {};
  }

  Result<void> give(std::span<std::byte* const> outputs) override {
    const std::vector<Owned<Value>> results = std::exchange(results_, {});
    for (std::size_t i = 0; i < outputs.size(); ++i) NETFIT_TRY(copy_out(i, results[i].get(), outputs[i]));
    return {};
  }

 private:
  Result<void> copy_out(std::size_t i, Value result, std::byte* output) const {
    const Api& api = model_->api;
    const FilePort& port = model_->outputs[i];
    TensorInfo raw_info = nullptr;
    NETFIT_TRY(check(api, api.get_tensor_info(result, &raw_info)));
    const Owned<TensorInfo> info{raw_info, {api.release_tensor_info}};
    const TensorShape given = NETFIT_TRY(read_shape(api, raw_info));
    const Shape expected = port.file_shape(batch_);
    const std::vector<std::int64_t> dims(expected.dims().begin(), expected.dims().end());
    if (given.dims != dims || given.element_type != element_type(port.dtype())) {
      return bad_input(fmt::format("ONNX Runtime gives output '{}' another type or shape than {} {}", port.name(),
                                   tensor::name(port.dtype()), to_string(expected)));
    }
    void* data = nullptr;
    NETFIT_TRY(check(api, api.get_tensor_data(result, &data)));
    port.to_graph(static_cast<const std::byte*>(data), output, batch_);
    return {};
  }

  std::shared_ptr<const LoadedModel> model_;
  std::int64_t batch_;
  std::vector<Tensor> inputs_;
  std::vector<Owned<Value>> owned_inputs_;
  std::vector<Value> input_values_;
  std::vector<Owned<Value>> results_;
  std::vector<const char*> input_names_;
  std::vector<const char*> output_names_;
};

}  // namespace

Result<std::shared_ptr<const LoadedModel>> load(const RuntimeLibrary& library, std::span<const std::byte> file,
                                                const ir::Graph& graph, const LoadOptions& options) {
  auto model = std::make_shared<LoadedModel>();
  model->api = NETFIT_TRY(load_api(library.path));
  model->inputs = input_ports(graph);
  model->outputs = output_ports(graph);
  NETFIT_TRY(model->create(file, options));
  return model;
}

bool has_open_batch(const LoadedModel& model) { return model.open_batch; }

Result<std::unique_ptr<Session>> create_session(std::shared_ptr<const LoadedModel> model, std::int64_t batch) {
  std::vector<Tensor> zeros;
  std::vector<Tensor> results;
  std::vector<const std::byte*> sources;
  std::vector<std::byte*> sinks;
  for (const FilePort& port : model->inputs) zeros.emplace_back(port.dtype(), port.file_shape(batch));
  for (const FilePort& port : model->outputs) results.emplace_back(port.dtype(), port.file_shape(batch));
  for (const Tensor& zero : zeros) sources.push_back(zero.bytes().data());
  for (Tensor& result : results) sinks.push_back(result.mutable_bytes().data());
  auto session = std::make_unique<OrtSession>(std::move(model), batch);
  NETFIT_TRY(session->create_input_values());
  NETFIT_TRY(session->run(sources, sinks));
  return session;
}

}  // namespace netfit::exec::ort
