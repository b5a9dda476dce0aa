// SPDX-License-Identifier: Apache-2.0
// Whether what is measured of layers alone adds up to what becomes of a whole network: noise and bytes.
#include <algorithm>
#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "base/random.h"
#include "quant/fidelity.h"
#include "quant/mixed/sensitivity.h"
#include "quantize_cases.h"
#include "whole_networks.h"

namespace netfit::whole_networks {
namespace {

constexpr const char* kNet = R"(graph main(%x: f32[1,8,8,8]) -> (%y) {
    const @a: f32[48,1,1,8] = random(1)
    const @b: f32[1,3,3,48] = random(2)
    const @c: f32[16,1,1,48] = random(3)
    const @d: f32[96,1,1,16] = random(4)
    const @e: f32[1,3,3,96] = random(5)
    const @f: f32[16,1,1,96] = random(6)
    const @v: f32[10,16] = random(7)
    %a1 = conv2d(%x, @a) activation=relu6
    %b1 = depthwise_conv2d(%a1, @b) padding=1,1,1,1 activation=relu6
    %c1 = conv2d(%b1, @c)
    %d1 = conv2d(%c1, @d) activation=relu6
    %e1 = depthwise_conv2d(%d1, @e) padding=1,1,1,1 activation=relu6
    %f1 = conv2d(%e1, @f)
    %s = add(%c1, %f1)
    %m = mean(%s) axes=[1,2]
    %y = fully_connected(%m, @v)
  })";

struct Network {
  ir::Graph graph;
  quant::Ranges ranges;
  std::vector<Tensor> inputs;
  std::vector<quant::LayerCandidate> candidates;

  quant::MixedJob job() const { return {graph, ranges, candidates}; }
  quant::Samples samples() const { return {inputs, {{.threads = 1}, interp::make_node_runner()}, base::no_progress()}; }
};

Network network(std::initializer_list<const char*> precisions) {
  Network made{.graph = quantize_cases::parsed(kNet)};
  made.inputs = quantize_cases::random_inputs(made.graph, 64);
  made.ranges = must(quantize_cases::calibrate(made.graph, made.inputs));
  for (const char* name : precisions) made.candidates.push_back({*quant::find_precision(name)});
  return made;
}

Result<double> bytes_of(const ir::Graph& graph) { return static_cast<double>(write(graph, ".tflite").bytes.size()); }

ir::Graph made_of(const Network& network, const std::vector<std::size_t>& chosen, quant::Io io) {
  quant::LayerOptions options = quant::assemble(network.graph, network.candidates, chosen);
  options.io = io;
  return must(quant::quantize_layers(network.graph, network.ranges, options));
}

double noise_of(const Network& network, const std::vector<std::size_t>& chosen) {
  const auto float_outputs = quantize_cases::run(network.graph, network.inputs);
  const auto outputs = quantize_cases::run(made_of(network, chosen, quant::Io::Float32), network.inputs);
  return std::pow(10.0, -quant::compare_outputs(float_outputs, outputs).sqnr_db / 10.0);
}

std::vector<std::size_t> random_choice(base::Random& random, std::size_t layers, std::size_t candidates) {
  std::vector<std::size_t> chosen(layers);
  for (std::size_t& one : chosen) one = static_cast<std::size_t>(random.integer(0, static_cast<int>(candidates) - 1));
  return chosen;
}

TEST(Mixed, FewerBitsAreNoisierInEveryLayer) {
  const Network net = network({"int16x8", "int8", "int4"});
  for (const quant::LayerSensitivity& layer : must(quant::measure_sensitivity(net.job(), net.samples()))) {
    ASSERT_EQ(layer.effects.size(), 3U);
    EXPECT_LT(layer.effects[0].noise, layer.effects[1].noise);
    EXPECT_LT(layer.effects[1].noise, layer.effects[2].noise);
    EXPECT_NEAR(layer.effects[1].noise, std::pow(10.0, -layer.effects[1].sqnr_db / 10.0), 1e-12);
    for (const quant::Effect& effect : layer.effects) EXPECT_GT(effect.kl, 0.0);
  }
}

// Roundings of layers are nearly independent; the differences between precisions are what is chosen by.
TEST(Mixed, NoiseOfLayersAddsUp) {
  const Network net = network({"int8", "int4"});
  const auto layers = must(quant::measure_sensitivity(net.job(), net.samples()));
  const double all_int8 = noise_of(net, std::vector<std::size_t>(layers.size(), 0));
  base::Random random(1);
  for (int i = 0; i < 12; ++i) {
    const std::vector<std::size_t> chosen = random_choice(random, layers.size(), 2);
    double predicted = all_int8;
    for (std::size_t j = 0; j < layers.size(); ++j) {
      predicted += layers[j].effects[chosen[j]].noise - layers[j].effects[0].noise;
    }
    const double measured = noise_of(net, chosen);
    EXPECT_LT(predicted, 2.0 * measured);
    EXPECT_GT(predicted, 0.5 * measured);
  }
}

TEST(Mixed, BytesOfLayersAddUpToTheFile) {
  for (const auto precisions : {std::initializer_list<const char*>{"int8", "int4"}, {"int8", "float16", "int16x8"}}) {
    const Network net = network(precisions);
    const quant::LayerCosts costs =
        must(quant::measure_costs(net.job(), quant::Io::Int8, &bytes_of, base::no_progress()));
    base::Random random(2);
    for (int i = 0; i < 12; ++i) {
      const auto chosen = random_choice(random, costs.differences.size(), net.candidates.size());
      double predicted = costs.all_first;
      for (std::size_t j = 0; j < chosen.size(); ++j) predicted += costs.differences[j][chosen[j]];
      const double real = must(bytes_of(made_of(net, chosen, quant::Io::Int8)));
      // A requantize that two neighbours share is counted for both of them: the sum is never short by much.
      EXPECT_LT(predicted, 1.2 * real);
      EXPECT_GT(predicted, 0.99 * real);
    }
  }
}

TEST(Mixed, ALayerMayCostWhatTheCallerSays) {
  const Network net = network({"int8", "int4"});
  const quant::LayerCosts costs = must(quant::measure_costs(
      net.job(), quant::Io::Int8, [](const ir::Graph&) { return Result<double>(7.0); }, base::no_progress()));
  EXPECT_EQ(costs.all_first, 7.0);
  for (const std::vector<double>& layer : costs.differences) EXPECT_EQ(layer, (std::vector<double>{0.0, 0.0}));
  const auto failed = quant::measure_costs(
      net.job(), quant::Io::Int8, [](const ir::Graph&) -> Result<double> { return bad_input("no figure"); },
      base::no_progress());
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().what(), "no figure");
}

}  // namespace
}  // namespace netfit::whole_networks
