// SPDX-License-Identifier: Apache-2.0
// Quantization-aware training as a user does it, judged by the integer file that comes of it.
#include <cstdio>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "base/files.h"
#include "support/paths.h"
#include "support/temporary_folder.h"

namespace netfit {
namespace {

class WholeNetworkQat : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!support::cifar10()) GTEST_SKIP() << "no CIFAR-10 in build/cifar10";
  }

  std::string run(const std::string& arguments) const {
    const std::string command = std::string(NETFIT_PROGRAM) + " " + arguments + " 2>" + (folder_ / "errors").string();
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
    run("quantize " + model + " -o " + path("q.tflite") + " --recipe qat --scheme " + scheme + data());
    return top1(path("q.tflite"));
  }

  support::TemporaryFolder folder_;
};

TEST_F(WholeNetworkQat, KeepsWhatRoundingAfterTrainingLoses) {
  train("--seed 2 --arch blocks:stages=conv_c8_s2+ir_e4_c8_n2+ir_e4_c16_s2_n2+conv_k1_c64", "float",
        "[schedule]\nepochs = 6\nbatch = 64\nwarm_up_epochs = 0.5\n[optimizer]\nlearning_rate = 0.2\n"
        "[augmentation]\ncrop = 2\n");
  const std::string model = path("float/network.onnx");
  const double parent = top1(model);
  EXPECT_LT(top1_in("int4", model), parent - 1);
  train("--qat int4 --model " + model, "qat",
        "[schedule]\nepochs = 2\nbatch = 64\nwarm_up_epochs = 0.2\n[optimizer]\nlearning_rate = 0.01\n"
        "weight_decay = 0\ndepthwise_weight_decay = 0\n[augmentation]\ncrop = 2\n");
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
