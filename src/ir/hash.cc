// SPDX-License-Identifier: Apache-2.0
// A value's hash covers all that it is computed from, so names and the order of independent nodes cannot matter. That
// alone cannot tell two equal nodes from one that is read twice, which costs less. So each node also gets a hash of how
// its result is used, walking backward, and the graph's hash covers the sorted pairs of all nodes: one round of
// Weisfeiler-Lehman refinement in each direction.
#include "ir/hash.h"

#define XXH_INLINE_ALL
#include <algorithm>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>
#include <xxhash.h>

#include "ir/op_spec.h"

namespace netfit::ir {
namespace {

struct Digest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const Digest&, const Digest&) = default;
};

/// Collects fields, each with its length, and digests them at the end.
class Hasher {
 public:
  explicit Hasher(std::string_view kind) { text(kind); }

  Hasher& number(std::int64_t value) { return raw(&value, sizeof value); }
  Hasher& real(float value) { return raw(&value, sizeof value); }
  Hasher& text(std::string_view value) {
    number(std::ssize(value));
    return raw(value.data(), value.size());
  }
  Hasher& digest(Digest value) {
    return number(static_cast<std::int64_t>(value.high)).number(static_cast<std::int64_t>(value.low));
  }
  Hasher& bytes(std::span<const std::byte> value) {
    const XXH128_hash_t hash = XXH3_128bits(value.data(), value.size());
    return digest({hash.high64, hash.low64});
  }
  Digest result() const {
    const XXH128_hash_t hash = XXH3_128bits(buffer_.data(), buffer_.size());
    return {hash.high64, hash.low64};
  }

 private:
  Hasher& raw(const void* data, std::size_t size) {
    buffer_.append(static_cast<const char*>(data), size);
    return *this;
  }

  std::string buffer_;
};

Hasher& add_type(Hasher& hasher, const Value& value) {
  hasher.text(tensor::name(value.dtype)).number(value.shape.rank());
  for (const std::int64_t extent : value.shape.dims()) hasher.number(extent);
  if (value.range) hasher.text("range").real(value.range->low).real(value.range->high);
  hasher.number(value.quant ? 1 : 0);
  if (!value.quant) return hasher;
  hasher.number(value.quant->axis).number(std::ssize(value.quant->scales));
  for (const float scale : value.quant->scales) hasher.real(scale);
  for (const std::int32_t zero : value.quant->zero_points) hasher.number(zero);
  return hasher;
}

Digest hash_input(const Value& value, const GraphInput& input, std::size_t position) {
  Hasher hasher("input");
  add_type(hasher.number(static_cast<std::int64_t>(position)), value);
  hasher.number(static_cast<std::int64_t>(input.layout)).number(input.preprocessing ? 1 : 0);
  if (!input.preprocessing) return hasher.result();
  const Preprocessing& record = *input.preprocessing;
  hasher.real(record.scale).number(static_cast<std::int64_t>(record.order));
  for (const std::vector<float>* list : {&record.mean, &record.std}) {
    hasher.number(std::ssize(*list));
    for (const float element : *list) hasher.real(element);
  }
  return hasher.result();
}

class GraphHasher {
 public:
  explicit GraphHasher(const Graph& graph) : graph_(graph) {}

  Digest run() {
    hash_forward();
    hash_backward();
    Hasher hasher(graph_.weights == Weights::Present ? "graph" : "structure");
    hasher.number(std::ssize(graph_.inputs)).number(std::ssize(graph_.outputs));
    for (const GraphInput& input : graph_.inputs) hasher.digest(forward_[input.value]);
    for (const GraphOutput& output : graph_.outputs) {
      hasher.digest(forward_[output.value]).number(static_cast<std::int64_t>(output.layout));
    }
    std::ranges::sort(nodes_);
    for (const Digest node : nodes_) hasher.digest(node);
    return hasher.result();
  }

 private:
  // From what each value is computed.
  void hash_forward() {
    for (const ValueId id : graph_.values()) {
      const Value& value = graph_.value(id);
      if (value.is_constant()) {
        Hasher hasher("constant");
        add_type(hasher, value);
        // Absent weights are zeros that nobody has touched, maybe gigabytes of them.
        if (graph_.weights == Weights::Present) hasher.bytes(value.constant->bytes());
        forward_[id] = hasher.result();
      }
    }
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
      const GraphInput& input = graph_.inputs[i];
      forward_[input.value] = hash_input(graph_.value(input.value), input, i);
    }
    for (const NodeId id : graph_.order()) {
      const Node& node = graph_.node(id);
      Hasher hasher("node");
      hasher.text(node.op->name).text(node.attrs.empty() ? "" : node.op->codec.print(node.attrs));
      // Optional inputs may be cut off the list or absent in it: the same thing.
      std::size_t present = node.inputs.size();
      while (present > 0 && !node.inputs[present - 1].valid()) --present;
      hasher.number(static_cast<std::int64_t>(present));
      for (std::size_t i = 0; i < present; ++i)
        hasher.digest(node.inputs[i].valid() ? forward_[node.inputs[i]] : Digest{});
      for (const ValueId result : node.outputs) forward_[result] = add_type(hasher, graph_.value(result)).result();
    }
  }

  // What each node's result goes into.
  void hash_backward() {
    std::unordered_map<ValueId, std::vector<Digest>> uses;
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
      uses[graph_.outputs[i].value].push_back(Hasher("output").number(static_cast<std::int64_t>(i)).result());
    }
    const std::span<const NodeId> order = graph_.order();
    for (auto id = order.rbegin(); id != order.rend(); ++id) {
      const Node& node = graph_.node(*id);
      Hasher hasher("uses");
      for (const ValueId result : node.outputs) {
        std::vector<Digest>& readers = uses[result];
        std::ranges::sort(readers);
        hasher.digest(forward_[result]).number(std::ssize(readers));
        for (const Digest reader : readers) hasher.digest(reader);
      }
      const Digest used = hasher.result();
      nodes_.push_back(used);
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (!node.inputs[i].valid()) continue;
        uses[node.inputs[i]].push_back(Hasher("use").digest(used).number(static_cast<std::int64_t>(i)).result());
      }
    }
  }

  const Graph& graph_;
  std::unordered_map<ValueId, Digest> forward_;
  std::vector<Digest> nodes_;
};

}  // namespace

std::string canonical_hash(const Graph& graph) {
  const Digest digest = GraphHasher(graph).run();
  return fmt::format("{:016x}{:016x}", digest.high, digest.low);
}

}  // namespace netfit::ir
