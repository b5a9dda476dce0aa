// SPDX-License-Identifier: Apache-2.0
#include "train/pruning/graph_size.h"

#include "ir/op_spec.h"
#include "passes/channel_strands.h"
#include "passes/pipelines.h"
#include "train/layout.h"

namespace netfit::train {

std::int64_t count_macs(const ir::Graph& graph) {
  std::int64_t macs = 0;
  for (const ir::NodeId id : graph.order()) macs += ir::count_work({graph, graph.node(id)}).macs;
  return macs;
}

std::int64_t count_params(const ir::Graph& graph) {
  const Layout layout = make_layout(graph);
  return layout.weights + layout.vectors;
}

std::int64_t count_channels(const ir::Graph& graph) {
  return static_cast<std::int64_t>(passes::ChannelStrands(graph, passes::StrandUse::Remove).count());
}

Result<std::int64_t> stored_bytes(const ir::Graph& graph, DType type) {
  ir::Graph deployed = graph;
  NETFIT_TRY(passes::optimize(deployed));
  const Layout layout = make_layout(deployed);
  const std::int64_t kernels = tensor::bytes_for(type, layout.weights);
  if (type != DType::Int8) return kernels + tensor::bytes_for(type, layout.vectors);
  constexpr std::int64_t kOfBiasAndScale = 8;
  std::int64_t channels = 0;
  for (const Slot& slot : layout.slots) channels += slot.role == Role::Weight ? slot.shape[0] : 0;
  return kernels + kOfBiasAndScale * channels;
}

}  // namespace netfit::train
