// SPDX-License-Identifier: Apache-2.0
#include "exec/invocation.h"

#include <array>

#include <gtest/gtest.h>

#include "exec/fast.h"
#include "support/graph_text.h"
#include "support/random_tensor.h"

namespace netfit::exec {
namespace {

using support::random_tensor;

ir::Graph network() {
  return support::graph_of(
      "graph main(%x: f32[1,6,5,4]) -> (%y, %z) { const @w: f32[6,3,3,4] = random(1) "
      "%a = conv2d(%x, @w, _) padding=1,1,1,1 activation=relu %b = mean(%a) axes=[1,2] %y = softmax(%b) "
      "%z = transpose(%a) perm=[0,3,1,2] }");
}

Tensor sample(std::uint64_t seed, std::int64_t count = 1) {
  return random_tensor(seed, DType::Float32, Shape{count, 6, 5, 4});
}

std::vector<Tensor> results_of(Invocation& invocation, const Tensor& input) {
  EXPECT_TRUE(invocation.load(std::array{input}));
  EXPECT_TRUE(invocation.invoke());
  auto results = invocation.results();
  EXPECT_TRUE(results);
  return *std::move(results);
}

TEST(FastInvocation, GivesTheExecutorsBitsForOneSample) {
  const ir::Graph graph = network();
  const auto invocation = create_fast_invocation(graph, nullptr);
  ASSERT_TRUE(invocation) << invocation.error().text();
  const FastOptions options{.backend = choose_backend(graph), .batch = 1};
  const auto executor = create_fast_on(graph, options, nullptr);
  ASSERT_TRUE(executor) << executor.error().text();
  // The second sample does not see what the first one left behind.
  for (const std::uint64_t seed : {1, 2}) {
    const Tensor input = sample(seed);
    const auto expected = (*executor)->run(std::array{input}, base::no_progress());
    ASSERT_TRUE(expected);
    EXPECT_EQ(results_of(**invocation, input), *expected);
  }
  EXPECT_EQ((*invocation)->name(), (*executor)->name());
  EXPECT_NE(results_of(**invocation, sample(1)), results_of(**invocation, sample(2)));
}

TEST(FastInvocation, RefusesTwoSamples) {
  const auto invocation = create_fast_invocation(network(), nullptr);
  ASSERT_TRUE(invocation) << invocation.error().text();
  const auto loaded = (*invocation)->load(std::array{sample(1, 2)});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().what(), "2 samples given, an invocation takes 1");
}

TEST(FastInvocation, RefusesAnotherShape) {
  const auto invocation = create_fast_invocation(network(), nullptr);
  ASSERT_TRUE(invocation) << invocation.error().text();
  EXPECT_FALSE((*invocation)->load(std::array{random_tensor(1, DType::Float32, Shape{1, 5, 6, 4})}));
  EXPECT_FALSE((*invocation)->load({}));
}

}  // namespace
}  // namespace netfit::exec
