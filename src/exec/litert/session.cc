// SPDX-License-Identifier: Apache-2.0
#include "exec/litert/session.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "exec/litert/quiet.h"

namespace netfit::exec::litert {
namespace {

Result<void> check(Status status, std::string_view what) {
  if (status == 0) return {};
  return bad_input(fmt::format("LiteRT cannot {} (status {})", what, status));
}

// TFLite's numbers of element types.
int element_type(DType dtype) {
  switch (dtype) {
    case DType::Float32:
      return 1;
    case DType::Int32:
      return 2;
    case DType::UInt8:
      return 3;
    case DType::Int64:
      return 4;
    case DType::Bool:
      return 6;
    case DType::Int16:
      return 7;
    case DType::Int8:
      return 9;
    case DType::Float16:
      return 10;
    case DType::Int4:
      return 18;
  }
  NETFIT_UNREACHABLE();
}

TensorType tensor_type(DType dtype, const Shape& shape) {
  TensorType type{};
  type.element_type = element_type(dtype);
  type.layout.rank = static_cast<std::uint32_t>(shape.rank());
  for (int axis = 0; axis < shape.rank(); ++axis) type.layout.dims[axis] = static_cast<std::int32_t>(shape[axis]);
  return type;
}

// What the options of the CPU are called: LiteRT 2.3 asks for the first name where it chooses kernels; the second one
// is from before, and still asked for elsewhere.
constexpr const char* kCpuOptions[] = {"cpu_delegate", "xnnpack"};

/// Destroys a handle of LiteRT with its own function.
template <typename Handle>
struct Destroyer {
  void (*destroy)(Handle handle) = nullptr;
  void operator()(Handle handle) const { destroy(handle); }
};
template <typename Handle>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Destroyer<Handle>>;

Result<void> add_toml(const Api& api, Options options, const char* identifier, const std::string& text) {
  char* payload = strdup(text.c_str());
  OpaqueOptions opaque = nullptr;
  NETFIT_TRY(check(api.create_opaque_options(identifier, payload, &std::free, &opaque), "take options"));
  return check(api.add_opaque_options(options, opaque), "take options");
}

// A signature may list tensors in another order than the model, whose order is ours: order[i] is the place in the
// signature of the model's tensor i.
using GetTensor = Status (*)(Signature, std::size_t, TensorHandle*);
using GetModelTensor = Status (*)(Subgraph, std::size_t, TensorHandle*);
Result<std::vector<std::size_t>> signature_order(Signature signature, GetTensor of_signature, Subgraph subgraph,
                                                 GetModelTensor of_model, std::size_t count) {
  std::vector<TensorHandle> listed(count);
  for (std::size_t i = 0; i < count; ++i) NETFIT_TRY(check(of_signature(signature, i, &listed[i]), "list tensors"));
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < count; ++i) {
    TensorHandle tensor = nullptr;
    NETFIT_TRY(check(of_model(subgraph, i, &tensor), "list tensors"));
    const auto found = std::ranges::find(listed, tensor);
    if (found == listed.end()) return bad_input("the model's first signature has other tensors than the model");
    order.push_back(static_cast<std::size_t>(found - listed.begin()));
  }
  return order;
}

class LitertSession final : public Session {
 public:
  LitertSession(std::shared_ptr<const Shared> shared, std::int64_t batch) : shared_(std::move(shared)), batch_(batch) {}

  ~LitertSession() override {
    for (TensorBuffer buffer : input_buffers_) destroy_buffer(buffer);
    for (TensorBuffer buffer : output_buffers_) destroy_buffer(buffer);
  }

  std::int64_t batch() const override { return batch_; }

  Result<void> load(std::span<const std::byte* const> inputs) override {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      shared_->inputs[i].to_file(inputs[i], inputs_[i].mutable_bytes().data(), batch_);
    }
    return {};
  }

  Result<void> compute() override {
    return check(shared_->api.run(compiled_.get(), 0, input_buffers_.size(), input_buffers_.data(),
                                  output_buffers_.size(), output_buffers_.data()),
                 "run the model");
  }

  Result<void> give(std::span<std::byte* const> outputs) override {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      shared_->outputs[i].to_graph(outputs_[i].bytes().data(), outputs[i], batch_);
    }
    return {};
  }

  Result<void> compile(const SessionOptions& options) {
    const Api& api = shared_->api;
    const EnvironmentOption settings[] = {{kTagAccelerators, {kIntegerOption, kAcceleratorCpu}},
                                          {kTagLeastLogSeverity, {kIntegerOption, kLogSilent}}};
    Environment environment = nullptr;
    NETFIT_TRY(check(api.create_environment(2, settings, &environment), "start"));
    environment_ = {environment, {api.destroy_environment}};
    Model model = nullptr;
    NETFIT_TRY(check(api.create_model(environment, shared_->file.data(), shared_->file.size(), &model),
                     "load the model file"));
    model_ = {model, {api.destroy_model}};
    NETFIT_TRY(find_order());

    Options raw_options = nullptr;
    NETFIT_TRY(check(api.create_options(&raw_options), "take options"));
    const Owned<Options> owned_options{raw_options, {api.destroy_options}};
    NETFIT_TRY(check(api.set_accelerators(raw_options, kAcceleratorCpu), "take options"));
    const bool reference = options.kernels == LitertKernels::Reference;
    const std::string toml =
        fmt::format("kernel_mode = \"{}\"\nnum_threads = {}\n", reference ? "reference" : "xnnpack", options.threads);
    for (const char* identifier : kCpuOptions) NETFIT_TRY(add_toml(api, raw_options, identifier, toml));
    CompiledModel compiled = nullptr;
    NETFIT_TRY(check(api.create_compiled_model(environment, model, raw_options, &compiled), "compile the model"));
    compiled_ = {compiled, {api.destroy_compiled_model}};
    NETFIT_TRY(resize());
    return make_buffers();
  }

 private:
  void destroy_buffer(TensorBuffer buffer) {
    if (buffer != nullptr) shared_->api.destroy_tensor_buffer(buffer);
  }

  Result<void> find_order() {
    const Api& api = shared_->api;
    Signature signature = nullptr;
    Subgraph subgraph = nullptr;
    NETFIT_TRY(check(api.get_signature(model_.get(), 0, &signature), "list signatures"));
    NETFIT_TRY(check(api.get_signature_subgraph(signature, &subgraph), "list signatures"));
    const std::size_t inputs = shared_->inputs.size();
    const std::size_t outputs = shared_->outputs.size();
    std::size_t counts[4] = {};
    NETFIT_TRY(check(api.get_signature_input_count(signature, &counts[0]), "list inputs"));
    NETFIT_TRY(check(api.get_subgraph_input_count(subgraph, &counts[1]), "list inputs"));
    NETFIT_TRY(check(api.get_signature_output_count(signature, &counts[2]), "list outputs"));
    NETFIT_TRY(check(api.get_subgraph_output_count(subgraph, &counts[3]), "list outputs"));
    if (counts[0] != inputs || counts[1] != inputs || counts[2] != outputs || counts[3] != outputs) {
      return bad_input(fmt::format("LiteRT sees {} inputs and {} outputs, the graph has {} and {}", counts[0],
                                   counts[2], inputs, outputs));
    }
    input_order_ =
        NETFIT_TRY(signature_order(signature, api.get_signature_input, subgraph, api.get_subgraph_input, inputs));
    output_order_ =
        NETFIT_TRY(signature_order(signature, api.get_signature_output, subgraph, api.get_subgraph_output, outputs));
    return {};
  }

  // Inputs get the batch, then LiteRT says what becomes of the outputs: a model that reshapes to a fixed extent does
  // not follow.
  Result<void> resize() {
    const Api& api = shared_->api;
    if (batch_ != 1) {
      for (std::size_t i = 0; i < shared_->inputs.size(); ++i) {
        const Shape shape = shared_->inputs[i].file_shape(batch_);
        const std::vector<int> dims(shape.dims().begin(), shape.dims().end());
        NETFIT_TRY(check(api.resize_input(compiled_.get(), 0, input_order_[i], dims.data(), dims.size()),
                         fmt::format("resize input '{}'", shared_->inputs[i].name())));
      }
    }
    std::vector<Layout> layouts(shared_->outputs.size());
    NETFIT_TRY(check(api.get_output_layouts(compiled_.get(), 0, layouts.size(), layouts.data(), true),
                     fmt::format("run {} samples at once", batch_)));
    for (std::size_t i = 0; i < shared_->outputs.size(); ++i) {
      const FilePort& port = shared_->outputs[i];
      const TensorType expected = tensor_type(port.dtype(), port.file_shape(batch_));
      const Layout& layout = layouts[output_order_[i]];
      const std::uint32_t rank = layout.rank & 0x7f;
      if (rank != expected.layout.rank || !std::equal(layout.dims, layout.dims + rank, expected.layout.dims)) {
        return bad_input(fmt::format("LiteRT gives output '{}' another shape than {}", port.name(),
                                     to_string(port.file_shape(batch_))));
      }
    }
    return {};
  }

  Result<void> make_buffers() {
    input_buffers_.resize(shared_->inputs.size());
    output_buffers_.resize(shared_->outputs.size());
    for (std::size_t i = 0; i < input_buffers_.size(); ++i) {
      input_buffers_[input_order_[i]] = NETFIT_TRY(make_buffer(shared_->inputs[i], inputs_));
    }
    for (std::size_t i = 0; i < output_buffers_.size(); ++i) {
      output_buffers_[output_order_[i]] = NETFIT_TRY(make_buffer(shared_->outputs[i], outputs_));
    }
    return {};
  }

  // A tensor is aligned and padded as LiteRT wants its host memory.
  Result<TensorBuffer> make_buffer(const FilePort& port, std::vector<Tensor>& tensors) const {
    const Shape shape = port.file_shape(batch_);
    Tensor& tensor = tensors.emplace_back(port.dtype(), shape);
    const TensorType type = tensor_type(port.dtype(), shape);
    const std::span<std::byte> bytes = tensor.mutable_bytes();
    TensorBuffer buffer = nullptr;
    NETFIT_TRY(check(shared_->api.create_tensor_buffer(&type, bytes.data(), bytes.size(), nullptr, &buffer),
                     fmt::format("take a buffer for '{}'", port.name())));
    return buffer;
  }

  std::shared_ptr<const Shared> shared_;
  std::int64_t batch_;
  // In the order of their creation, so that they die in the reverse one.
  Owned<Environment> environment_;
  Owned<Model> model_;
  Owned<CompiledModel> compiled_;
  std::vector<std::size_t> input_order_;
  std::vector<std::size_t> output_order_;
  std::vector<Tensor> inputs_;
  std::vector<Tensor> outputs_;
  std::vector<TensorBuffer> input_buffers_;
  std::vector<TensorBuffer> output_buffers_;
};

}  // namespace

Result<std::unique_ptr<Session>> create_session(std::shared_ptr<const Shared> shared, const SessionOptions& options) {
  auto session = std::make_unique<LitertSession>(std::move(shared), options.batch);
  const QuietStderr quiet;
  NETFIT_TRY(session->compile(options));
  return session;
}

Result<std::shared_ptr<const Shared>> load(const RuntimeLibrary& library, base::Bytes file, const ir::Graph& graph) {
  Api api = NETFIT_TRY(load_api(library.path));
  return std::make_shared<const Shared>(Shared{api, std::move(file), input_ports(graph), output_ports(graph)});
}

}  // namespace netfit::exec::litert
