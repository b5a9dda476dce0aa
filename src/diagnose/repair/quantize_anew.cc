// SPDX-License-Identifier: Apache-2.0
#include "diagnose/repair/quantize_anew.h"

#include <array>

#include "diagnose/float_form.h"
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

Result<ir::Graph> quantize_anew(const Examination& exam, const ir::Graph& graph) {
  ir::Graph network = graph;
  if (exam.record) network.inputs.front().preprocessing = exam.record;
  if (!has_integer_activations(exam.subject)) return network;
  const data::Dataset samples = first_samples(exam.given.training ? *exam.given.training : exam.given.test, kSamples);
  const Tensor input = NETFIT_TRY(make_input(network, samples, exam.record));
  const auto executor = NETFIT_TRY(exec::create_fast_observable(network, exam.tools.engine));
  const quant::Ranges ranges =
      NETFIT_TRY(quant::calibrate(network, *executor, std::array{input}, {}, exam.tools.progress));
  return quant::quantize_int8(network, ranges, {.io = io_of(exam)});
}

}  // namespace netfit::diagnose
