// SPDX-License-Identifier: Apache-2.0
// What the int8 files promise: their bits and accuracy in the real runtimes, and their size.
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "eval/accuracy.h"
#include "ir/op_spec.h"
#include "support/temporary_folder.h"
#include "whole_networks.h"

namespace netfit::whole_networks {
namespace {

using exec::LitertKernels;

// GoogleTest's own record of the figures, beside the verdict.
void record(const std::string& name, double figure) { testing::Test::RecordProperty(name, std::to_string(figure)); }

// Both pick the same class on at least 99.5 %.
void expect_same_classes(const Tensor& a, const Tensor& b) {
  const double agreement = eval::percent_equal(eval::top_classes(a), eval::top_classes(b));
  record("agreement", agreement);
  EXPECT_GE(agreement, 99.5);
}

std::int64_t count_right(const Tensor& scores, const data::Dataset& dataset) {
  const std::vector<std::int64_t> classes = eval::top_classes(scores);
  std::int64_t right = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) right += classes[i] == dataset.labels[i] ? 1 : 0;
  return right;
}

void expect_interpreters_results_in_litert(const char* network) {
  if (!missing().empty()) GTEST_SKIP() << missing();
  const ModelFile file = write(quantized(network), ".tflite");
  const Tensor input = input_of(file.graph, images(data::Split::Test, 200));
  const Tensor interpreted = interpret(file, input);
  EXPECT_EQ(run_litert(file, LitertKernels::Reference, input), interpreted);
  // The default kernels round differently.
  expect_same_classes(run_litert(file, LitertKernels::Default, input), interpreted);
}

TEST(WholeNetworkInLitert, Of450kGivesTheInterpretersResults) { expect_interpreters_results_in_litert(kSmall); }

TEST(WholeNetworkInLitert, OfW10GivesTheInterpretersResults) { expect_interpreters_results_in_litert(kLarge); }

void expect_default_kernels_close_on_all_test_images(const char* network) {
  if (!missing().empty()) GTEST_SKIP() << missing();
  const ModelFile file = write(quantized(network), ".tflite");
  const data::Dataset test = images(data::Split::Test, std::nullopt);
  const Tensor input = input_of(file.graph, test);
  const Tensor interpreted = interpret(file, input);
  const Tensor given = run_litert(file, LitertKernels::Default, input);
  expect_same_classes(given, interpreted);
  record("interpreter_right", static_cast<double>(count_right(interpreted, test)));
  record("litert_right", static_cast<double>(count_right(given, test)));
  // A tenth of a point.
  EXPECT_LE(std::abs(count_right(given, test) - count_right(interpreted, test)), test.count() / 1000);
}

TEST(NightlyInLitert, Of450kIsCloseToTheInterpreter) { expect_default_kernels_close_on_all_test_images(kSmall); }

TEST(NightlyInLitert, OfW10IsCloseToTheInterpreter) { expect_default_kernels_close_on_all_test_images(kLarge); }

// Among other things: LiteRT gives the same with and without shared vectors in the file.
void expect_approval_of_the_official_schema(const ModelFile& file) {
  const support::TemporaryFolder folder;
  const std::filesystem::path path = folder / "model.tflite";
  ASSERT_TRUE(base::write_file(path, std::span<const std::byte>(file.bytes)));
  const std::string command = "build/oracles/bin/python tests/oracles/check_tflite.py " + path.string();
  EXPECT_EQ(std::system(command.c_str()), 0);
}

void expect_small_file_that_converts(const char* network, double megabytes, std::int64_t count) {
  if (!missing().empty()) GTEST_SKIP() << missing();
  const ModelFile tflite = write(quantized(network), ".tflite");
  record("bytes", static_cast<double>(tflite.bytes.size()));
  EXPECT_LE(static_cast<double>(tflite.bytes.size()), megabytes * 1e6);
  expect_approval_of_the_official_schema(tflite);

  const data::Dataset test = images(data::Split::Test, count);
  const Tensor input = input_of(tflite.graph, test);
  const Tensor expected = run_fast(tflite, input);
  const ModelFile onnx = write(quantized(network), ".onnx");
  expect_same_classes(run_in_runtime(onnx, input_of(onnx.graph, test)), expected);

  const ModelFile again = convert(tflite, ".tflite");
  EXPECT_EQ(run_fast(again, input.slice(0, 500)), expected.slice(0, 500));
  // Both are the same integers to the interpreter too, not only to the kernels of one backend.
  EXPECT_EQ(interpret(again, input.slice(0, 20)), interpret(tflite, input.slice(0, 20)));
}

constexpr std::int64_t kSome = 1000;
constexpr std::int64_t kAll = 10'000;

TEST(WholeNetworkInt8File, Of450kIsSmallAndConverts) { expect_small_file_that_converts(kSmall, 0.58, kSome); }

TEST(WholeNetworkInt8File, OfW10IsSmallAndConverts) { expect_small_file_that_converts(kLarge, 2.6, kSome); }

TEST(NightlyInt8File, Of450kConverts) { expect_small_file_that_converts(kSmall, 0.58, kAll); }

TEST(NightlyInt8File, OfW10Converts) { expect_small_file_that_converts(kLarge, 2.6, kAll); }

using RunFile = Tensor (*)(const ModelFile& file, const Tensor& input);

void expect_published_accuracy_of_resnet8(RunFile run, double tolerance) {
  if (!support::mlperf_tiny()) GTEST_SKIP() << "the MLPerf Tiny models are not there";
  if (!support::cifar10()) GTEST_SKIP() << "the CIFAR-10 binary files are not there";
  const ModelFile file = load(*support::mlperf_tiny() / "pretrainedResnet_quant.tflite");
  const data::Dataset test = images(data::Split::Test, std::nullopt);
  ASSERT_EQ(test.count(), kAll);
  const std::int64_t right = count_right(run(file, input_of(file.graph, test)), test);
  record("right", static_cast<double>(right));
  EXPECT_NEAR(static_cast<double>(right), 8707, tolerance);
}

TEST(WholeNetworkResnet8, EvaluatesToItsPublishedAccuracy) { expect_published_accuracy_of_resnet8(&run_fast, 10); }

TEST(NightlyResnet8, EvaluatesToItsPublishedAccuracyInTheInterpreter) {
  expect_published_accuracy_of_resnet8(&interpret, 5);
}

struct KnownWork {
  const char* file;
  double millions;
  double half_a_digit;  // of the published figure
};

TEST(MlperfTinyFiles, HaveTheirPublishedWork) {
  if (!support::mlperf_tiny()) GTEST_SKIP() << "the MLPerf Tiny models are not there";
  for (const KnownWork& known :
       {KnownWork{"pretrainedResnet_quant.tflite", 12.5, 0.05}, KnownWork{"vww_96_int8.tflite", 7.49, 0.005},
        KnownWork{"kws_ref_model.tflite", 2.66, 0.005}, KnownWork{"ad01_int8.tflite", 0.264, 0.0005}}) {
    const ir::Graph graph = load(*support::mlperf_tiny() / known.file).graph;
    std::int64_t macs = 0;
    for (const ir::NodeId id : graph.order()) macs += ir::count_work(ir::NodeView(graph, graph.node(id))).macs;
    EXPECT_NEAR(static_cast<double>(macs) / 1e6, known.millions, known.half_a_digit) << known.file;
  }
}

}  // namespace
}  // namespace netfit::whole_networks
