// SPDX-License-Identifier: Apache-2.0
#include "diagnose/repair/quantize_anew.h"

#include <array>

#include "diagnose/float_form.h"
#include "ir/op_spec.h"
#include "quant/quantize.h"

namespace netfit::diagnose {
namespace {

constexpr std::int64_t kSamples = 512;

quant::Io io_of(const Examination& exam) {
  const DType dtype = exam.subject.value(exam.subject.inputs.front().value).dtype;
  if (dtype == DType::UInt8) return quant::Io::UInt8;
  return dtype == DType::Float32 ? quant::Io::Float32 : quant::Io::Int8;
}

}  // namespace

data::Dataset calibration_samples(const Examination& exam) {
  return first_samples(exam.given.training ? *exam.given.training : exam.given.test, kSamples);
}

quant::Precision precision_of(const Examination& exam) {
  if (!has_integer_activations(exam.subject)) {
    return {.activations = quant::Arithmetic::Float32, .weights = quant::WeightType::Float32};
  }
  std::int64_t layers = 0;
  std::int64_t wide = 0;
  std::int64_t narrow_weights = 0;
  std::int64_t shared_scale = 0;
  for (const LayerPair& pair : exam.layers) {
    const ir::NodeView layer(exam.subject, exam.subject.node(pair.subject));
    const ir::Value& weights = layer.input(1);
    if (!weights.quant) continue;
    ++layers;
    wide += layer.input(0).dtype == DType::Int16 ? 1 : 0;
    narrow_weights += weights.dtype == DType::Int4 ? 1 : 0;
    shared_scale += weights.quant->scales.size() == 1 ? 1 : 0;
  }
  const auto most = [layers](std::int64_t count) { return 2 * count > layers; };
  if (most(wide)) return {.activations = quant::Arithmetic::Int16};
  if (most(narrow_weights)) return {.weights = quant::WeightType::Int4};
  return {.granularity = most(shared_scale) ? quant::Granularity::PerTensor : quant::Granularity::PerChannel};
}

Result<ir::Graph> quantize_anew(const Examination& exam, const ir::Graph& graph, const quant::Precision& precision) {
  ir::Graph network = graph;
  if (exam.record) network.inputs.front().preprocessing = exam.record;
  if (precision.activations == quant::Arithmetic::Float32) return network;
  const Tensor input = NETFIT_TRY(make_input(network, calibration_samples(exam), exam.record));
  const auto executor = NETFIT_TRY(exec::create_fast_observable(network, exam.tools.engine));
  const quant::Ranges ranges =
      NETFIT_TRY(quant::calibrate(network, *executor, std::array{input}, {}, exam.tools.progress));
  return quant::quantize_layers(network, ranges, {.plan = {.everywhere = precision}, .io = io_of(exam)});
}

}  // namespace netfit::diagnose
