// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "ir/graph.h"

namespace netfit::exec {

/// One input or output of a graph, as far as moving samples is concerned.
struct Port {
  std::string name;
  DType dtype;
  Shape shape;
  std::int64_t sample_bytes;
};

struct Ports {
  std::vector<Port> inputs;
  std::vector<Port> outputs;
};

/// Fails for a graph without inputs, and for ports that no executor can split into samples.
Result<Ports> make_ports(const ir::Graph& graph);

/// The number of samples in `given`, which must be one fitting tensor for each port.
Result<std::int64_t> check_inputs(std::span<const Port> ports, std::span<const Tensor> given);

}  // namespace netfit::exec
