// SPDX-License-Identifier: Apache-2.0
#include "diagnose/repair/quantize_anew.h"

#include <algorithm>
#include <array>
#include <map>

#include "diagnose/float_form.h"
#include "ir/op_spec.h"
#include "ir/ops/conv.h"
#include "quant/quantize.h"
#include "quant/stored_weights.h"

namespace netfit::diagnose {
namespace {

constexpr std::int64_t kSamples = 512;

quant::Io io_of(const Examination& exam) {
  const DType dtype = exam.subject.value(exam.subject.inputs.front().value).dtype;
  if (dtype == DType::UInt8) return quant::Io::UInt8;
  return dtype == DType::Float32 ? quant::Io::Float32 : quant::Io::Int8;
}

quant::Precision integer_precision(const Examination& exam) {
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

// By the type that holds most of the weights.
Scheme float_scheme(const ir::Graph& graph) {
  const bool dynamic = std::ranges::any_of(
      graph.order(), [&](ir::NodeId id) { return ir::is_hybrid(ir::NodeView(graph, graph.node(id))); });
  if (dynamic) return {.precision = *quant::find_precision("weight-only"), .dynamic = true};
  std::map<DType, std::int64_t> elements;
  for (const quant::StoredConstant& constant : quant::stored_constants(graph)) {
    if (constant.role == quant::ConstantRole::Weights) elements[constant.dtype] += constant.elements;
  }
  const auto most = std::ranges::max_element(elements, {}, &std::pair<const DType, std::int64_t>::second);
  const DType dtype = most == elements.end() ? DType::Float32 : most->first;
  std::string_view name = "float32";
  if (dtype == DType::Int8) name = "weight-only";
  if (dtype == DType::Int4) name = "weight-only-int4";
  if (dtype == DType::Float16) name = "float16";
  return {.precision = *quant::find_precision(name)};
}

}  // namespace

data::Dataset calibration_samples(const Examination& exam) {
  return first_samples(exam.given.training ? *exam.given.training : exam.given.test, kSamples);
}

Scheme scheme_of(const Examination& exam) {
  return has_integer_activations(exam.subject) ? Scheme{integer_precision(exam)} : float_scheme(exam.subject);
}

Result<ir::Graph> quantize_anew(const Examination& exam, const ir::Graph& graph, const Scheme& scheme) {
  ir::Graph network = graph;
  if (exam.record) network.inputs.front().preprocessing = exam.record;
  if (!scheme.quantizes()) return network;
  if (scheme.dynamic) return quant::quantize_dynamic(network);
  const quant::LayerOptions options{.plan = {.everywhere = scheme.precision}, .io = io_of(exam)};
  if (scheme.precision.activations == quant::Arithmetic::Float32) return quant::quantize_layers(network, {}, options);
  const Tensor input = NETFIT_TRY(make_input(network, calibration_samples(exam), exam.record));
  const auto executor = NETFIT_TRY(exec::create_fast_observable(network, exam.tools.engine));
  const quant::Ranges ranges =
      NETFIT_TRY(quant::calibrate(network, *executor, std::array{input}, {}, exam.tools.progress));
  return quant::quantize_layers(network, ranges, options);
}

}  // namespace netfit::diagnose
