// SPDX-License-Identifier: Apache-2.0
#include "exec/engine.h"

#include <atomic>
#include <map>

#include <gtest/gtest.h>

#include "support/graph_text.h"
#include "support/random_tensor.h"

namespace netfit::exec {
namespace {

constexpr std::string_view kNetwork = R"(
graph main(%x: f32[1,6,6,3]) -> (%y) {
  const @w1: f32[8,3,3,3] = random(1)
  const @w2: f32[8,1,1,8] = random(2)
  %a = conv2d(%x, @w1, _) padding=1,1,1,1 activation=relu6
  %b = conv2d(%a, @w2, _)
  %y = add(%a, %b)
})";

TEST(FastObservable, ShowsEveryValueOfEverySampleAndGivesTheSameBits) {
  const ir::Graph graph = support::graph_of(kNetwork);
  const Tensor input = support::random_tensor(1, DType::Float32, Shape{70, 6, 6, 3});
  const Engine engine{.options = {.threads = 2}};
  const auto observable = create_fast_observable(graph, engine);
  ASSERT_TRUE(observable) << observable.error().text();
  std::map<std::string, std::int64_t> seen;
  const Observer observer = [&](ir::ValueId value, std::int64_t first, const Tensor& tensor) {
    std::int64_t& next = seen[graph.value(value).name];
    EXPECT_EQ(first, next);
    next += tensor.shape()[0];
  };
  const auto observed = (*observable)->run_observed(std::span(&input, 1), observer, base::no_progress());
  ASSERT_TRUE(observed) << observed.error().text();
  EXPECT_EQ(seen, (std::map<std::string, std::int64_t>{{"x", 70}, {"a", 70}, {"b", 70}, {"y", 70}}));
  const auto plain = create_fast(graph, engine);
  const auto expected = (*plain)->run(std::span(&input, 1), base::no_progress());
  ASSERT_EQ(observed->size(), 1U);
  EXPECT_EQ(observed->front(), expected->front());
}

TEST(FastObservable, LetsAnObserverKeepWhatItSees) {
  const ir::Graph graph = support::graph_of(kNetwork);
  const Tensor input = support::random_tensor(1, DType::Float32, Shape{40, 6, 6, 3});
  const auto observable = create_fast_observable(graph, Engine{.options = {.threads = 3}});
  std::map<std::int64_t, Tensor> kept;
  const Observer observer = [&](ir::ValueId value, std::int64_t first, const Tensor& tensor) {
    if (graph.value(value).name == "y") kept.emplace(first, tensor);
  };
  const auto observed = (*observable)->run_observed(std::span(&input, 1), observer, base::no_progress());
  ASSERT_TRUE(observed) << observed.error().text();
  EXPECT_GT(kept.size(), 1U);
  for (const auto& [first, tensor] : kept) {
    EXPECT_EQ(tensor, observed->front().slice(first, first + tensor.shape()[0])) << first;
  }
}

class StoppedAfter final : public Progress {
 public:
  explicit StoppedAfter(std::int64_t samples) : left_(samples) {}
  void advance(std::int64_t steps) override { left_ -= steps; }
  bool stopped() const override { return left_ <= 0; }

 private:
  std::atomic<std::int64_t> left_;
};

TEST(FastObservable, StopsWithEveryWorkerThatWaitsForItsTurn) {
  const ir::Graph graph = support::graph_of(kNetwork);
  const Tensor input = support::random_tensor(1, DType::Float32, Shape{400, 6, 6, 3});
  const auto observable = create_fast_observable(graph, Engine{.options = {.threads = 4}});
  StoppedAfter progress(40);
  const Observer observer = [](ir::ValueId, std::int64_t, const Tensor&) {};
  const auto observed = (*observable)->run_observed(std::span(&input, 1), observer, progress);
  ASSERT_FALSE(observed);
  EXPECT_EQ(observed.error().kind(), base::ErrorKind::Interrupted);
}

TEST(FastObservable, ShowsIntegersAsTheGraphHasThem) {
  const ir::Graph graph = support::graph_of(R"(
graph main(%x: i8[1,4,4,3] q(0.5, -3)) -> (%y) {
  %y: q(0.25, 5) = add(%x, %x)
})");
  const Tensor input = support::random_tensor(1, DType::Int8, Shape{5, 4, 4, 3});
  const auto observable = create_fast_observable(graph, Engine{});
  ASSERT_TRUE(observable) << observable.error().text();
  std::map<std::string, Tensor> seen;
  const Observer observer = [&](ir::ValueId value, std::int64_t, const Tensor& tensor) {
    seen.emplace(graph.value(value).name, tensor);
  };
  const auto observed = (*observable)->run_observed(std::span(&input, 1), observer, base::no_progress());
  ASSERT_TRUE(observed) << observed.error().text();
  EXPECT_EQ(seen.at("x"), input);
  EXPECT_EQ(seen.at("y"), observed->front());
}

}  // namespace
}  // namespace netfit::exec
