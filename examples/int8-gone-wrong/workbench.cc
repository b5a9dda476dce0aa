// SPDX-License-Identifier: Apache-2.0
#include "workbench.h"

#include <array>

#include "base/files.h"
#include "data/preprocess.h"
#include "diagnose/answers.h"
#include "formats/catalog.h"
#include "ir/ops.h"
#include "passes/pipelines.h"
#include "passes/wiring.h"
#include "tensor/dequantize.h"

namespace netfit::gone_wrong {
namespace {

constexpr std::int64_t kCalibration = 512;

// The network that an int8 file stands for: its constants as reals, and nothing between values but their meaning.
void widen(ir::Graph& graph) {
  for (const ir::ValueId id : graph.values()) {
    ir::Value& value = graph.value(id);
    if (!value.quant) continue;
    if (value.constant) value.constant = tensor::dequantize(*value.constant, value.quant);
    value.dtype = DType::Float32;
    value.quant.reset();
  }
  passes::Wiring wiring(graph);
  const std::vector<ir::NodeId> order(graph.order().begin(), graph.order().end());
  for (const ir::NodeId id : order) {
    const ir::Node node = graph.node(id);
    if (node.op != &ir::kRequantize) continue;
    wiring.replace(node.outputs.front(), node.inputs.front());
    wiring.erase(id);
  }
}

bool is_quantized(const ir::Graph& graph) { return graph.value(graph.inputs.front().value).quant.has_value(); }

}  // namespace

Result<Network> load_network(const std::filesystem::path& file, const std::string& name) {
  const base::Bytes bytes = NETFIT_TRY(base::read_file(file));
  Network network{name, NETFIT_TRY(formats::read(bytes, file))};
  NETFIT_TRY(passes::canonicalize(network.graph));
  ir::GraphInput& input = network.graph.inputs.front();
  input.preprocessing = NETFIT_TRY(data::choose_preprocessing(network.graph, input, std::nullopt)).preprocessing;
  if (is_quantized(network.graph)) widen(network.graph);
  return network;
}

Result<Workbench> Workbench::create(Network network, data::Dataset training, data::Dataset test,
                                    const diagnose::Tools& tools) {
  Workbench bench;
  bench.network_ = std::move(network);
  bench.training_ = std::move(training);
  bench.test_ = std::move(test);
  bench.tools_ = &tools;
  bench.optimized_ = bench.graph();
  NETFIT_TRY(passes::optimize(bench.optimized_));
  const ir::Value& input = bench.optimized_.value(bench.optimized_.inputs.front().value);
  const data::Dataset calibration = diagnose::first_samples(bench.training_, kCalibration);
  bench.samples_ = NETFIT_TRY(data::preprocess(calibration.samples, input, bench.record()));
  bench.ranges_ = NETFIT_TRY(bench.measure(bench.optimized_, bench.samples_));
  return bench;
}

Result<quant::Ranges> Workbench::measure(const ir::Graph& optimized, const Tensor& samples,
                                         const quant::CalibrationOptions& options) const {
  const auto executor = NETFIT_TRY(exec::create_fast_observable(optimized, tools().engine));
  return quant::calibrate(optimized, *executor, std::array{samples}, options, tools().progress);
}

Result<ir::Graph> Workbench::quantize(const ir::Graph& optimized) const {
  return quant::quantize_int8(optimized, NETFIT_TRY(measure(optimized, samples_)), {});
}

Result<ir::Graph> Workbench::int8(const quant::QuantizeOptions& options) const {
  return quant::quantize_int8(optimized_, ranges_, options);
}

Result<Tensor> Workbench::run(const ir::Graph& graph, const Tensor& inputs) const {
  const auto executor = NETFIT_TRY(exec::create_fast(graph, tools().engine));
  return NETFIT_TRY(executor->run(std::array{inputs}, tools().progress)).front();
}

diagnose::Case Workbench::about(ir::Graph subject) const {
  return {.subject = {.graph = std::move(subject)},
          .reference = diagnose::Fed{.graph = graph()},
          .test = test_,
          .training = training_};
}

}  // namespace netfit::gone_wrong
