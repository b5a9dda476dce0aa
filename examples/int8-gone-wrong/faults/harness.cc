// SPDX-License-Identifier: Apache-2.0
//
// The file is sound. What goes in or what is made of what comes out is not. Where a harness does something that no
// record can say, the case carries what it observed.

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "data/preprocess.h"
#include "faults/faults.h"
#include "ir/builder.h"
#include "ir/ops.h"
#include "passes/pipelines.h"
#include "passes/wiring.h"

namespace netfit::gone_wrong {
namespace {

// Test images as reals, after a harness's preprocessing.
Result<Tensor> floats(const Workbench& bench, const ir::Preprocessing& preprocessing) {
  const ir::Graph& graph = bench.optimized();
  return data::preprocess(bench.test().samples, graph.value(graph.inputs.front().value), preprocessing);
}

// What C's conversions do: floats lose their fraction and saturate, bytes keep their bits.
std::int8_t cast(float real) { return static_cast<std::int8_t>(std::clamp(real, -128.0F, 127.0F)); }
std::int8_t cast(std::uint8_t pixel) { return static_cast<std::int8_t>(pixel); }

template <typename T>
Tensor cast_all(const Tensor& tensor) {
  Tensor result(DType::Int8, tensor.shape());
  std::ranges::transform(tensor.data<T>(), result.mutable_data<std::int8_t>().begin(),
                         [](T element) { return cast(element); });
  return result;
}

std::vector<std::int64_t> permutation(std::size_t count, Draw& draw) {
  std::vector<std::int64_t> order(count);
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto unchanged = order;
  while (order == unchanged) {
    if (draw.chance(0.5)) {
      draw.shuffle(order);
    } else {
      std::ranges::rotate(order, order.begin() + draw.integer(1, std::ssize(order) - 1));
    }
  }
  return order;
}

template <typename T>
void reorder(std::vector<T>& numbers, const std::vector<std::int64_t>& order) {
  if (numbers.size() != order.size()) return;
  const std::vector<T> old = numbers;
  for (std::size_t i = 0; i < order.size(); ++i) numbers[i] = old[static_cast<std::size_t>(order[i])];
}

// Rows of the last layer in another order, each with its own scale.
void permute_outputs(ir::Graph& graph, const std::vector<std::int64_t>& order) {
  const auto is_last_layer = [&](ir::NodeId id) { return graph.node(id).op == &ir::kFullyConnected; };
  const std::vector<ir::NodeId> nodes(graph.order().rbegin(), graph.order().rend());
  const ir::Node& layer = graph.node(*std::ranges::find_if(nodes, is_last_layer));
  for (const std::size_t input : {1, 2}) {
    const Tensor old = *graph.value(layer.inputs[input]).constant;
    Tensor changed = old;
    const std::size_t row = static_cast<std::size_t>(old.byte_count()) / order.size();
    for (std::size_t i = 0; i < order.size(); ++i) {
      std::ranges::copy(old.bytes().subspan(static_cast<std::size_t>(order[i]) * row, row),
                        changed.mutable_bytes().begin() + static_cast<std::ptrdiff_t>(i * row));
    }
    ir::Value& value = graph.value(layer.inputs[input]);
    value.constant = std::move(changed);
    if (value.quant) reorder(value.quant->scales, order);
  }
}

struct NamedPreprocessing {
  const char* name;
  ir::Preprocessing preprocessing;
};

std::vector<NamedPreprocessing> others(const ir::Preprocessing& own) {
  ir::Preprocessing no_std = own;
  no_std.std = {1.0F};
  ir::Preprocessing no_mean = own;
  no_mean.mean = {0.0F};
  std::vector<NamedPreprocessing> all{
      {"pixels in [0, 1]", {.scale = 1.0F / 255}},
      {"pixels in [-1, 1]", {.scale = 1.0F / 127.5F, .mean = {1.0F}}},
      {"raw pixels", {}},
      {"ImageNet's mean and std",
       {.scale = 1.0F / 255, .mean = {0.485F, 0.456F, 0.406F}, .std = {0.229F, 0.224F, 0.225F}}},
      {"no division by std", no_std},
      {"no mean", no_mean}};
  std::erase_if(all, [&](const NamedPreprocessing& other) { return other.preprocessing == own; });
  return all;
}

// The network with its preprocessing as its first nodes, so that it takes pixels.
Result<ir::Graph> with_preprocessing_inside(const Workbench& bench) {
  ir::Graph graph = bench.optimized();
  passes::Wiring wiring(graph);
  ir::GraphInput& input = graph.inputs.front();
  const ir::Value image = graph.value(input.value);
  std::vector<float> factors;
  std::vector<float> shifts;
  const ir::Preprocessing& record = bench.record();
  for (std::size_t c = 0; c < static_cast<std::size_t>(image.shape[3]); ++c) {
    const auto at = [c](const std::vector<float>& numbers) { return numbers[numbers.size() == 1 ? 0 : c]; };
    factors.push_back(record.scale / at(record.std));
    shifts.push_back(-at(record.mean) / at(record.std));
  }
  const ir::NodeId first = graph.order().front();
  const Shape channels{image.shape[3]};
  const ir::ValueId normalized = input.value;
  const ir::ValueId pixels = wiring.replace_input(input, {.name = "pixels", .shape = image.shape});
  const ir::ValueId scaled = graph.add_value({.name = "scaled", .shape = image.shape});
  const auto binary = ir::Attrs::of(ir::BinaryAttrs{});
  wiring.insert(first, {.name = "scale",
                        .op = &ir::kMul,
                        .attrs = binary,
                        .inputs = {pixels, graph.add_constant("factors", Tensor::from(channels, factors))},
                        .outputs = {scaled}});
  wiring.insert(first, {.name = "shift",
                        .op = &ir::kAdd,
                        .attrs = binary,
                        .inputs = {scaled, graph.add_constant("shifts", Tensor::from(channels, shifts))},
                        .outputs = {normalized}});
  graph.inputs.front().preprocessing = ir::Preprocessing{};
  return graph;
}

Result<ir::Graph> int8_with_preprocessing_inside(const Workbench& bench) {
  const ir::Graph graph = NETFIT_TRY(with_preprocessing_inside(bench));
  const ir::Value& input = graph.value(graph.inputs.front().value);
  const Tensor pixels = NETFIT_TRY(data::preprocess(bench.training().samples, input, {}));
  return quant::quantize_int8(graph, NETFIT_TRY(bench.measure(graph, pixels)), {});
}

}  // namespace

bool has_own_preprocessing(const Workbench& bench) { return bench.record() != ir::Preprocessing{}; }

Result<Broken> cast_input(const Workbench& bench, Draw& draw) {
  ir::Graph graph = NETFIT_TRY(bench.int8());
  const std::int64_t way = draw.integer(0, 2);
  Tensor input;
  if (way == 0) input = cast_all<std::uint8_t>(bench.test().samples);
  if (way == 1) input = cast_all<float>(NETFIT_TRY(floats(bench, bench.record())));
  if (way == 2) input = cast_all<float>(NETFIT_TRY(floats(bench, {.scale = 1.0F / 255})));
  const char* kWays[] = {"pixels are cast from uint8 to int8", "normalized floats are cast to int8",
                         "floats in [0, 1] are cast to int8"};
  Broken broken{bench.about(graph), {.done = kWays[way]}};
  broken.subject.observed = NETFIT_TRY(bench.run(graph, input));
  return broken;
}

Result<Broken> misread_output(const Workbench& bench, Draw& draw) {
  const bool is_unsigned = draw.chance(0.5);
  ir::Graph graph = NETFIT_TRY(bench.int8({.io = is_unsigned ? quant::Io::UInt8 : quant::Io::Int8}));
  const Tensor input =
      NETFIT_TRY(data::preprocess(bench.test().samples, graph.value(graph.inputs.front().value), bench.record()));
  const Tensor right = NETFIT_TRY(bench.run(graph, input));
  Broken broken{bench.about(graph),
                {.done = is_unsigned ? "uint8 results are read as int8" : "int8 results are read as uint8"}};
  broken.subject.observed =
      NETFIT_TRY(Tensor::from_bytes(is_unsigned ? DType::Int8 : DType::UInt8, right.shape(), right.bytes()));
  return broken;
}

Result<Broken> preprocess_otherwise(const Workbench& bench, Draw& draw) {
  const NamedPreprocessing other = draw.one_of(others(bench.record()));
  Broken broken{bench.about(NETFIT_TRY(bench.int8())), {.done = fmt::format("the harness feeds {}", other.name)}};
  broken.subject.subject.preprocessing = other.preprocessing;
  if (draw.chance(0.5)) broken.subject.subject.graph.inputs.front().preprocessing.reset();
  return broken;
}

Result<Broken> preprocess_twice(const Workbench& bench, Draw& draw) {
  const bool folded = draw.chance(0.5);
  ir::Graph graph = folded ? NETFIT_TRY(bench.int8({.io = quant::Io::Int8Pixels}))
                           : NETFIT_TRY(int8_with_preprocessing_inside(bench));
  Broken broken{bench.about(std::move(graph)),
                {.done = folded ? "the first layer holds mean and std, and the harness applies them too"
                                : "the file's first nodes apply mean and std, and so does the harness"}};
  broken.subject.subject.preprocessing = bench.record();
  return broken;
}

Result<Broken> swap_colors(const Workbench& bench, Draw& draw) {
  Broken broken{bench.about(NETFIT_TRY(bench.int8())), {.done = "the harness feeds BGR"}};
  ir::Preprocessing swapped = bench.record();
  swapped.order = ir::ColorOrder::Bgr;
  broken.subject.subject.preprocessing = swapped;
  if (draw.chance(0.5)) broken.subject.subject.graph.inputs.front().preprocessing.reset();
  return broken;
}

Result<Broken> permute_classes(const Workbench& bench, Draw& draw) {
  Broken broken{bench.about(NETFIT_TRY(bench.int8())), {}};
  data::Dataset& test = broken.subject.test;
  const std::vector<std::int64_t> order = permutation(test.class_names.size(), draw);
  if (draw.chance(0.5)) {
    permute_outputs(broken.subject.subject.graph, order);
    broken.truth.done = "the file's outputs are in another order";
  } else {
    for (std::int64_t& label : test.labels) label = order[static_cast<std::size_t>(label)];
    broken.truth.done = "the labels are in another order";
  }
  return broken;
}

}  // namespace netfit::gone_wrong
