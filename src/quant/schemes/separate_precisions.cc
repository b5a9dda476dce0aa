// SPDX-License-Identifier: Apache-2.0
#include "quant/schemes/separate_precisions.h"

#include <map>
#include <span>

#include <fmt/format.h>

#include "ir/op_spec.h"
#include "ir/ops/requantize.h"

namespace netfit::quant {
namespace {

using ir::NodeId;
using ir::ValueId;

class Separation {
 public:
  Separation(passes::Wiring& wiring, const NodeArithmetic& arithmetic, Ranges& ranges)
      : wiring_(wiring), arithmetic_(arithmetic), ranges_(ranges) {}

  ValueArithmetic run() {
    ir::Graph& graph = wiring_.graph();
    for (const ir::GraphInput& input : graph.inputs) {
      of_values_[input.value] = input_arithmetic(wiring_, input.value, arithmetic_);
    }
    for (const NodeId id : std::vector<NodeId>(graph.order().begin(), graph.order().end())) {
      const Arithmetic own = arithmetic_(id);
      for (std::size_t i = 0; i < graph.node(id).inputs.size(); ++i) {
        const auto found = of_values_.find(graph.node(id).inputs[i]);
        if (found != of_values_.end() && found->second != own) convert_input(id, i, own);
      }
      of_values_[graph.node(id).outputs.front()] = own;
    }
    return std::move(of_values_);
  }

 private:
  void convert_input(NodeId id, std::size_t i, Arithmetic to) {
    ir::Graph& graph = wiring_.graph();
    const ValueId from = graph.node(id).inputs[i];
    const auto [place, added] = converted_.try_emplace({from, to});
    if (added) {
      const std::string name = fmt::format("{}_{}", graph.value(from).name, tensor::name(dtype_of(to)));
      const Shape shape = graph.value(from).shape;
      place->second = graph.add_value({.name = name, .dtype = DType::Float32, .shape = shape});
      wiring_.insert(id, {.name = name,
                          .op = &ir::kRequantize,
                          .attrs = ir::Attrs::of(ir::RequantizeAttrs{dtype_of(to)}),
                          .inputs = {from},
                          .outputs = {place->second}});
      of_values_[place->second] = to;
      if (const auto range = ranges_.find(from); range != ranges_.end()) ranges_[place->second] = Range(range->second);
    }
    wiring_.set_input(id, i, place->second);
  }

  passes::Wiring& wiring_;
  const NodeArithmetic& arithmetic_;
  Ranges& ranges_;
  ValueArithmetic of_values_;
  std::map<std::pair<ValueId, Arithmetic>, ValueId> converted_;
};

}  // namespace

DType dtype_of(Arithmetic arithmetic) {
  switch (arithmetic) {
    case Arithmetic::Int8:
      return DType::Int8;
    case Arithmetic::Int16:
      return DType::Int16;
    case Arithmetic::Float32:
      break;
  }
  return DType::Float32;
}

Arithmetic input_arithmetic(const passes::Wiring& wiring, ValueId input, const NodeArithmetic& arithmetic) {
  const std::span<const NodeId> readers = wiring.readers(input);
  return readers.empty() ? Arithmetic::Float32 : arithmetic(readers.front());
}

ValueArithmetic separate_precisions(passes::Wiring& wiring, const NodeArithmetic& arithmetic, Ranges& ranges) {
  return Separation(wiring, arithmetic, ranges).run();
}

}  // namespace netfit::quant
