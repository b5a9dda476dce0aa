// SPDX-License-Identifier: Apache-2.0
// Recipes on a small network: what each step does, what `auto` takes, and that no thread count changes a bit.
#include "quant/recipe.h"

#include <atomic>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ir/printer.h"
#include "passes/layer_channels.h"
#include "quant/auto_recipe.h"
#include "quant/techniques/nearest.h"
#include "quantize_cases.h"

namespace netfit::quant {
namespace {

using quantize_cases::parsed;

// A stack whose channels the second layer takes up again.
constexpr std::string_view kStack = R"(graph main(%x: f32[1,8,8,3]) -> (%y) {
    const @w: f32[16,3,3,3] = random(1)
    const @b: f32[16] = random(2)
    const @d: f32[1,3,3,16] = random(3)
    const @e: f32[16] = random(4)
    const @v: f32[10,16] = random(5)
    %c = conv2d(%x, @w, @b) padding=1,1,1,1 activation=relu
    %s = depthwise_conv2d(%c, @d, @e) padding=1,1,1,1 activation=relu
    %m = mean(%s) axes=[1,2]
    %y = fully_connected(%m, @v)
  })";

void scale_rows(ir::Graph& graph, std::string_view constant, std::size_t period, std::size_t channel, float factor) {
  for (const ir::ValueId id : graph.values()) {
    ir::Value& value = graph.value(id);
    if (value.name != constant) continue;
    Tensor tensor = *value.constant;
    const std::span<float> elements = tensor.mutable_data<float>();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if ((period > 0 ? i % period : i * 16 / elements.size()) == channel) elements[i] *= factor;
    }
    value.constant = std::move(tensor);
  }
}

// The same float function, with some channels between the convolutions a thousand times larger than others.
ir::Graph uneven() {
  ir::Graph graph = parsed(kStack);
  for (std::size_t channel = 0; channel < 16; channel += 4) {
    scale_rows(graph, "w", 0, channel, 1024.0F);
    scale_rows(graph, "b", 0, channel, 1024.0F);
    scale_rows(graph, "d", 16, channel, 1.0F / 1024.0F);
  }
  return graph;
}

Samples samples_for(const ir::Graph& graph, std::uint64_t seed, int threads = 1, std::int64_t count = 64,
                    Progress& progress = base::no_progress()) {
  const Shape shape = graph.value(graph.inputs.front().value).shape.with_dim(0, count);
  return {.inputs = {support::random_tensor(seed, DType::Float32, shape)},
          .engine = {.options = {.threads = threads}, .fallback = interp::make_node_runner()},
          .progress = progress};
}

Quantized applied(const QuantizeJob& job, const Recipe& recipe, int threads = 1) {
  Result<Quantized> quantized = apply_recipe(job, recipe, samples_for(job.graph, 1, threads), nullptr);
  EXPECT_TRUE(quantized.has_value()) << (quantized ? "" : quantized.error().text());
  return quantized ? std::move(*quantized) : Quantized();
}

Recipe thorough() {
  return {.name = "thorough",
          .guard_dead_channels = true,
          .equalize = true,
          .absorb_high_bias = true,
          .rounding = Rounding::AdaRound,
          .bias_correction = BiasCorrection::Empirical};
}

std::vector<std::string> techniques_of(const std::vector<StepEffect>& steps) {
  std::vector<std::string> names;
  for (const StepEffect& step : steps) names.push_back(step.technique);
  return names;
}

TEST(Recipe, PlainIsWhatQuantizeInt8Makes) {
  const ir::Graph graph = parsed(kStack);
  const Samples samples = samples_for(graph, 1);
  const auto executor = exec::create_fast_observable(graph, samples.engine);
  ASSERT_TRUE(executor.has_value());
  const Result<Ranges> ranges = calibrate(graph, **executor, samples.inputs, {}, base::no_progress());
  ASSERT_TRUE(ranges.has_value());
  EXPECT_EQ(ir::print(applied({.graph = graph}, {}).graph), ir::print(*quantize_int8(graph, *ranges, {})));
}

TEST(Recipe, GivesTheSameBytesOnAnyNumberOfThreads) {
  const ir::Graph graph = uneven();
  for (const std::string_view scheme : {"int8", "int8-per-tensor", "int4", "int16x8"}) {
    const QuantizeJob job{.graph = graph, .plan = {.everywhere = *find_precision(scheme)}, .seed = 3};
    const std::string once = ir::print(applied(job, thorough(), 1).graph);
    EXPECT_EQ(once, ir::print(applied(job, thorough(), 3).graph)) << scheme;
    EXPECT_EQ(once, ir::print(applied(job, thorough(), 1).graph)) << scheme;
  }
}

TEST(Recipe, SaysWhatEachStepDid) {
  const ir::Graph graph = uneven();
  const Samples held_out = samples_for(graph, 2);
  const Result<Quantized> judged = apply_recipe({.graph = graph}, thorough(), samples_for(graph, 1), &held_out);
  ASSERT_TRUE(judged.has_value()) << judged.error().text();
  EXPECT_EQ(techniques_of(judged->steps),
            (std::vector<std::string>{"guard-dead-channels", "equalize", "absorb-high-bias", "calibrate", "adaround",
                                      "correct-bias"}));
  const StepEffect& equalized = judged->steps[1];
  ASSERT_TRUE(equalized.sqnr_before_db && equalized.sqnr_after_db);
  EXPECT_GT(*equalized.sqnr_after_db, *equalized.sqnr_before_db + 10);
  // What is said of it does not depend on being judged.
  const Quantized unjudged = applied({.graph = graph}, thorough());
  EXPECT_EQ(ir::print(unjudged.graph), ir::print(judged->graph));
  for (std::size_t i = 0; i < unjudged.steps.size(); ++i) {
    EXPECT_EQ(unjudged.steps[i].done, judged->steps[i].done);
    EXPECT_FALSE(unjudged.steps[i].sqnr_after_db);
  }
}

TEST(Recipe, RoundsToNearest) {
  const ir::Graph graph = parsed(kStack);
  const ir::Graph nearest = applied({.graph = graph}, {.rounding = Rounding::Nearest}).graph;
  for (const ir::NodeId id : graph.order()) {
    if (!passes::is_layer(*graph.node(id).op)) continue;
    const ir::NodeView layer(graph, graph.node(id));
    const ir::Value& stored = ir::NodeView(nearest, nearest.node(id)).input(1);
    const std::span<const float> weights = layer.input(1).constant->data<float>();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const float scale = stored.quant->scale(static_cast<std::int64_t>(passes::channels_of(layer, i).output));
      EXPECT_NEAR(weights[i], scale * static_cast<float>(stored.constant->data<std::int8_t>()[i]), 0.501F * scale);
    }
  }
}

TEST(Recipe, MakesMixedPlans) {
  const ir::Graph graph = parsed(kStack);
  PrecisionPlan plan{.exceptions = {{graph.order()[0], *find_precision("int16x8")}}};
  const ir::Graph mixed = applied({.graph = graph, .plan = plan}, {}).graph;
  EXPECT_EQ(ir::NodeView(mixed, mixed.node(graph.order()[0])).output().dtype, DType::Int16);
  EXPECT_EQ(ir::NodeView(mixed, mixed.node(graph.order()[1])).output().dtype, DType::Int8);
}

void expect_refused(const Tensor& inputs, std::string_view why) {
  const ir::Graph graph = parsed(kStack);
  Samples samples = samples_for(graph, 1);
  samples.inputs = {inputs};
  for (const Recipe& recipe : {Recipe{}, thorough()}) {
    const Result<Quantized> refused = apply_recipe({.graph = graph}, recipe, samples, nullptr);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().what(), why);
    EXPECT_EQ(refused.error().kind(), ErrorKind::BadInput);
  }
}

TEST(Recipe, RefusesSamplesThatTeachNothing) {
  expect_refused(Tensor(DType::Float32, Shape{0, 8, 8, 3}), "no calibration samples given");
  expect_refused(Tensor(DType::Float32, Shape{5, 8, 8, 3}),
                 "all 5 calibration samples are equal; no range can be learned from them");
  Tensor holed = samples_for(parsed(kStack), 1).inputs.front();
  holed.mutable_data<float>()[1000] = std::numeric_limits<float>::quiet_NaN();
  expect_refused(holed, "is not finite in calibration sample 5");
}

AutoOptions unhurried() {
  return {.out_of_time = [] { return false; }, .seconds = [] { return 0.0; }};
}

AutoChoice chosen(const ir::Graph& graph, const AutoOptions& options) {
  Result<AutoChoice> choice = choose_recipe({.graph = graph}, samples_for(graph, 1), samples_for(graph, 2), options);
  EXPECT_TRUE(choice.has_value()) << (choice ? "" : choice.error().text());
  return choice ? std::move(*choice) : AutoChoice{.trials = {Trial{}}};
}

TEST(ChooseRecipe, LeavesAHealthyNetworkPlain) {
  const ir::Graph graph = parsed(kStack);
  const AutoChoice choice = chosen(graph, unhurried());
  EXPECT_EQ(choice.trials[choice.chosen].recipe, Recipe{});
  EXPECT_TRUE(choice.near_enough);
  EXPECT_TRUE(choice.left_out.empty());
  EXPECT_EQ(ir::print(choice.quantized.graph), ir::print(applied({.graph = graph}, {}).graph));
}

TEST(ChooseRecipe, EqualizesUnevenChannelsWithoutBeingTold) {
  const ir::Graph graph = uneven();
  const AutoChoice choice = chosen(graph, unhurried());
  ASSERT_GE(choice.trials.size(), 2);
  EXPECT_EQ(choice.trials[1].recipe.name, "equalized");
  EXPECT_EQ(choice.trials[1].verdict, Verdict::Better);
  EXPECT_TRUE(choice.trials[choice.chosen].recipe.equalize);
  EXPECT_GT(choice.trials[choice.chosen].sqnr_db, choice.trials[0].sqnr_db + 10);
  // What was chosen can be had by its recipe.
  EXPECT_EQ(ir::print(choice.quantized.graph),
            ir::print(applied({.graph = graph}, choice.trials[choice.chosen].recipe).graph));
}

TEST(ChooseRecipe, StopsWhenTimeIsOver) {
  const ir::Graph graph = uneven();
  AutoOptions options = unhurried();
  options.out_of_time = [] { return true; };
  const AutoChoice choice = chosen(graph, options);
  EXPECT_EQ(choice.trials.size(), 1);
  EXPECT_EQ(choice.left_out.front(), "equalized");
  EXPECT_FALSE(choice.near_enough);
  EXPECT_EQ(ir::print(choice.quantized.graph), ir::print(applied({.graph = graph}, {}).graph));
}

TEST(ChooseRecipe, GivesUpARecipeInTheMidst) {
  const ir::Graph graph = uneven();
  std::atomic<int> asked = 0;
  AutoOptions options = unhurried();
  options.out_of_time = [&] { return ++asked > 3; };
  const AutoChoice choice = chosen(graph, options);
  EXPECT_EQ(choice.trials.size(), 1);
  EXPECT_EQ(choice.left_out.front(), "equalized");
}

TEST(ChooseRecipe, IsInterruptedByTheUser) {
  struct Stopped : Progress {
    bool stopped() const override { return true; }
  } progress;
  const ir::Graph graph = uneven();
  const Result<AutoChoice> choice = choose_recipe({.graph = graph}, samples_for(graph, 1, 1, 64, progress),
                                                  samples_for(graph, 2, 1, 64, progress), unhurried());
  ASSERT_FALSE(choice.has_value());
  EXPECT_EQ(choice.error().kind(), ErrorKind::Interrupted);
}

}  // namespace
}  // namespace netfit::quant
