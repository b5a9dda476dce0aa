// SPDX-License-Identifier: Apache-2.0
// A graph becomes a list of steps, one for each node, that read and write buffers in one arena. Buffers whose lifetimes
// do not meet share memory, so that a small batch of a small network stays in the second-level cache. A reshape is no
// step: its result is its input's buffer.
#include "exec/program.h"

#include <cstring>
#include <unordered_map>

#include <fmt/format.h>

#include "exec/arena.h"
#include "exec/bytes.h"
#include "exec/fallback.h"
#include "ir/ops.h"

namespace netfit::exec {
namespace {

class ProgramSession final : public WitnessedSession {
 public:
  ProgramSession(const ir::Graph& graph, const ProgramOptions& options)
      : graph_(graph), batch_(options.batch), storage_(options.storage) {}

  std::int64_t batch() const override { return batch_; }

  Result<void> load(std::span<const std::byte* const> inputs) override {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const ir::ValueId id = graph_.inputs[i].value;
      move(inputs[i], address(id), graph_.value(id), batch_);
    }
    return {};
  }

  Result<void> compute() override {
    for (const std::unique_ptr<Step>& step : steps_) NETFIT_TRY(step->run());
    return {};
  }

  Result<void> compute_before(const Witness& witness) override {
    auto value = computed_.begin();
    for (std::size_t done = 0; done <= steps_.size(); ++done) {
      for (; value != computed_.end() && value->steps == done; ++value) NETFIT_TRY(show(value->id, witness));
      if (done < steps_.size()) NETFIT_TRY(steps_[done]->run());
    }
    return {};
  }

  Result<void> give(std::span<std::byte* const> outputs) override {
    for (std::size_t i = 0; i < outputs.size(); ++i) give_value(graph_.outputs[i].value, outputs[i]);
    return {};
  }

  Result<std::vector<std::string>> compile(const ProgramOptions& options,
                                           const std::shared_ptr<const NodeRunner>& fallback) {
    std::vector<std::string> fallback_nodes;
    for (const ir::GraphInput& input : graph_.inputs) {
      add_buffer(input.value, 0);
      computed_.push_back({input.value, 0});
    }
    for (const ir::NodeId id : graph_.order()) {
      const ir::NodeView node(graph_, graph_.node(id));
      if (becomes_alias(node)) {
        buffer_of_[node.node().outputs[0]] = buffer_of_.at(node.node().inputs[0]);
        computed_.push_back({node.node().outputs[0], steps_.size()});
        continue;
      }
      const NodeContext context{node, batch_, storage_};
      std::unique_ptr<Step> step = NETFIT_TRY(make_step(context, options.makers));
      if (step == nullptr) {
        fallback_nodes.push_back(describe(node));
        if (fallback == nullptr) return bad_input(fmt::format("no backend runs {}", describe(node)));
        step = make_fallback_step(context, id, fallback);
      }
      add_step(std::move(step), node.node());
    }
    NETFIT_TRY(bind());
    return fallback_nodes;
  }

 private:
  // A reshape of something that varies; with the batch in front, samples stay where they are.
  bool becomes_alias(const ir::NodeView& node) const {
    return &node.op() == &ir::kReshape && buffer_of_.contains(node.node().inputs[0]);
  }

  static Result<std::unique_ptr<Step>> make_step(const NodeContext& context, std::span<const StepMaker> makers) {
    for (const StepMaker maker : makers) {
      std::unique_ptr<Step> step =
          NETFIT_TRY(with_context(maker(context), fmt::format("while compiling {}", describe(context.node))));
      if (step != nullptr) return step;
    }
    return nullptr;
  }

  void add_buffer(ir::ValueId id, int first_step) {
    buffer_of_[id] = lifetimes_.size();
    lifetimes_.push_back({batch_ * sample_bytes(graph_.value(id)), first_step, first_step});
  }

  void add_step(std::unique_ptr<Step> step, const ir::Node& node) {
    const int now = static_cast<int>(steps_.size());
    for (const ir::ValueId input : node.inputs) {
      if (buffer_of_.contains(input)) lifetimes_[buffer_of_.at(input)].last_step = now;
    }
    add_buffer(node.outputs[0], now);
    steps_.push_back(std::move(step));
    nodes_.push_back(&node);
    computed_.push_back({node.outputs[0], steps_.size()});
  }

  Result<void> bind() {
    const int end = static_cast<int>(steps_.size());
    for (const ir::GraphOutput& output : graph_.outputs) {
      if (buffer_of_.contains(output.value)) lifetimes_[buffer_of_.at(output.value)].last_step = end;
    }
    std::size_t scratch = 0;
    for (const std::unique_ptr<Step>& step : steps_) scratch = std::max(scratch, step->scratch_bytes());
    lifetimes_.push_back({static_cast<std::int64_t>(scratch), 0, end});
    plan_ = plan_arena(lifetimes_);
    if (plan_.bytes > tensor::kMaxElements) {
      return bad_input(fmt::format("the activations of {} samples take {} bytes at once (allowed: {})", batch_,
                                   plan_.bytes, tensor::kMaxElements));
    }
    arena_ = Tensor(DType::UInt8, Shape{plan_.bytes});
    base_ = arena_.mutable_bytes().data();
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      StepBuffers buffers;
      for (const ir::ValueId input : nodes_[i]->inputs) {
        buffers.inputs.push_back(buffer_of_.contains(input) ? address(input) : nullptr);
      }
      buffers.output = address(nodes_[i]->outputs[0]);
      buffers.scratch = base_ + plan_.offsets.back();
      NETFIT_TRY(steps_[i]->bind(std::move(buffers)));
    }
    return {};
  }

  Result<void> show(ir::ValueId id, const Witness& witness) const {
    const ir::Value& value = graph_.value(id);
    if (!is_flipped(value.dtype, storage_)) return witness(id, address(id));
    Tensor as_is(DType::UInt8, Shape{batch_ * sample_bytes(value)});
    move(address(id), as_is.mutable_bytes().data(), value, batch_);
    return witness(id, as_is.bytes().data());
  }

  std::byte* address(ir::ValueId id) const { return base_ + plan_.offsets[buffer_of_.at(id)]; }

  void give_value(ir::ValueId id, std::byte* output) const {
    const ir::Value& value = graph_.value(id);
    if (!value.is_constant()) return move(address(id), output, value, batch_);
    for (std::int64_t sample = 0; sample < batch_; ++sample) {
      std::memcpy(output + sample * sample_bytes(value), value.constant->bytes().data(),
                  static_cast<std::size_t>(sample_bytes(value)));
    }
  }

  void move(const std::byte* source, std::byte* target, const ir::Value& value, std::int64_t samples) const {
    const std::int64_t bytes = samples * sample_bytes(value);
    if (is_flipped(value.dtype, storage_)) {
      copy_flipped(source, target, bytes);
    } else {
      std::memcpy(target, source, static_cast<std::size_t>(bytes));
    }
  }

  /// A value and the number of steps after which it is there.
  struct Computed {
    ir::ValueId id;
    std::size_t steps;
  };

  const ir::Graph& graph_;
  std::int64_t batch_;
  ByteStorage storage_;
  std::vector<std::unique_ptr<Step>> steps_;
  std::vector<const ir::Node*> nodes_;
  std::vector<Computed> computed_;
  std::unordered_map<ir::ValueId, std::size_t> buffer_of_;
  std::vector<Lifetime> lifetimes_;
  ArenaPlan plan_;
  Tensor arena_;
  std::byte* base_ = nullptr;
};

}  // namespace

Result<Program> compile_program(const ir::Graph& graph, const ProgramOptions& options,
                                std::shared_ptr<const NodeRunner> fallback) {
  auto session = std::make_unique<ProgramSession>(graph, options);
  std::vector<std::string> fallback_nodes = NETFIT_TRY(session->compile(options, fallback));
  return Program{std::move(session), std::move(fallback_nodes)};
}

}  // namespace netfit::exec
