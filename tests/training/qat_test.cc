// SPDX-License-Identifier: Apache-2.0
// Quantization-aware training as a user does it, judged by the integer file that comes of it.
#include <cstdio>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "ir/ops.h"
#include "passes/wiring.h"
#include "support/paths.h"
#include "support/temporary_folder.h"
#include "whole_networks.h"

namespace netfit {
namespace {

class WholeNetworkQat : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!support::cifar10()) GTEST_SKIP() << "no CIFAR-10 in build/cifar10";
  }

  std::string run(const std::string& arguments) const {
    const std::string command = fmt::format("{} {} 2>{}", NETFIT_PROGRAM, arguments, path("errors"));
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::string output;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output.push_back(static_cast<char>(c));
    if (::pclose(pipe) != 0) throw std::runtime_error(command + base::read_text(folder_ / "errors").value_or(""));
    return output;
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string data() const { return " --data " + support::cifar10()->string(); }

  void train(const std::string& what, const std::string& name, const std::string& recipe) const {
    const Result<void> written = base::write_file(folder_ / (name + ".toml"), "validation = 0\n" + recipe);
    ASSERT_TRUE(written.has_value());
    run("train " + what + " --recipe " + path(name + ".toml") + data() + " --limit 5000 --out " + path(name));
  }

  double top1(const std::string& model) const {
    const std::string answer = run("eval " + model + data() + " --json");
    const std::string key = "\"top1\": ";
    return std::stod(answer.substr(answer.find(key) + key.size()));
  }

  double top1_in(const std::string& scheme, const std::string& model) const {
    run("quantize " + model + " -o " + path("q.tflite") + " --recipe qat --scheme " + scheme + data() +
        " --limit 5000");
    return top1(path("q.tflite"));
  }

  support::TemporaryFolder folder_;
};

// Two channels between a batch norm and the convolution that alone reads it become `factor` times as large, and the
// weights that read them as much smaller: the same function, whose other channels get few of the range's levels.
ir::Graph with_hard_range(ir::Graph graph, float factor) {
  const passes::Wiring wiring(graph);
  for (const ir::NodeId id : graph.order()) {
    const ir::Node norm = graph.node(id);
    if (norm.op != &ir::kBatchNorm || !wiring.has_single_reader(norm.outputs[0])) continue;
    const ir::Node reader = graph.node(wiring.readers(norm.outputs[0]).front());
    if (reader.op != &ir::kConv2d) continue;
    constexpr std::size_t kHard = 2;
    for (const std::size_t input : {1, 2}) {
      for (std::size_t c = 0; c < kHard; ++c)
        graph.value(norm.inputs[input]).constant->mutable_data<float>()[c] *= factor;
    }
    const auto channels = static_cast<std::size_t>(graph.value(norm.outputs[0]).shape.dim(-1));
    const std::span<float> weights = graph.value(reader.inputs[1]).constant->mutable_data<float>();
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] /= i % channels < kHard ? factor : 1.0F;
    return graph;
  }
  throw std::runtime_error("no batch norm before a convolution");
}

constexpr const char* kFineTuning =
    "[schedule]\nepochs = 6\nbatch = 64\nwarm_up_epochs = 0.2\n[optimizer]\nkind = \"adamw\"\nlearning_rate = 0.001\n"
    "weight_decay = 0\ndepthwise_weight_decay = 0\n[augmentation]\ncrop = 2\n";

TEST_F(WholeNetworkQat, KeepsWhatRoundingAfterTrainingLoses) {
  train("--seed 2 --arch blocks:stages=conv_c8_s2+ir_e4_c8_n2+ir_e4_c16_s2+ir_e4_c24_s2+conv_k1_c64", "float",
        "[schedule]\nepochs = 6\nbatch = 64\nwarm_up_epochs = 0.5\n[optimizer]\nlearning_rate = 0.2\n"
        "[augmentation]\ncrop = 2\n");
  const std::string model = path("float/network.onnx");
  const double parent = top1(model);

  // A range that leaves few levels to most of its channels.
  const std::string hard = path("hard.onnx");
  const ir::Graph rescaled = with_hard_range(whole_networks::load(model).graph, 96);
  const auto written =
      base::write_file(hard, whole_networks::must(whole_networks::must(formats::format_for(hard))->write(rescaled)));
  ASSERT_TRUE(written.has_value());
  EXPECT_NEAR(top1(hard), parent, 0.1);
  EXPECT_LT(top1_in("int8", hard), parent - 1);
  train("--qat int8 --model " + hard, "hard-qat", kFineTuning);
  EXPECT_GT(top1(path("hard-qat/network.tflite")), parent - 0.3);

  // Weights of four bits, with steps of their own.
  EXPECT_LT(top1_in("int4", model), parent - 1);
  train("--qat int4 --model " + model, "qat", fmt::format("{}[qat]\nweight_steps = \"learned\"\n", kFineTuning));
  const double of_file = top1_in("int4", path("qat/network.onnx"));
  EXPECT_GT(of_file, parent - 0.3);
  // What the training says of itself is what the file does, not what rounding in floats did.
  const std::string result = base::read_text(path("qat/result.json")).value_or("");
  const std::string key = "\"integer_top1\": ";
  ASSERT_NE(result.find(key), std::string::npos) << result;
  EXPECT_EQ(std::stod(result.substr(result.find(key) + key.size())), of_file);
  EXPECT_EQ(top1(path("qat/network.tflite")), of_file);
}

}  // namespace
}  // namespace netfit
