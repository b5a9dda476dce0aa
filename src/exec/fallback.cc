// SPDX-License-Identifier: Apache-2.0
#include "exec/fallback.h"

#include <cstring>

#include <fmt/format.h>

#include "exec/bytes.h"

namespace netfit::exec {
namespace {

class FallbackStep final : public Step {
 public:
  FallbackStep(const NodeContext& context, ir::NodeId node, std::shared_ptr<const NodeRunner> runner)
      : context_(context), node_(node), runner_(std::move(runner)) {}

  Result<void> bind(StepBuffers buffers) override {
    buffers_ = std::move(buffers);
    return {};
  }

  Result<void> run() override {
    for (std::int64_t sample = 0; sample < context_.batch; ++sample) NETFIT_TRY(run_sample(sample));
    return {};
  }

 private:
  Result<void> run_sample(std::int64_t sample) {
    const ir::NodeView& node = context_.node;
    std::vector<Tensor> inputs;
    for (std::size_t i = 0; i < node.input_count(); ++i) inputs.push_back(load(i, sample));
    const Tensor result = NETFIT_TRY(runner_->run_node(node.graph(), node_, inputs));
    const ir::Value& output = node.output();
    NETFIT_CHECK(result.dtype() == output.dtype && result.shape() == output.shape);
    move(result.bytes().data(), buffers_.output + sample * sample_bytes(output), output);
    return {};
  }

  Tensor load(std::size_t i, std::int64_t sample) const {
    const ir::NodeView& node = context_.node;
    if (!node.has_input(i)) return {};
    const ir::Value& value = node.input(i);
    if (value.is_constant()) return *value.constant;
    Tensor tensor(value.dtype, value.shape);
    move(buffers_.inputs[i] + sample * sample_bytes(value), tensor.mutable_bytes().data(), value);
    return tensor;
  }

  void move(const std::byte* source, std::byte* target, const ir::Value& value) const {
    if (is_flipped(value.dtype, context_.storage)) {
      copy_flipped(source, target, sample_bytes(value));
    } else {
      std::memcpy(target, source, static_cast<std::size_t>(sample_bytes(value)));
    }
  }

  NodeContext context_;
  ir::NodeId node_;
  std::shared_ptr<const NodeRunner> runner_;
  StepBuffers buffers_;
};

}  // namespace

std::unique_ptr<Step> make_fallback_step(const NodeContext& context, ir::NodeId node,
                                         std::shared_ptr<const NodeRunner> runner) {
  return std::make_unique<FallbackStep>(context, node, std::move(runner));
}

}  // namespace netfit::exec
