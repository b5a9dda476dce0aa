// SPDX-License-Identifier: Apache-2.0
// The rules are those of docs/ir.md, and each check names its own. Rules about a node assume that the node names values
// that exist, so a node that fails an early rule is not asked about the later ones. Linear in the size of the graph.
#include "ir/verifier.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include <fmt/format.h>

#include "base/text.h"
#include "ir/builder.h"
#include "ir/quant_rules.h"

namespace netfit::ir {
namespace {

// A damaged graph of 100,000 nodes need not be described node by node.
constexpr std::size_t kMaxFaults = 100;

class Verifier {
 public:
  explicit Verifier(const Graph& graph);

  Result<void> run();

 private:
  void check_values();
  void check_constant(const Value& value);
  void check_interface();
  void check_preprocessing(const GraphInput& input);
  void check_layout(ValueId id, Layout layout);
  void check_node(const Node& node);
  bool check_wiring(const Node& node, const std::string& where);
  bool check_result(const Node& node, const std::string& where);
  void check_batch(ValueId id);

  bool full() const { return faults_.faults().size() >= kMaxFaults; }
  std::string where(ValueId id) const { return fmt::format("value '{}'", base::printable(graph_.value(id).name)); }

  // What is known about a value while nodes are walked in order.
  struct Fact {
    bool available = false;  ///< a constant, an input, or the result of an earlier node
    bool varies = false;     ///< depends on an input, so it is an activation
    bool sound = true;       ///< obeys the rules about values, so rules about nodes may look at it
  };
  Fact& fact(ValueId id) { return facts_[static_cast<std::size_t>(id.index)]; }

  const Graph& graph_;
  std::vector<ValueId> values_;
  std::vector<Fact> facts_;
  Diagnostics faults_;
};

Verifier::Verifier(const Graph& graph) : graph_(graph), values_(graph.values()) {
  facts_.resize(values_.empty() ? 0 : static_cast<std::size_t>(values_.back().index) + 1);
}

Result<void> Verifier::run() {
  check_values();
  check_interface();
  for (const NodeId id : graph_.order()) {
    if (full()) break;
    check_node(graph_.node(id));
  }
  for (const GraphOutput& output : graph_.outputs) {
    if (full()) break;
    if (!graph_.contains(output.value)) {
      faults_.error("outputs", "R1: an output names a value that does not exist");
      continue;
    }
    if (!fact(output.value).available) faults_.error(where(output.value), "R3: the output is produced by nothing");
    check_layout(output.value, output.layout);
  }
  if (full()) faults_.error("", fmt::format("more than {} faults, the rest is not shown", kMaxFaults));
  return faults_.result();
}

void Verifier::check_values() {
  std::unordered_set<std::string_view> names;
  for (const ValueId id : values_) {
    if (full()) return;
    const Value& value = graph_.value(id);
    if (value.name.empty()) faults_.error(fmt::format("value {}", id.index), "R2: has no name");
    if (!names.insert(value.name).second) faults_.error(where(id), "R2: two values have this name");
    const std::size_t before = faults_.faults().size();
    if (value.is_constant()) check_constant(value);
    check_value_quant(value, where(id), faults_);
    fact(id) = {.available = value.is_constant(), .varies = false, .sound = faults_.faults().size() == before};
  }
}

void Verifier::check_constant(const Value& value) {
  if (value.constant->dtype() == value.dtype && value.constant->shape() == value.shape) return;
  faults_.error(
      fmt::format("value '{}'", base::printable(value.name)),
      fmt::format("R5: is declared {} {}, but its elements are {} {}", tensor::name(value.dtype),
                  to_string(value.shape), tensor::name(value.constant->dtype()), to_string(value.constant->shape())));
}

void Verifier::check_interface() {
  for (const GraphInput& input : graph_.inputs) {
    if (full()) return;
    if (!graph_.contains(input.value)) {
      faults_.error("inputs", "R1: an input names a value that does not exist");
      continue;
    }
    if (fact(input.value).available)
      faults_.error(where(input.value), "R3: the input is a constant, or an input twice");
    fact(input.value).available = true;
    fact(input.value).varies = true;
    check_batch(input.value);
    check_layout(input.value, input.layout);
    if (input.preprocessing) check_preprocessing(input);
  }
  if (graph_.outputs.empty()) faults_.error("outputs", "R1: the graph has no output");
}

void Verifier::check_layout(ValueId id, Layout layout) {
  if (layout == Layout::ChannelsLast || graph_.value(id).shape.rank() >= 3) return;
  faults_.error(where(id), fmt::format("R15: shape {} cannot be channels-first", to_string(graph_.value(id).shape)));
}

void Verifier::check_preprocessing(const GraphInput& input) {
  const Preprocessing& record = *input.preprocessing;
  const Shape& shape = graph_.value(input.value).shape;
  const std::int64_t channels = shape.rank() == 0 ? 1 : shape.dim(-1);
  const auto fits = [&](const std::vector<float>& list) {
    const bool finite = std::ranges::all_of(list, [](float element) { return std::isfinite(element); });
    return finite && (list.size() == 1 || std::ssize(list) == channels);
  };
  const bool divides = std::ranges::none_of(record.std, [](float element) { return element == 0; });
  if (std::isfinite(record.scale) && fits(record.mean) && fits(record.std) && divides) return;
  faults_.error(
      where(input.value),
      fmt::format("R16: preprocessing needs a finite scale, and a finite mean and a finite std other than 0 for "
                  "all or each of {} channels",
                  channels));
}

void Verifier::check_node(const Node& node) {
  if (node.op == nullptr) return faults_.error(fmt::format("node '{}'", base::printable(node.name)), "R4: has no op");
  const std::string where = describe(NodeView(graph_, node));
  const bool wired = check_wiring(node, where);
  const bool typed = check_result(node, where) && wired;
  if (!typed) return;
  const bool sound = std::ranges::all_of(node.inputs, [&](ValueId id) { return !id.valid() || fact(id).sound; });
  if (sound && fact(node.outputs[0]).sound) check_node_quant(NodeView(graph_, node), faults_);
}

// R1 and R3 for the inputs; tells whether the node may be asked about its type.
bool Verifier::check_wiring(const Node& node, const std::string& where) {
  bool fine = true;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const ValueId id = node.inputs[i];
    if (!id.valid()) continue;  // absent; R4 says whether it may be
    if (!graph_.contains(id)) {
      faults_.error(where, fmt::format("R1: input {} does not exist", i));
      fine = false;
    } else if (!fact(id).available) {
      faults_.error(where, fmt::format("R3: input {}, {}, is produced by no earlier node", i, this->where(id)));
      fine = false;
    }
  }
  const bool has_attributes = !node.attrs.empty() || node.op->codec.parse({})->holds<NoAttrs>();
  if (!has_attributes) faults_.error(where, "R4: has no attributes");
  return fine && has_attributes;
}

// R1 to R7 for the result.
bool Verifier::check_result(const Node& node, const std::string& where) {
  if (node.outputs.size() != 1 || !graph_.contains(node.outputs[0])) {
    faults_.error(where, fmt::format("R4: has {} results, must have one that exists", node.outputs.size()));
    return false;
  }
  const ValueId result = node.outputs[0];
  if (fact(result).available) {
    faults_.error(where, fmt::format("R3: {} is produced by something else too", this->where(result)));
    return false;
  }
  fact(result).available = true;
  bool wired = true;
  for (const ValueId id : node.inputs) {
    if (!id.valid()) continue;
    wired = wired && graph_.contains(id);
    if (graph_.contains(id) && fact(id).varies) fact(result).varies = true;
  }
  if (fact(result).varies) check_batch(result);
  if (!wired || (node.attrs.empty() && !node.op->codec.parse({})->holds<NoAttrs>())) return false;
  const Result<TensorType> type = infer_type(graph_, node);
  if (!type) {
    faults_.error(where, fmt::format("R6: {}", type.error().what()));
    return false;
  }
  const Value& value = graph_.value(result);
  if (value.dtype == type->dtype && value.shape == type->shape) return true;
  faults_.error(where, fmt::format("R6: the result is declared {} {}, but is {} {}", tensor::name(value.dtype),
                                   to_string(value.shape), tensor::name(type->dtype), to_string(type->shape)));
  return false;
}

void Verifier::check_batch(ValueId id) {
  const Shape& shape = graph_.value(id).shape;
  if (shape.rank() >= 1 && shape[0] != 1) {
    faults_.error(where(id), fmt::format("R7: shape {} has batch {}, must be 1", to_string(shape), shape[0]));
  } else if (shape.element_count() == 0) {
    faults_.error(where(id), fmt::format("R7: shape {} has no elements", to_string(shape)));
  }
}

}  // namespace

Result<void> verify(const Graph& graph) { return Verifier(graph).run(); }

}  // namespace netfit::ir
