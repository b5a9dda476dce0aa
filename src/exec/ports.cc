// SPDX-License-Identifier: Apache-2.0
#include "exec/ports.h"

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::exec {
namespace {

Result<Port> make_port(const ir::Value& value) {
  if (value.shape.rank() < 1 || value.shape[0] != 1) {
    return located(Result<Port>(bad_input(fmt::format("has shape {}, but its first axis must be the batch, of extent 1",
                                                      to_string(value.shape)))),
                   base::printable(value.name));
  }
  if (value.dtype == DType::Int4) {
    return located(Result<Port>(bad_input("has type i4, which no executor takes or gives")),
                   base::printable(value.name));
  }
  return Port{value.name, value.dtype, value.shape, tensor::bytes_for(value.dtype, value.shape.element_count())};
}

}  // namespace

Result<Ports> make_ports(const ir::Graph& graph) {
  Ports ports;
  for (const ir::GraphInput& input : graph.inputs) {
    ports.inputs.push_back(NETFIT_TRY(make_port(graph.value(input.value))));
  }
  for (const ir::GraphOutput& output : graph.outputs) {
    ports.outputs.push_back(NETFIT_TRY(make_port(graph.value(output.value))));
  }
  if (ports.inputs.empty()) return bad_input("the graph has no inputs, so there is nothing to run it on");
  return ports;
}

Result<std::int64_t> check_inputs(std::span<const Port> ports, std::span<const Tensor> inputs) {
  if (inputs.size() != ports.size()) {
    return bad_input(fmt::format("{} input tensors given, the graph has {} inputs", inputs.size(), ports.size()));
  }
  std::int64_t samples = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Port& port = ports[i];
    const Tensor& given = inputs[i];
    const bool fits = given.dtype() == port.dtype && given.shape().rank() == port.shape.rank() &&
                      given.shape().with_dim(0, 1) == port.shape;
    if (!fits) {
      return bad_input(fmt::format("input '{}' is given {} of shape {}, the graph takes {} of shape n{}",
                                   base::printable(port.name), tensor::name(given.dtype()), to_string(given.shape()),
                                   tensor::name(port.dtype), to_string(port.shape).substr(1)));
    }
    if (i > 0 && given.shape()[0] != samples) {
      return bad_input(fmt::format("input '{}' has {} samples, the first input has {}", base::printable(port.name),
                                   given.shape()[0], samples));
    }
    samples = given.shape()[0];
  }
  return samples;
}

}  // namespace netfit::exec
