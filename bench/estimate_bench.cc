// SPDX-License-Identifier: Apache-2.0
// Whole-network estimates a second on one core, everything loaded: both networks of the zoo, and the structure of the
// four MLPerf Tiny models. Run in the repository's root.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <benchmark/benchmark.h>

#include "base/files.h"
#include "calib/board.h"
#include "cost/estimate.h"
#include "device/catalog.h"
#include "formats/catalog.h"
#include "ir/parser.h"
#include "passes/pipelines.h"

namespace netfit {
namespace {

// A fault ends the program: there is nothing to measure then.
template <typename T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "error: %s\n", result.error().text().c_str());
    std::exit(1);
  }
  return *std::move(result);
}

ir::Graph load(const std::filesystem::path& path) {
  const base::Bytes bytes = must(base::read_file(path));
  if (path.extension() == ".txt") return must(ir::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  ir::Graph graph = must(formats::read(bytes, path));
  must(passes::canonicalize(graph));
  must(passes::optimize(graph));
  return graph;
}

void estimate(benchmark::State& state, const std::string& model) {
  const ir::Graph graph = load(model);
  const device::FoundDevice found = must(device::load_device("stm32h747", {"."}));
  const device::Runtime runtime = must(device::load_runtime("", found.device, {"."}));
  for (auto _ : state) benchmark::DoNotOptimize(must(cost::estimate(graph, found.device, runtime, {})));
  state.SetItemsProcessed(state.iterations());
}

// The calibrated latency: what a search asks for once it has a graph.
void calibrated(benchmark::State& state, const std::string& model) {
  const ir::Graph graph = load(model);
  const base::Bytes bytes = must(base::read_file("measurements/coefficients.csv"));
  const calib::Calibration calibration =
      must(calib::read_calibration({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  const calib::FoundBoard board = must(calib::find_board(calibration, {"raspberry-pi-5", "ncnn", 4, false}));
  const calib::Predictor predictor(calibration.of(board.situation.population), board.situation);
  for (auto _ : state) benchmark::DoNotOptimize(calib::estimate_on_board(graph, predictor, ""));
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(calibrated, mobilenetv2_450k, "zoo/mobilenetv2_cifar10_450k.onnx");
BENCHMARK_CAPTURE(estimate, mobilenetv2_450k, "zoo/mobilenetv2_cifar10_450k.onnx");
BENCHMARK_CAPTURE(estimate, mobilenetv2_w10, "zoo/mobilenetv2_cifar10_w1.0.onnx");
BENCHMARK_CAPTURE(estimate, autoencoder, "measurements/models/mlperf_tiny/ad01_int8.txt");
BENCHMARK_CAPTURE(estimate, keywords, "measurements/models/mlperf_tiny/kws_ref_model.txt");
BENCHMARK_CAPTURE(estimate, resnet8, "measurements/models/mlperf_tiny/pretrainedResnet_quant.txt");
BENCHMARK_CAPTURE(estimate, person, "measurements/models/mlperf_tiny/vww_96_int8.txt");

}  // namespace
}  // namespace netfit

BENCHMARK_MAIN();
