// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/parallel.h"
#include "data/dataset.h"
#include "data/preprocess.h"
#include "exec/runtime.h"
#include "formats/catalog.h"
#include "interp/interpreter.h"
#include "passes/pipelines.h"
#include "support/paths.h"
#include "support/random_tensor.h"

// Whole networks in the interpreter and in the real runtimes.
namespace netfit {
namespace {

struct Model {
  base::Bytes bytes;
  ir::Graph graph;
};

Result<Model> load(const std::filesystem::path& path) {
  Model model{NETFIT_TRY(base::read_file(path)), {}};
  model.graph = NETFIT_TRY(formats::read(model.bytes, path));
  NETFIT_TRY(passes::canonicalize(model.graph));
  return model;
}

Result<std::vector<Tensor>> interpret(const ir::Graph& graph, const Tensor& input) {
  const auto executor = NETFIT_TRY(interp::create_interpreter(graph, {.threads = base::available_threads()}));
  return executor->run(std::array{input}, base::no_progress());
}

/// The first test images as the model takes them.
Result<Tensor> cifar_images(const ir::Graph& graph, std::int64_t count) {
  const data::Dataset images =
      NETFIT_TRY(data::open("cifar10", {.limit = count, .cache = {*support::cifar10()}, .embedded = {}}));
  const ir::GraphInput& input = graph.inputs.front();
  const data::ChosenPreprocessing chosen = NETFIT_TRY(data::choose_preprocessing(graph, input, std::nullopt));
  return data::preprocess(images.samples, graph.value(input.value), chosen.preprocessing);
}

std::int64_t count_differences(const Tensor& a, const Tensor& b) {
  const std::vector<double> left = to_doubles(a);
  const std::vector<double> right = to_doubles(b);
  EXPECT_EQ(left.size(), right.size());
  std::int64_t count = 0;
  for (std::size_t i = 0; i < left.size(); ++i) count += left[i] != right[i] ? 1 : 0;
  return count;
}

void expect_bits_of_litert(const Model& model, const Tensor& input) {
  const auto library = exec::find_litert(support::site_packages());
  ASSERT_TRUE(library) << library.error().text();
  const auto runtime = exec::create_litert(*library, model.bytes, model.graph, exec::LitertKernels::Reference, {});
  ASSERT_TRUE(runtime) << runtime.error().text();
  const auto expected = (*runtime)->run(std::array{input}, base::no_progress());
  ASSERT_TRUE(expected) << expected.error().text();
  const auto results = interpret(model.graph, input);
  ASSERT_TRUE(results) << results.error().text();
  ASSERT_EQ(results->size(), expected->size());
  for (std::size_t i = 0; i < results->size(); ++i) {
    EXPECT_EQ(count_differences((*results)[i], (*expected)[i]), 0) << "output " << i;
  }
}

class MlperfTiny : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!support::mlperf_tiny()) GTEST_SKIP() << "the MLPerf Tiny models are not here";
    if (support::site_packages().empty()) GTEST_SKIP() << "LiteRT is not here";
  }
};

TEST_P(MlperfTiny, HasTheBitsOfLitertsReferenceKernelsOnRandomInputs) {
  const auto model = load(*support::mlperf_tiny() / GetParam());
  ASSERT_TRUE(model) << model.error().text();
  const ir::Value& input = model->graph.value(model->graph.inputs.front().value);
  expect_bits_of_litert(*model, support::random_tensor(1, input.dtype, input.shape.with_dim(0, 200)));
}

INSTANTIATE_TEST_SUITE_P(WholeNetwork, MlperfTiny,
                         testing::Values("ad01_int8.tflite", "kws_ref_model.tflite", "pretrainedResnet_quant.tflite",
                                         "vww_96_int8.tflite"),
                         [](const auto& file) {
                           const std::string name = file.param;
                           return name.substr(0, name.find('.'));
                         });

TEST(WholeNetworkResnet8, HasTheBitsOfLitertsReferenceKernelsOnTestImages) {
  if (!support::mlperf_tiny()) GTEST_SKIP() << "the MLPerf Tiny models are not here";
  if (!support::cifar10()) GTEST_SKIP() << "CIFAR-10 is not here";
  if (support::site_packages().empty()) GTEST_SKIP() << "LiteRT is not here";
  const auto model = load(*support::mlperf_tiny() / "pretrainedResnet_quant.tflite");
  ASSERT_TRUE(model) << model.error().text();
  const auto images = cifar_images(model->graph, 1000);
  ASSERT_TRUE(images) << images.error().text();
  expect_bits_of_litert(*model, *images);
}

std::int64_t top(std::span<const float> scores) { return std::ranges::max_element(scores) - scores.begin(); }

class Checkpoint : public testing::TestWithParam<const char*> {};

constexpr std::int64_t kImages = 200;

TEST_P(Checkpoint, HasTheLogitsOfOnnxRuntime) {
  if (!support::cifar10()) GTEST_SKIP() << "CIFAR-10 is not here";
  if (support::site_packages().empty()) GTEST_SKIP() << "ONNX Runtime is not here";
  const auto model = load(support::zoo() / (std::string(GetParam()) + ".onnx"));
  ASSERT_TRUE(model) << model.error().text();
  const auto images = cifar_images(model->graph, kImages);
  ASSERT_TRUE(images) << images.error().text();

  const auto library = exec::find_onnxruntime(support::site_packages());
  ASSERT_TRUE(library) << library.error().text();
  const auto runtime = exec::create_onnxruntime(*library, model->bytes, model->graph, {});
  ASSERT_TRUE(runtime) << runtime.error().text();
  const auto expected = (*runtime)->run(std::array{*images}, base::no_progress());
  ASSERT_TRUE(expected) << expected.error().text();
  ir::Graph optimized = model->graph;
  ASSERT_TRUE(passes::optimize(optimized));
  for (const ir::Graph* graph : {&model->graph, static_cast<const ir::Graph*>(&optimized)}) {
    const auto results = interpret(*graph, *images);
    ASSERT_TRUE(results) << results.error().text();
    const std::span<const float> logits = results->front().data<float>();
    const std::span<const float> wanted = expected->front().data<float>();
    ASSERT_EQ(logits.size(), wanted.size());
    float worst = 0.0F;
    for (std::size_t i = 0; i < logits.size(); ++i) worst = std::max(worst, std::abs(logits[i] - wanted[i]));
    EXPECT_LE(worst, 1e-4F);
    const std::size_t classes = logits.size() / kImages;
    for (std::size_t at = 0; at < logits.size(); at += classes) {
      EXPECT_EQ(top(logits.subspan(at, classes)), top(wanted.subspan(at, classes))) << "image " << at / classes;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(WholeNetwork, Checkpoint,
                         testing::Values("mobilenetv2_cifar10_450k", "mobilenetv2_cifar10_w1.0"), [](const auto& name) {
                           std::string text = name.param;
                           std::ranges::replace(text, '.', '_');
                           return text;
                         });

}  // namespace
}  // namespace netfit
