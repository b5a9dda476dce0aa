// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/model.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::formats::onnx {
namespace {

constexpr std::int64_t kLeastIrVersion = 3;
constexpr std::int64_t kMostIrVersion = 14;  // of ONNX 1.23
constexpr std::int64_t kLeastOpset = 9;
constexpr std::int64_t kMostOpset = 22;

// Where a name of the graph comes from.
constexpr int kFromOutside = -1;  // input or initializer
using Producers = std::unordered_map<std::string_view, int>;

bool is_default_domain(std::string_view domain) { return domain.empty() || domain == "ai.onnx"; }

Result<int> opset_of(const proto::Model& model) {
  const proto::OperatorSetId* found = nullptr;
  for (const proto::OperatorSetId& opset : model.opset_import()) {
    if (!is_default_domain(opset.domain())) continue;
    if (found != nullptr && found->version() != opset.version()) {
      return bad_input(fmt::format("opsets {} and {} are both imported", found->version(), opset.version()));
    }
    found = &opset;
  }
  if (found == nullptr) return bad_input("no opset of the standard operators is imported");
  if (found->version() < kLeastOpset || found->version() > kMostOpset) {
    return bad_input(
        fmt::format("opset {} is not supported (allowed: {} to {})", found->version(), kLeastOpset, kMostOpset));
  }
  return static_cast<int>(found->version());
}

Result<void> check_parts(const proto::Model& model) {
  if (!model.has_graph()) return bad_input("the file holds no ONNX graph");
  if (model.ir_version() < kLeastIrVersion || model.ir_version() > kMostIrVersion) {
    return bad_input(fmt::format("IR version {} is not supported (allowed: {} to {})", model.ir_version(),
                                 kLeastIrVersion, kMostIrVersion));
  }
  if (model.functions_size() > 0) return bad_input("functions inside the model are not supported");
  if (model.graph().sparse_initializer_size() > 0) return bad_input("sparse initializers are not supported");
  if (model.graph().output_size() == 0) return bad_input("the graph has no outputs");
  return {};
}

Result<void> add_producer(Producers& producers, const std::string& name, int producer, std::string_view where) {
  if (producers.emplace(name, producer).second) return {};
  return located<void>(bad_input(fmt::format("'{}' is produced a second time", base::printable(name))), where);
}

Result<Producers> collect_producers(const proto::Graph& graph) {
  Producers producers;
  for (const proto::Tensor& initializer : graph.initializer()) {
    const std::string where = fmt::format("initializer '{}'", base::printable(initializer.name()));
    NETFIT_TRY(add_producer(producers, initializer.name(), kFromOutside, where));
  }
  std::unordered_map<std::string_view, bool> inputs;
  for (const proto::ValueInfo& input : graph.input()) {
    if (!inputs.emplace(input.name(), true).second) {
      return bad_input(fmt::format("input '{}' exists twice", base::printable(input.name())));
    }
    // An input with an initializer has a default, which is taken: files of IR version 3 list all weights as inputs.
    producers.emplace(input.name(), kFromOutside);
  }
  for (int i = 0; i < graph.node_size(); ++i) {
    for (const std::string& output : graph.node(i).output()) {
      if (output.empty()) continue;
      NETFIT_TRY(add_producer(producers, output, i, describe(graph.node(i), i)));
    }
  }
  return producers;
}

// Kahn's algorithm, always taking the ready node that comes first in the file, so that a sorted file stays as it is.
Result<std::vector<int>> sort_nodes(const proto::Graph& graph, const Producers& producers) {
  const auto count = static_cast<std::size_t>(graph.node_size());
  std::vector<int> waits_for(count, 0);
  std::vector<std::vector<int>> readers(count);
  for (int i = 0; i < graph.node_size(); ++i) {
    for (const std::string& input : graph.node(i).input()) {
      if (input.empty()) continue;
      const auto producer = producers.find(input);
      if (producer == producers.end()) {
        return located<std::vector<int>>(
            bad_input(fmt::format("input '{}' is produced by nothing", base::printable(input))),
            describe(graph.node(i), i));
      }
      if (producer->second == kFromOutside) continue;
      ++waits_for[static_cast<std::size_t>(i)];
      readers[static_cast<std::size_t>(producer->second)].push_back(i);
    }
  }
  std::vector<int> ready;  // a heap with the least index on top
  for (int i = graph.node_size(); i-- > 0;) {
    if (waits_for[static_cast<std::size_t>(i)] == 0) ready.push_back(i);
  }
  std::ranges::make_heap(ready, std::greater{});
  std::vector<int> order;
  while (!ready.empty()) {
    std::ranges::pop_heap(ready, std::greater{});
    const int node = ready.back();
    ready.pop_back();
    order.push_back(node);
    for (const int reader : readers[static_cast<std::size_t>(node)]) {
      if (--waits_for[static_cast<std::size_t>(reader)] > 0) continue;
      ready.push_back(reader);
      std::ranges::push_heap(ready, std::greater{});
    }
  }
  const auto stuck = std::ranges::find_if(waits_for, [](int waits) { return waits > 0; });
  if (stuck != waits_for.end()) {
    const auto index = static_cast<int>(stuck - waits_for.begin());
    return located<std::vector<int>>(bad_input("waits for its own result: the nodes form a cycle"),
                                     describe(graph.node(index), index));
  }
  return order;
}

Result<void> check_outputs(const proto::Graph& graph, const Producers& producers) {
  for (const proto::ValueInfo& output : graph.output()) {
    if (producers.contains(output.name())) continue;
    return bad_input(fmt::format("output '{}' is produced by nothing", base::printable(output.name())));
  }
  return {};
}

}  // namespace

std::string describe(const proto::Node& node, int index) {
  return fmt::format("node {} '{}' ({})", index, base::printable(node.name()), base::printable(node.op_type()));
}

Result<Model> load_model(std::span<const std::byte> bytes) {
  Model model;
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !model.proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return bad_input("the file is no complete ONNX model: its protobuf structure is broken");
  }
  NETFIT_TRY(check_parts(model.proto));
  model.opset = NETFIT_TRY(opset_of(model.proto));
  const Producers producers = NETFIT_TRY(collect_producers(model.graph()));
  model.order = NETFIT_TRY(sort_nodes(model.graph(), producers));
  NETFIT_TRY(check_outputs(model.graph(), producers));
  return model;
}

}  // namespace netfit::formats::onnx
