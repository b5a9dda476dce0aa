// SPDX-License-Identifier: Apache-2.0
// Dong and Yang, "NAS-Bench-201", ICLR 2020 (arXiv:2001.00326), section 2: three stages of five equal cells, 16 to 64
// channels, a residual block of stride 2 between stages. A cell sums, in each of its nodes 1 to 3, operations on
// earlier nodes; a convolution is ReLU, convolution, batch norm.
#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "arch/family.h"
#include "base/check.h"
#include "base/text.h"

namespace netfit::arch {
namespace {

constexpr int kNodes = 4;
constexpr int kCells = 5;  // of each stage
constexpr std::array<std::string_view, 5> kOperations{"none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3",
                                                      "avg_pool_3x3"};

// operation[to][from]
using Cell = std::array<std::array<std::string, kNodes>, kNodes>;

Result<Cell> parse_cell(std::string_view text) {
  const auto fault = [&](std::string_view what) {
    return bad_input(fmt::format("'{}' {}, as in |OP~0|+|OP~0|OP~1|+|OP~0|OP~1|OP~2|", base::printable(text), what));
  };
  Cell cell;
  const std::vector<std::string> nodes = base::split(text, '+');
  if (nodes.size() != kNodes - 1) return fault("has not three nodes");
  for (int to = 1; to < kNodes; ++to) {
    const std::string& node = nodes[static_cast<std::size_t>(to - 1)];
    if (node.size() < 2 || !node.starts_with('|') || !node.ends_with('|')) return fault("has no bars around a node");
    const std::vector<std::string> edges = base::split(std::string_view(node).substr(1, node.size() - 2), '|');
    if (edges.size() != static_cast<std::size_t>(to))
      return fault(fmt::format("has not {} edges into node {}", to, to));
    for (int from = 0; from < to; ++from) {
      const std::string& edge = edges[static_cast<std::size_t>(from)];
      const std::string operation = edge.substr(0, edge.find('~'));
      if (std::ranges::find(kOperations, operation) == kOperations.end() ||
          edge != fmt::format("{}~{}", operation, from)) {
        return fault(fmt::format("has '{}' where one of {} with ~{} is expected", base::printable(edge),
                                 fmt::join(kOperations, ", "), from));
      }
      cell[static_cast<std::size_t>(to)][static_cast<std::size_t>(from)] = operation;
    }
  }
  return cell;
}

const std::string& operation(const Cell& cell, int to, int from) {
  return cell[static_cast<std::size_t>(to)][static_cast<std::size_t>(from)];
}

// Whether anything of the cell's input arrives at `node`.
bool is_connected(const Cell& cell, int node) {
  if (node == 0) return true;
  for (int from = 0; from < node; ++from) {
    if (operation(cell, node, from) != "none" && is_connected(cell, from)) return true;
  }
  return false;
}

Result<std::string> canonical_cell(std::string_view text) {
  const Cell cell = NETFIT_TRY(parse_cell(text));
  if (!is_connected(cell, kNodes - 1)) return bad_input("nothing of the input reaches the end of the cell");
  return std::string(text);
}

constexpr std::array kParameters{
    Parameter{
        .name = "arch",
        .summary = "the cell's operations, node by node",
        .kind = ParameterKind::Text,
        .fallback = "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|",
        .words = "none, skip_connect, nor_conv_1x1, nor_conv_3x3, avg_pool_3x3 as |OP~0|+|OP~0|OP~1|+...",
        .read = &canonical_cell},
    Parameter{.name = "dead",
              .summary = "operations whose result nobody uses; a converter removes them",
              .kind = ParameterKind::Word,
              .fallback = "removed",
              .words = "removed|kept",
              .defining = false},
    small_resolution_parameter(),
    channels_parameter(),
    classes_parameter("10"),
};

// One cell at work. Nodes are made when a later one asks for them, so that what reaches no end is not there, as a
// converter leaves it out; what starts from nothing is computed all the same.
class CellBuilder {
 public:
  CellBuilder(Net& net, const Cell& cell, ir::ValueId input, std::string name)
      : net_(net), cell_(cell), name_(std::move(name)) {
    nodes_[0] = input;
  }

  ir::ValueId node(int to) {
    std::optional<ir::ValueId>& made = nodes_[static_cast<std::size_t>(to)];
    if (made) return *made;
    std::optional<ir::ValueId> sum;
    for (int from = 0; from < to; ++from) {
      if (operation(cell_, to, from) == "none") continue;
      const ir::ValueId part = apply(to, from);
      sum = sum ? net_.add(*sum, part, Function::None, fmt::format("{}/{}_sum_{}", name_, to, from)) : part;
    }
    // Zeros, which cost what any other numbers do.
    made = sum.value_or(*nodes_[0]);
    return *made;
  }

 private:
  ir::ValueId apply(int to, int from) {
    const ir::ValueId x = node(from);
    const std::string& what = operation(cell_, to, from);
    const std::string name = fmt::format("{}/{}_{}", name_, to, from);
    if (what == "skip_connect") return x;
    if (what == "avg_pool_3x3") return net_.average_pool(x, 3, 1, Pads::Same, name);
    const std::int64_t kernel = what == "nor_conv_3x3" ? 3 : 1;
    return net_.conv(net_.activate(x, Function::Relu, name + "/relu"),
                     {.name = name, .channels = net_.channels(x), .kernel = kernel});
  }

  Net& net_;
  const Cell& cell_;
  std::string name_;
  std::array<std::optional<ir::ValueId>, kNodes> nodes_;
};

ir::ValueId reduce(Net& net, ir::ValueId x, std::int64_t width, const std::string& name) {
  ir::ValueId y = net.activate(x, Function::Relu, name + "/relu_1");
  y = net.conv(y, {.name = name + "/conv_1", .channels = width, .kernel = 3, .stride = 2});
  y = net.activate(y, Function::Relu, name + "/relu_2");
  y = net.conv(y, {.name = name + "/conv_2", .channels = width, .kernel = 3});
  const ir::ValueId pooled = net.average_pool(x, 2, 2, Pads::Valid, name + "/pool");
  return net.add(net.conv(pooled, {.name = name + "/shortcut", .channels = width, .norm = Norm::None}), y,
                 Function::None, name + "/add");
}

void build_nb201(const Values& values, Net& net) {
  const Result<Cell> cell = parse_cell(values.word("arch"));
  NETFIT_CHECK(cell.has_value());
  const bool keeps_dead = values.word("dead") == "kept";
  ir::ValueId x = net.image(values.whole("resolution"), values.whole("channels"));
  x = net.conv(x, {.name = "stem", .channels = 16, .kernel = 3});
  std::int64_t width = 16;
  for (int stage = 0; stage < 3; ++stage) {
    if (stage > 0) x = reduce(net, x, width *= 2, fmt::format("stage_{}/reduce", stage));
    for (int i = 0; i < kCells; ++i) {
      CellBuilder builder(net, *cell, x, fmt::format("stage_{}/cell_{}", stage, i));
      for (int node = 1; keeps_dead && node < kNodes - 1; ++node) builder.node(node);
      x = builder.node(kNodes - 1);
    }
  }
  net.classify(net.activate(x, Function::Relu, "last/relu"), values.whole("classes"));
}

}  // namespace

constinit const Family kNasBench201{
    .name = "nb201",
    .summary = "NAS-Bench-201 cells for 32x32 images",
    .parameters = kParameters,
    .build = &build_nb201,
};

}  // namespace netfit::arch
