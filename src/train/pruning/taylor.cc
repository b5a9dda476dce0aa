// SPDX-License-Identifier: Apache-2.0
#include "train/pruning/taylor.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include "ir/ops.h"
#include "train/images.h"
#include "train/network.h"
#include "train/recording.h"
#include "train/step.h"

namespace netfit::train {
namespace {

constexpr std::int64_t kBatch = 16;

/// A kernel whose weights read strands, and its place among the leaves.
struct Reader {
  ir::ValueId data;
  at::Tensor kernel;  ///< [out, ...window, in]
};

std::vector<Reader> find_readers(const ir::Graph& graph, const Parameters& parameters) {
  std::vector<Reader> readers;
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    const bool reads_all =
        &node.op() == &ir::kFullyConnected || (&node.op() == &ir::kConv2d && ir::conv_groups(node) == 1);
    if (!reads_all || !node.input(1).is_constant()) continue;
    readers.push_back({node.node().inputs[0], parameters.value(node.node().inputs[1])});
  }
  return readers;
}

/// Sum of gradient times weight by strand, for one batch.
std::vector<double> changes(const std::vector<Reader>& readers, const std::vector<at::Tensor>& gradients,
                            const passes::ChannelStrands& strands) {
  std::vector<double> sums(strands.count());
  for (std::size_t i = 0; i < readers.size(); ++i) {
    const at::Tensor& kernel = readers[i].kernel;
    const at::Tensor by_input = (gradients[i] * kernel).reshape({-1, kernel.size(-1)}).sum(0).to(at::kCPU, at::kDouble);
    const std::span<const passes::Strand> own = strands.of(readers[i].data);
    for (std::size_t c = 0; c < own.size(); ++c) sums[own[c]] += by_input.data_ptr<double>()[c];
  }
  return sums;
}

}  // namespace

Result<Importance> taylor_of_channels(const ir::Graph& graph, const passes::ChannelStrands& strands,
                                      const data::Dataset& dataset, const ir::Preprocessing& preprocessing,
                                      const std::string& device_name, Progress& progress) {
  const at::Device device = NETFIT_TRY(find_device(device_name));
  const Network network = NETFIT_TRY(Network::create(graph));
  const Parameters parameters(network.graph(), network.layout(), device, at::kFloat);
  const Images images(dataset, 0, device);
  const std::vector<Reader> readers = find_readers(network.graph(), parameters);
  std::vector<at::Tensor> kernels;
  for (const Reader& reader : readers) kernels.push_back(reader.kernel);
  const std::int64_t batches = (images.count() + kBatch - 1) / kBatch;
  Importance importance(strands.count());
  progress.begin("ranking channels", batches);
  for (std::int64_t batch = 0; batch < batches; ++batch) {
    const std::int64_t end = std::min((batch + 1) * kBatch, images.count());
    const at::Tensor indices = at::arange(batch * kBatch, end, at::TensorOptions(device).dtype(at::kLong));
    const at::Tensor logits = network.logits(parameters, normalize(images.plain(indices), preprocessing), {});
    const at::Tensor loss = at::cross_entropy_loss(logits, images.labels(indices));
    const std::vector<double> sums = changes(readers, torch::autograd::grad({loss}, kernels), strands);
    for (std::size_t s = 0; s < sums.size(); ++s) importance[s] += sums[s] * sums[s] / static_cast<double>(batches);
    progress.advance(1);
    if (progress.stopped()) return base::interrupted();
  }
  return importance;
}

}  // namespace netfit::train
