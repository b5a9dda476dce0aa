// SPDX-License-Identifier: Apache-2.0
#include "train/qat.h"

#include <algorithm>

#include <c10/core/GradMode.h>

#include "passes/pipelines.h"
#include "quant/collect_ranges.h"
#include "train/ops/folded.h"
#include "train/rounding.h"

namespace netfit::train {
namespace {

constexpr std::int64_t kBatch = 64;

Result<quant::Ranges> estimate_ranges(const Network& network, const Parameters& parameters, const FirstImages& first,
                                      QatScheme scheme, Progress& progress) {
  const std::int64_t samples = std::min(first.batches * kBatch, first.images.count());
  ir::Graph integer = network.graph();
  NETFIT_TRY(passes::optimize(integer));
  quant::RangeCollector collector(integer, samples, {.estimator = quant::RangeEstimator::Trained});
  const at::TensorOptions whole = at::TensorOptions(parameters.device()).dtype(at::kLong);
  progress.begin("estimating ranges", samples);
  for (std::int64_t begin = 0; begin < samples; begin += kBatch) {
    if (progress.stopped()) return base::interrupted();
    const at::Tensor images = first.images.plain(at::arange(begin, std::min(begin + kBatch, samples), whole));
    const auto watch = [&](ir::ValueId value, const at::Tensor& x) { collector.observe(value, begin, from_torch(x)); };
    network.logits(parameters, normalize(images, first.preprocessing),
                   {.rounding = {.scheme = scheme, .watch = watch}});
    progress.advance(images.size(0));
  }
  return collector.ranges();
}

}  // namespace

Result<void> begin_rounding(const Network& network, Parameters& parameters, const FirstImages& first, QatScheme scheme,
                            Progress& progress) {
  const c10::NoGradGuard no_grad;
  const quant::Ranges ranges = NETFIT_TRY(estimate_ranges(network, parameters, first, scheme, progress));
  const at::Tensor ends = at::zeros({parameters.layout().ranges, 2}, at::kFloat);
  const std::vector<Rounded>& rounded = parameters.layout().rounded;
  for (std::size_t value = 0; value < rounded.size(); ++value) {
    const auto found = ranges.find(ir::ValueId{static_cast<std::int32_t>(value)});
    if (rounded[value].range == Rounded::kNowhere || found == ranges.end()) continue;
    const at::Tensor own = at::tensor({found->second.low, found->second.high});
    at::Tensor row = ends[rounded[value].range];
    row.copy_(at::stack({at::minimum(row[0], own[0]), at::maximum(row[1], own[1])}));
  }
  at::Tensor target = parameters.ranges();
  target.copy_(ends);
  for (const Network::FoldedKernel& folded : network.folded_kernels(parameters)) {
    if (folded.slot.steps == 0) continue;
    at::Tensor steps = parameters.steps();
    steps.narrow(0, folded.slot.step, folded.slot.steps).copy_(largest_steps(folded.kernel, scheme));
  }
  return {};
}

ir::Graph trained_graph(const Network& network, const Parameters& parameters, QatScheme scheme) {
  const c10::NoGradGuard no_grad;
  ir::Graph graph = network.graph();
  parameters.store(graph);
  if (scheme == QatScheme::None) return graph;
  const Layout& layout = network.layout();
  const at::Tensor ends = parameters.ranges().detach().to(at::kCPU).contiguous();
  for (const ir::ValueId id : graph.values()) {
    const Rounded& rounded = layout.rounded[static_cast<std::size_t>(id.index)];
    if (rounded.range == Rounded::kNowhere) continue;
    const float* range = ends.data_ptr<float>() + 2 * rounded.range;
    const ir::Interval covered{std::min(range[0], 0.0F), std::max(range[1], 0.0F)};
    if (covered.low < covered.high) graph.value(id).range = covered;
  }
  for (const Network::FoldedKernel& folded : network.folded_kernels(parameters)) {
    if (folded.slot.steps == 0) continue;
    const at::Tensor steps = parameters.steps().narrow(0, folded.slot.step, folded.slot.steps);
    at::Tensor kernel = round_kernel(folded.kernel.to(at::kFloat), steps, scheme);
    if (folded.factor.defined()) {
      // A channel that folding silences is silent whatever its kernel.
      const at::Tensor factor = by_output(folded.factor, kernel);
      kernel = at::where(factor == 0, parameters.value(folded.slot.value).to(at::kFloat), kernel / factor);
    }
    ir::Value& value = graph.value(folded.slot.value);
    value.constant = to_graph_order(from_torch(kernel), folded.slot, value.shape);
  }
  return graph;
}

bool is_behind(double part, std::int64_t epoch, std::int64_t epochs) {
  return static_cast<double>(epoch - 1) >= part * static_cast<double>(epochs);
}

}  // namespace netfit::train
