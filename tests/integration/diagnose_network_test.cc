// SPDX-License-Identifier: Apache-2.0
//
// A small network that was never trained: its own answers are right by definition. What the faults of
// examples/int8-gone-wrong do to trained networks is judged there; here each family of detectors meets a fault that it
// must name and place.

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "base/random.h"
#include "diagnose/answers.h"
#include "diagnose/diagnose.h"
#include "interp/interpreter.h"
#include "ir/builder.h"
#include "ir/ops.h"
#include "quant/quantize.h"
#include "quant/stored_weights.h"

namespace netfit::diagnose {
namespace {

constexpr std::int64_t kSamples = 240;

class Network {
 public:
  ir::Graph make() {
    ir::ValueId x = builder_.input("x", DType::Float32, Shape{1, 8, 8, 3});
    x = conv("stem", x, 12, ir::Activation::Relu6);
    const ir::ValueId bottleneck = conv("bottleneck", x, 8, ir::Activation::None);
    x = conv("expand", bottleneck, 16, ir::Activation::Relu6);
    x = conv("project", x, 8, ir::Activation::None);
    x = *builder_.add(ir::kAdd, {bottleneck, x}, ir::Attrs::of(ir::BinaryAttrs{}), "sum");
    x = conv("last", x, 24, ir::Activation::Relu6);
    x = *builder_.add(ir::kMean, {x}, ir::Attrs::of(ir::ReduceAttrs{{1, 2}, false}), "pooled");
    builder_.output(*builder_.add(ir::kFullyConnected,
                                  {x, weights("classes", Shape{5, 24}, 24), bias("classes", 5, 0.0F)},
                                  ir::Attrs::of(ir::FullyConnectedAttrs{}), "classes"));
    return graph_;
  }

 private:
  ir::ValueId conv(const std::string& name, ir::ValueId x, std::int64_t channels, ir::Activation activation) {
    const std::int64_t inputs = graph_.value(x).shape[3];
    const ir::Conv2dAttrs attrs{.padding = {1, 1, 1, 1}, .activation = activation};
    return *builder_.add(ir::kConv2d,
                         {x, weights(name, Shape{channels, 3, 3, inputs}, 9 * inputs), bias(name, channels, 0.7F)},
                         ir::Attrs::of(attrs), name);
  }

  ir::ValueId weights(const std::string& name, const Shape& shape, std::int64_t fan_in) {
    const float size = 2.5F / std::sqrt(static_cast<float>(fan_in));
    return graph_.add_constant(name + "_weights", reals(shape, size));
  }
  ir::ValueId bias(const std::string& name, std::int64_t channels, float size) {
    return graph_.add_constant(name + "_bias", reals(Shape{channels}, size));
  }

  Tensor reals(const Shape& shape, float size) {
    Tensor tensor(DType::Float32, shape);
    for (float& element : tensor.mutable_data<float>()) element = random_.real(-size, size);
    return tensor;
  }

  base::Random random_{7};
  ir::Graph graph_;
  ir::Builder builder_{graph_};
};

// Images that differ enough to be told apart: a colour, a slope, noise.
Tensor images(std::uint64_t seed, std::int64_t count) {
  base::Random random(seed);
  Tensor tensor(DType::Float32, Shape{count, 8, 8, 3});
  const std::span<float> elements = tensor.mutable_data<float>();
  for (std::int64_t n = 0; n < count; ++n) {
    std::array<float, 6> colours{};
    for (float& colour : colours) colour = random.real(-1, 1);
    for (std::int64_t i = 0; i < 192; ++i) {
      const auto row = static_cast<float>(i / 24) / 7.0F;
      const auto c = static_cast<std::size_t>(i % 3);
      elements[static_cast<std::size_t>(n * 192 + i)] =
          colours[c] * (1 - row) + colours[c + 3] * row + random.real(-0.3F, 0.3F);
    }
  }
  return tensor;
}

const Tools& tools() {
  static const Tools made{.engine = {{.threads = 1}, interp::make_node_runner()},
                          .reference = [](const ir::Graph& graph) { return interp::create_interpreter(graph, {}); },
                          .progress = base::no_progress()};
  return made;
}

data::Dataset dataset(Tensor samples) { return {.name = "toy", .images = false, .samples = std::move(samples)}; }

class DiagnoseNetwork : public testing::Test {
 protected:
  DiagnoseNetwork() : network_(Network().make()), training_(images(1, kSamples)) {
    const auto executor = *exec::create_fast_observable(network_, tools().engine);
    ranges_ = *quant::calibrate(network_, *executor, std::array{training_}, {}, base::no_progress());
  }

  ir::Graph int8() const { return *quant::quantize_int8(network_, ranges_, {}); }
  ir::Graph int8_of(const ir::Graph& network) const {
    const auto executor = *exec::create_fast_observable(network, tools().engine);
    const auto ranges = *quant::calibrate(network, *executor, std::array{training_}, {}, base::no_progress());
    return *quant::quantize_int8(network, ranges, {});
  }

  Case about(ir::Graph subject) const {
    return {.subject = {.graph = std::move(subject)},
            .reference = Fed{.graph = network_},
            .test = dataset(images(2, kSamples)),
            .training = dataset(training_)};
  }

  std::vector<std::int64_t> right_classes(const Case& given) const {
    return answer(network_, given.test.samples, tools())->classes;
  }

  static Finding first(const Case& given) {
    const Result<Diagnosis> diagnosis = diagnose(given, tools());
    if (!diagnosis) throw std::runtime_error(diagnosis.error().text());
    return diagnosis->findings.front();
  }

  static ir::NodeId node(const ir::Graph& graph, std::string_view name) {
    return *std::ranges::find_if(graph.order(), [&](ir::NodeId id) { return graph.node(id).name == name; });
  }

  // Elements of weights by the type that they are stored in.
  static std::map<DType, std::int64_t> weight_types(const ir::Graph& graph) {
    std::map<DType, std::int64_t> elements;
    for (const quant::StoredConstant& constant : quant::stored_constants(graph)) {
      if (constant.role == quant::ConstantRole::Weights) elements[constant.dtype] += constant.elements;
    }
    return elements;
  }

  // Agreement of a repaired file with the network, percent.
  double repaired(const Case& given, const Finding& finding) const {
    const Result<Repair> done = repair(given, finding, tools());
    if (!done) throw std::runtime_error(done.error().text());
    return percent_same(answer(done->graph, given.test, std::nullopt, tools())->classes, right_classes(given));
  }

  ir::Graph network_;
  Tensor training_;
  quant::Ranges ranges_;
};

TEST_F(DiagnoseNetwork, FindsNothingInASoundFile) {
  EXPECT_EQ(first(about(int8())).kind, FaultKind::Healthy);
  EXPECT_EQ(first(about(network_)).kind, FaultKind::Healthy);
}

TEST_F(DiagnoseNetwork, ClimbsEveryRungThatThereIs) {
  const Diagnosis diagnosis = *diagnose(about(int8()), tools());
  ASSERT_EQ(diagnosis.ladder.size(), 9U);
  EXPECT_EQ(diagnosis.ladder[0].agreement_percent, 100.0);
  EXPECT_EQ(diagnosis.ladder[1].unavailable, "the reference has no batch norm");
  EXPECT_EQ(diagnosis.ladder[8].unavailable, "no outputs of the user's own runs given");
  // Integers between float borders are the same integers.
  EXPECT_EQ(diagnosis.ladder[6].sqnr_db, diagnosis.ladder[7].sqnr_db);
}

TEST_F(DiagnoseNetwork, NamesTheLayerThatLostItsBias) {
  ir::Graph broken = int8();
  const ir::NodeId layer = node(broken, "expand");
  Tensor& bias = *broken.value(broken.node(layer).inputs[2]).constant;
  bias = Tensor(bias.dtype(), bias.shape());
  const Case given = about(broken);
  const Finding finding = first(given);
  EXPECT_EQ(finding.kind, FaultKind::BiasLost);
  EXPECT_EQ(finding.layer, "expand");
  EXPECT_GT(repaired(given, finding), 95.0);
}

TEST_F(DiagnoseNetwork, NamesTheRangeThatIsTooNarrow) {
  quant::Ranges ranges = ranges_;
  quant::Range& range = ranges.at(network_.node(node(network_, "last")).outputs.front());
  range = {range.low * 0.1F, range.high * 0.1F};
  const Case given = about(*quant::quantize_int8(network_, ranges, {}));
  const Finding finding = first(given);
  EXPECT_EQ(finding.kind, FaultKind::NarrowRange);
  EXPECT_EQ(finding.layer, "last");
  EXPECT_GT(repaired(given, finding), 95.0);
}

TEST_F(DiagnoseNetwork, NamesTheRangeOfTheResultsThatIsTooNarrow) {
  quant::Ranges ranges = ranges_;
  quant::Range& range = ranges.at(network_.outputs.front().value);
  range = {range.low * 0.1F, range.high * 0.1F};
  for (const quant::Io io : {quant::Io::Int8, quant::Io::UInt8, quant::Io::Float32}) {
    const Case given = about(*quant::quantize_int8(network_, ranges, {.io = io}));
    const Finding finding = first(given);
    EXPECT_EQ(finding.kind, FaultKind::NarrowRange);
    EXPECT_EQ(finding.layer, "classes");
    EXPECT_GT(repaired(given, finding), 95.0);
  }
}

TEST_F(DiagnoseNetwork, NamesTheRangeThatIsTooWideWithoutAReference) {
  quant::Ranges ranges = ranges_;
  ranges.at(network_.node(node(network_, "project")).outputs.front()).high *= 200.0F;
  Case given = about(*quant::quantize_int8(network_, ranges, {}));
  given.reference.reset();
  const Finding finding = first(given);
  EXPECT_EQ(finding.kind, FaultKind::OutlierRange);
  EXPECT_EQ(finding.layer, "project");
}

// What takes activations to be symmetric as weights are stores every range in its width and in the wrong place.
TEST_F(DiagnoseNetwork, CallsRangesThatAreAllMovedWrongZeroPoints) {
  ir::Graph moved = int8();
  for (const ir::ValueId id : moved.values()) {
    ir::Value& value = moved.value(id);
    if (!value.is_constant() && value.quant) value.quant->zero_points = {0};
  }
  const Case given = about(moved);
  const Finding finding = first(given);
  EXPECT_EQ(finding.kind, FaultKind::WrongZeroPoint);
  EXPECT_EQ(finding.layer, "");
  EXPECT_GT(repaired(given, finding), 95.0);
}

TEST_F(DiagnoseNetwork, NamesTheLayerWhoseWeightsLieInAnotherOrder) {
  ir::Graph changed = network_;
  ir::Value& weights = changed.value(changed.node(node(changed, "expand")).inputs[1]);
  weights.constant = tensor::transpose(*weights.constant, std::array{0, 2, 1, 3});
  const Finding finding = first(about(int8_of(changed)));
  EXPECT_EQ(finding.kind, FaultKind::KernelLayout);
  EXPECT_EQ(finding.layer, "expand");
}

TEST_F(DiagnoseNetwork, RecognizesResultsThatAreReadAsUnsigned) {
  Case given = about(int8());
  const Answers right = *answer(given.subject.graph, given.test, std::nullopt, tools());
  given.observed = *Tensor::from_bytes(DType::UInt8, right.raw.shape(), right.raw.bytes());
  const Finding finding = first(given);
  EXPECT_EQ(finding.kind, FaultKind::OutputMisread);
  const Result<Repair> done = repair(given, finding, tools());
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(),
            "error: 'output-misread' is not cured by changing the file: read the output in the type that the file "
            "declares");
}

TEST_F(DiagnoseNetwork, RecognizesClassesInAnotherOrder) {
  Case given = about(int8());
  given.test.labels = right_classes(given);
  for (std::int64_t& label : given.test.labels) label = (label + 2) % 5;
  EXPECT_EQ(first(given).kind, FaultKind::ClassOrder);
}

TEST_F(DiagnoseNetwork, RecognizesOutputsInAnotherOrder) {
  ir::Graph changed = network_;
  for (const std::size_t input : {1, 2}) {
    ir::Value& rows = changed.value(changed.node(node(changed, "classes")).inputs[input]);
    const Tensor old = *rows.constant;
    Tensor moved = old;
    const auto bytes = static_cast<std::ptrdiff_t>(old.byte_count() / 5);
    std::ranges::rotate_copy(old.bytes(), old.bytes().begin() + 2 * bytes, moved.mutable_bytes().begin());
    rows.constant = std::move(moved);
  }
  EXPECT_EQ(first(about(int8_of(changed))).kind, FaultKind::ClassOrder);
}

TEST_F(DiagnoseNetwork, RepairsInThePrecisionOfTheFile) {
  ir::Graph changed = network_;
  ir::Value& bias = changed.value(changed.node(node(changed, "project")).inputs[2]);
  bias.constant = Tensor(DType::Float32, bias.shape);
  const quant::Precision precision{.granularity = quant::Granularity::PerTensor};
  const Case given =
      about(*quant::quantize_layers(changed, ranges_, {.plan = {.everywhere = precision}, .io = quant::Io::UInt8}));
  const Finding finding = first(given);
  ASSERT_EQ(finding.kind, FaultKind::BiasLost);
  const Result<Repair> done = repair(given, finding, tools());
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_EQ(done->graph.value(done->graph.inputs.front().value).dtype, DType::UInt8);
  const ir::ValueId weights = done->graph.node(node(done->graph, "project")).inputs[1];
  EXPECT_EQ(done->graph.value(weights).quant->scales.size(), 1);
  EXPECT_EQ(done->changes, std::vector<std::string>{"quantized anew from the reference: int8-per-tensor"});
}

TEST_F(DiagnoseNetwork, RepairsFilesOfFloatActivationsInTheirOwnScheme) {
  ir::Graph changed = network_;
  ir::Value& bias = changed.value(changed.node(node(changed, "expand")).inputs[2]);
  bias.constant = Tensor(DType::Float32, bias.shape);
  std::map<std::string, ir::Graph> files{{"dynamic", *quant::quantize_dynamic(changed)}, {"float32", changed}};
  for (const std::string_view scheme : {"weight-only", "weight-only-int4", "float16"}) {
    const quant::PrecisionPlan plan{.everywhere = *quant::find_precision(scheme)};
    files.emplace(scheme, *quant::quantize_layers(changed, {}, {.plan = plan, .io = quant::Io::Float32}));
  }
  for (const auto& [scheme, file] : files) {
    const Case given = about(file);
    const Finding finding = first(given);
    ASSERT_EQ(finding.kind, FaultKind::BiasLost) << scheme;
    const Result<Repair> done = repair(given, finding, tools());
    ASSERT_TRUE(done.has_value()) << done.error().text();
    EXPECT_EQ(done->changes.back(), "quantized anew from the reference: " + scheme);
    EXPECT_EQ(weight_types(done->graph), weight_types(file)) << scheme;
    EXPECT_GT(repaired(given, finding), 90.0) << scheme;
  }
}

TEST_F(DiagnoseNetwork, RefusesAQuantizedReference) {
  Case given = about(int8());
  given.reference->graph = int8();
  const Result<Diagnosis> diagnosis = diagnose(given, tools());
  ASSERT_FALSE(diagnosis.has_value());
  EXPECT_EQ(diagnosis.error().text(), "reference: error: the reference is quantized (allowed: a float network)");
}

}  // namespace
}  // namespace netfit::diagnose
