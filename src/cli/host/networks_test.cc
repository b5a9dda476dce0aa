// SPDX-License-Identifier: Apache-2.0
#include "cli/host/networks.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "ir/op_spec.h"

namespace netfit::cli {
namespace {

TEST(HostNetworks, AreTheSameForTheSameSeedAndNeverTwice) {
  const std::vector<std::string> few = draw_networks(1, 20);
  const std::vector<std::string> many = draw_networks(1, 60);
  EXPECT_TRUE(std::ranges::equal(few, std::vector<std::string>(many.begin(), many.begin() + 20)));
  EXPECT_EQ(std::set<std::string>(many.begin(), many.end()).size(), 60U);
  EXPECT_NE(few, draw_networks(2, 20));
}

TEST(HostNetworks, BecomeFilesInFloatAndInIntegers) {
  for (const std::string& spec : draw_networks(3, 12)) {
    const Result<Model> floats = timeable_model(spec, false);
    ASSERT_TRUE(floats) << spec << ": " << floats.error().text();
    EXPECT_EQ(floats->graph.value(floats->graph.inputs.front().value).dtype, DType::Float32);
    const Result<Model> integers = timeable_model(spec, true);
    ASSERT_TRUE(integers) << spec << ": " << integers.error().text();
    EXPECT_EQ(integers->graph.value(integers->graph.inputs.front().value).dtype, DType::Int8);
    EXPECT_LT(integers->bytes.size(), floats->bytes.size());
  }
}

}  // namespace
}  // namespace netfit::cli
