// SPDX-License-Identifier: Apache-2.0
// Accuracy of the zoo's networks in int8, on all test images.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "eval/accuracy.h"
#include "whole_networks.h"

namespace netfit::whole_networks {
namespace {

using Classes = std::vector<std::int64_t>;

class NetworkInInt8 {
 public:
  explicit NetworkInInt8(const char* file) : file_(file), int8_(classes(quantized(file))) {}

  void expect_accuracy(double known_top1) const {
    const double before = top1(classes(zoo_network(file_)));
    EXPECT_NEAR(before, known_top1, 0.02);
    testing::Test::RecordProperty("top1", std::to_string(top1(int8_)));
    EXPECT_GE(top1(int8_), before - 0.2);
  }

  void expect_pixels_to_cost_few_images() const {
    const Classes pixels = classes(quantized(file_, quant::Io::Int8Pixels));
    EXPECT_NEAR(top1(pixels), top1(int8_), 0.1);
    // The goal, 99.6, is reached by one of the two: 99.57 and 99.61 %, for the reason in docs/quantization.md. This
    // guards these.
    EXPECT_GE(eval::percent_equal(int8_, pixels), 99.5);
  }

 private:
  Classes classes(const ir::Graph& graph) const { return eval::top_classes(run_fast(graph, input_of(graph, test_))); }
  double top1(const Classes& found) const { return eval::percent_equal(found, test_.labels); }

  const char* file_;
  data::Dataset test_ = images(data::Split::Test, std::nullopt);
  Classes int8_;
};

TEST(WholeNetworkInt8, Of450kLosesAtMostTwoTenthsOfAPointAndTakesPixels) {
  if (!support::cifar10()) GTEST_SKIP() << "the CIFAR-10 binary files are not there";
  const NetworkInInt8 network(kSmall);
  network.expect_accuracy(94.27);
  network.expect_pixels_to_cost_few_images();
}

TEST(WholeNetworkInt8, OfW10LosesAtMostTwoTenthsOfAPoint) {
  if (!support::cifar10()) GTEST_SKIP() << "the CIFAR-10 binary files are not there";
  NetworkInInt8(kLarge).expect_accuracy(94.51);
}

TEST(NightlyInt8, OfW10TakesPixelsAtTheCostOfFewImages) {
  if (!support::cifar10()) GTEST_SKIP() << "the CIFAR-10 binary files are not there";
  NetworkInInt8(kLarge).expect_pixels_to_cost_few_images();
}

}  // namespace
}  // namespace netfit::whole_networks
