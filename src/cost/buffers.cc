// SPDX-License-Identifier: Apache-2.0
#include "cost/buffers.h"

#include <algorithm>
#include <array>

#include "cost/known_values.h"
#include "ir/op_spec.h"
#include "ir/ops.h"

namespace netfit::cost {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// Ops that compute each element of the result from the elements at the same place, so that the result may lie where an
// input of the same size lay.
constexpr std::array kInPlaceOps{
    &ir::kAdd,  &ir::kBatchNorm, &ir::kDiv,       &ir::kHardSigmoid, &ir::kHardSwish, &ir::kLeakyRelu, &ir::kMul,
    &ir::kRelu, &ir::kRelu6,     &ir::kReluN1To1, &ir::kRequantize,  &ir::kSigmoid,   &ir::kSub,
};

bool may_be_in_place(const ir::OpSpec& op) { return std::ranges::find(kInPlaceOps, &op) != kInPlaceOps.end(); }

class Collector {
 public:
  Collector(const ir::Graph& graph, const MemoryPlanOptions& options)
      : graph_(graph), known_(graph), options_(options) {}

  std::vector<Buffer> run() {
    find_last_reads();
    for (const ir::GraphInput& input : graph_.inputs) start_buffer(input.value, 0);
    std::int64_t step = 0;
    for (const ir::NodeId id : graph_.order()) place_results(graph_.node(id), step++);
    return std::move(buffers_);
  }

 private:
  void find_last_reads() {
    last_read_.assign(graph_.value_id_limit(), 0);
    buffer_of_.assign(last_read_.size(), kNone);
    std::int64_t step = 0;
    for (const ir::NodeId id : graph_.order()) {
      for (const ir::ValueId input : graph_.node(id).inputs) {
        if (input.valid()) last_read_[index(input)] = step;
      }
      ++step;
    }
    // Whoever runs the graph reads its outputs after the last node.
    for (const ir::GraphOutput& output : graph_.outputs) last_read_[index(output.value)] = step;
  }

  static std::size_t index(ir::ValueId id) { return static_cast<std::size_t>(id.index); }

  // The last node that needs a value which `step` brings forth; an output of the graph lives on behind the last node,
  // which `free_after_` knows.
  std::int64_t last_step(ir::ValueId id, std::int64_t step) const {
    return std::max(step, std::min(last_read_[index(id)], graph_.node_count() - 1));
  }

  void start_buffer(ir::ValueId id, std::int64_t step) {
    if (buffer_of_[index(id)] != kNone || known_.contains(id)) return;
    buffer_of_[index(id)] = buffers_.size();
    const std::int64_t last = last_step(id, step);
    buffers_.push_back({bytes_of(graph_.value(id), options_.typing), step, last, {{id, step, last}}});
    free_after_.push_back(std::max(step, last_read_[index(id)]));
  }

  void place_results(const ir::Node& node, std::int64_t step) {
    for (const ir::ValueId output : node.outputs) {
      const std::size_t shared = node.outputs.size() == 1 ? find_shared(node, output, step) : kNone;
      if (shared == kNone) {
        start_buffer(output, step);
        continue;
      }
      Buffer& buffer = buffers_[shared];
      const std::int64_t last = last_step(output, step);
      buffer_of_[index(output)] = shared;
      buffer.tenants.push_back({output, step, last});
      buffer.last_step = std::max(buffer.last_step, last);
      free_after_[shared] = std::max({free_after_[shared], step, last_read_[index(output)]});
    }
  }

  // The buffer of an input that the result shares.
  std::size_t find_shared(const ir::Node& node, ir::ValueId output, std::int64_t step) const {
    const bool view = node.op == &ir::kReshape;
    if (!view && !(options_.in_place && may_be_in_place(*node.op))) return kNone;
    const ir::Value& result = graph_.value(output);
    const std::int64_t bytes = bytes_of(result, options_.typing);
    for (const ir::ValueId input : node.inputs) {
      if (!input.valid() || buffer_of_[index(input)] == kNone) continue;
      const std::size_t buffer = buffer_of_[index(input)];
      if (buffers_[buffer].bytes != bytes) continue;
      if (view) return buffer;
      // Of equal shapes, so that no element is read again after its place is written (broadcasting would).
      if (graph_.value(input).shape == result.shape && free_after_[buffer] <= step) return buffer;
    }
    return kNone;
  }

  const ir::Graph& graph_;
  KnownValues known_;
  const MemoryPlanOptions& options_;
  std::vector<std::int64_t> last_read_;  // by value
  std::vector<std::size_t> buffer_of_;   // by value
  std::vector<Buffer> buffers_;
  std::vector<std::int64_t> free_after_;  // by buffer
};

}  // namespace

std::vector<Buffer> collect_buffers(const ir::Graph& graph, const MemoryPlanOptions& options) {
  return Collector(graph, options).run();
}

std::vector<std::int64_t> live_bytes(const std::vector<Buffer>& buffers, std::int64_t steps) {
  std::vector<std::int64_t> change(static_cast<std::size_t>(steps + 1), 0);
  for (const Buffer& buffer : buffers) {
    change[static_cast<std::size_t>(buffer.first_step)] += buffer.bytes;
    change[static_cast<std::size_t>(buffer.last_step + 1)] -= buffer.bytes;
  }
  change.pop_back();
  std::int64_t alive = 0;
  for (std::int64_t& bytes : change) bytes = alive += bytes;
  return change;
}

}  // namespace netfit::cost
