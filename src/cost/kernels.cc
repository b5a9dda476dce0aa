// SPDX-License-Identifier: Apache-2.0
#include "cost/kernels.h"

#include <algorithm>

#include "cost/kernel_class.h"
#include "cost/known_values.h"
#include "ir/op_spec.h"
#include "ir/ops.h"
#include "ir/uses.h"

namespace netfit::cost {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// Kernels compute in three types; integers of other widths are costed as int8.
DType arithmetic_of(DType type) { return tensor::is_float(type) ? type : DType::Int8; }

class Lister {
 public:
  Lister(const ir::Graph& graph, const device::Runtime& runtime, const Typing& typing)
      : graph_(graph), runtime_(runtime), typing_(typing), known_(graph), uses_(graph) {
    kernel_of_.resize(graph.value_id_limit(), kNone);
  }

  std::vector<Kernel> run() {
    std::int64_t step = 0;
    for (const ir::NodeId id : graph_.order()) add(id, step++);
    return std::move(kernels_);
  }

 private:
  void add(ir::NodeId id, std::int64_t step) {
    const ir::NodeView node(graph_, graph_.node(id));
    if (is_free(node.op()) || known_.is_known(node.node()) || goes_into_reader(node)) return;
    if (const std::size_t producer = fusing_producer(node); producer != kNone) {
      kernel_of_[index(node.node().outputs.front())] = producer;
      return;
    }
    for (const ir::ValueId output : node.node().outputs) kernel_of_[index(output)] = kernels_.size();
    const Work work = classify(node);
    Kernel kernel{.node = id, .step = step, .kind = work.kind, .arithmetic = arithmetic(node)};
    kernel.macs = node.op().macs != nullptr ? node.op().macs(node) : 0;
    kernel.operations = work.operations;
    kernel.channels = work.channels;
    for (const ir::ValueId output : node.node().outputs) kernel.activation_bytes += bytes(output);
    for (const ir::ValueId input : node.node().inputs) {
      if (!input.valid()) continue;
      const bool constant = known_.contains(input);
      (constant ? kernel.weight_bytes : kernel.activation_bytes) += bytes(constant ? input : before_pad(input));
    }
    kernels_.push_back(kernel);
  }

  // A pad whose only reader is a windowed op: the runtime pads while it reads.
  bool goes_into_reader(const ir::NodeView& node) const {
    if (&node.op() != &ir::kPad || !uses_.has_single_reader(node.node().outputs.front())) return false;
    const ir::NodeId reader = uses_.readers(node.node().outputs.front()).front();
    const ir::OpSpec* op = graph_.node(reader).op;
    return op == &ir::kConv2d || op == &ir::kDepthwiseConv2d || op == &ir::kMaxPool2d || op == &ir::kAveragePool2d;
  }

  ir::ValueId before_pad(ir::ValueId input) const {
    const ir::NodeId producer = uses_.producer(input);
    if (!producer.valid()) return input;
    const ir::NodeView node(graph_, graph_.node(producer));
    return goes_into_reader(node) ? node.node().inputs.front() : input;
  }

  // The kernel with weights whose result this activation or batch norm only rewrites.
  std::size_t fusing_producer(const ir::NodeView& node) const {
    const bool fused = &node.op() == &ir::kBatchNorm || std::ranges::find(runtime_.fused_activations, node.op().name) !=
                                                            runtime_.fused_activations.end();
    const ir::ValueId input = node.node().inputs.front();
    if (!fused || !uses_.producer(input).valid() || !uses_.has_single_reader(input)) return kNone;
    const std::size_t kernel = kernel_of_[index(input)];
    return kernel != kNone && kernels_[kernel].macs > 0 ? kernel : kNone;
  }

  DType arithmetic(const ir::NodeView& node) const {
    const ir::Value& data = node.input(0);
    // Dynamic range: the runtime quantizes the activations as it goes, and multiplies integers.
    const bool dynamic =
        node.op().macs != nullptr && node.has_input(1) && type_of(node.input(1), typing_) == DType::Int8;
    return dynamic ? DType::Int8 : arithmetic_of(type_of(data, typing_));
  }

  std::int64_t bytes(ir::ValueId id) const { return bytes_of(graph_.value(id), typing_); }
  static std::size_t index(ir::ValueId id) { return static_cast<std::size_t>(id.index); }

  const ir::Graph& graph_;
  const device::Runtime& runtime_;
  Typing typing_;
  KnownValues known_;
  ir::Uses uses_;
  std::vector<Kernel> kernels_;
  std::vector<std::size_t> kernel_of_;  // by value: the kernel that computes it
};

}  // namespace

std::vector<Kernel> list_kernels(const ir::Graph& graph, const device::Runtime& runtime, const Typing& typing) {
  return Lister(graph, runtime, typing).run();
}

std::int64_t integer_channels(const std::vector<Kernel>& kernels) {
  std::int64_t channels = 0;
  for (const Kernel& kernel : kernels) {
    if (kernel.macs > 0 && kernel.arithmetic == DType::Int8) channels += kernel.channels;
  }
  return channels;
}

std::int64_t weight_bytes(const ir::Graph& graph, const Typing& typing) {
  std::int64_t bytes = 0;
  for (const ir::ValueId id : graph.values()) {
    if (graph.value(id).is_constant()) bytes += bytes_of(graph.value(id), typing);
  }
  return bytes;
}

std::int64_t loaded_weight_bytes(const ir::Graph& graph, const Typing& typing) {
  const KnownValues known(graph);
  std::vector<bool> read(graph.value_id_limit(), false);
  for (const ir::NodeId id : graph.order()) {
    if (known.is_known(graph.node(id))) continue;
    for (const ir::ValueId input : graph.node(id).inputs) {
      if (!input.valid() || !known.contains(input)) continue;
      read[static_cast<std::size_t>(input.index)] = true;
    }
  }
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (read[i]) bytes += bytes_of(graph.value({static_cast<std::int32_t>(i)}), typing);
  }
  return bytes;
}

}  // namespace netfit::cost
