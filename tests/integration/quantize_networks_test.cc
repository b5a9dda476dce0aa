// SPDX-License-Identifier: Apache-2.0
// Accuracy of the zoo's networks in int8, on all test images.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/parallel.h"
#include "data/dataset.h"
#include "data/preprocess.h"
#include "eval/accuracy.h"
#include "eval/run_dataset.h"
#include "exec/fast.h"
#include "formats/catalog.h"
#include "passes/pipelines.h"
#include "quantize_cases.h"
#include "support/paths.h"

namespace netfit::quantize_cases {
namespace {

using quant::Io;

struct Trained {
  std::string file;
  double top1;
};

// The trained networks of the repository, calibrated on 512 training images and evaluated on all test images.
class Int8Network : public testing::TestWithParam<Trained> {
 protected:
  void SetUp() override {
    if (!support::cifar10()) GTEST_SKIP() << "the CIFAR-10 binary files are not there";
    const std::filesystem::path path = support::zoo() / GetParam().file;
    const Result<base::Bytes> bytes = base::read_file(path);
    ASSERT_TRUE(bytes.has_value()) << bytes.error().text();
    Result<ir::Graph> read = formats::read(*bytes, path);
    ASSERT_TRUE(read.has_value()) << read.error().text();
    graph = std::move(*read);
    ASSERT_TRUE(passes::canonicalize(graph).has_value());
    ASSERT_TRUE(passes::optimize(graph).has_value());
    test = images(data::Split::Test, 10'000);
    const data::Dataset train = images(data::Split::Train, 512);
    const ir::GraphInput& input = graph.inputs[0];
    const Result<Tensor> samples = data::preprocess(train.samples, graph.value(input.value), *input.preprocessing);
    ASSERT_TRUE(samples.has_value());
    const Result<quant::Ranges> calibrated = calibrate(graph, {*samples}, {}, base::available_threads());
    ASSERT_TRUE(calibrated.has_value());
    ranges = *calibrated;
  }

  static data::Dataset images(data::Split split, std::int64_t limit) {
    Result<data::Dataset> dataset =
        data::open("cifar10", {.split = split, .limit = limit, .cache = {*support::cifar10()}, .embedded = {}});
    EXPECT_TRUE(dataset.has_value()) << (dataset ? "" : dataset.error().text());
    return dataset ? std::move(*dataset) : data::Dataset();
  }

  std::vector<std::int64_t> classes(const ir::Graph& network) const {
    auto executor = exec::create_fast(network, {.threads = base::available_threads()}, interp::make_node_runner());
    EXPECT_TRUE(executor.has_value()) << (executor ? "" : executor.error().text());
    if (!executor) return {};
    const auto outputs =
        eval::run_dataset(**executor, network, test, network.inputs[0].preprocessing, base::no_progress());
    EXPECT_TRUE(outputs.has_value()) << (outputs ? "" : outputs.error().text());
    return outputs ? eval::top_classes(outputs->outputs[0]) : std::vector<std::int64_t>();
  }

  std::vector<std::int64_t> int8_classes(Io io) const {
    const Result<ir::Graph> int8 = quant::quantize_int8(graph, ranges, {.io = io});
    EXPECT_TRUE(int8.has_value()) << (int8 ? "" : int8.error().text());
    return int8 ? classes(*int8) : std::vector<std::int64_t>();
  }

  ir::Graph graph;
  data::Dataset test;
  quant::Ranges ranges;
};

TEST_P(Int8Network, LosesAtMostTwoTenthsOfAPoint) {
  const double before = eval::percent_equal(classes(graph), test.labels);
  EXPECT_NEAR(before, GetParam().top1, 0.02);
  const double top1 = eval::percent_equal(int8_classes(Io::Int8), test.labels);
  EXPECT_GE(top1, before - 0.2);
  RecordProperty("top1", std::to_string(top1));
}

TEST_P(Int8Network, TakesPixelsAtTheCostOfFewImages) {
  const std::vector<std::int64_t> int8 = int8_classes(Io::Int8);
  const std::vector<std::int64_t> pixels = int8_classes(Io::Int8Pixels);
  EXPECT_NEAR(eval::percent_equal(pixels, test.labels), eval::percent_equal(int8, test.labels), 0.1);
  // The goal, 99.6, is reached by one of the two: 99.63 and 99.54 %, for the reason in docs/quantization.md. This
  // guards these.
  EXPECT_GE(eval::percent_equal(int8, pixels), 99.5);
}

INSTANTIATE_TEST_SUITE_P(WholeNetwork, Int8Network,
                         testing::Values(Trained{"mobilenetv2_cifar10_450k.onnx", 94.27},
                                         Trained{"mobilenetv2_cifar10_w1.0.onnx", 94.51}),
                         [](const auto& trained) { return trained.index == 0 ? "Small" : "Large"; });

}  // namespace
}  // namespace netfit::quantize_cases
