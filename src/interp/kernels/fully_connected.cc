// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/fully_connected.h"

#include "interp/kernels/gemm.h"
#include "interp/kernels/hybrid.h"
#include "interp/kernels/output_stage.h"
#include "ir/ops/conv.h"

namespace netfit::interp {
namespace {

template <typename In>
PackedMatrix<Sum<In>> pack_weights(const Tensor& weights, std::int64_t /*groups*/) {
  const std::span<const Weight<In>> elements = weights.data<Weight<In>>();
  const std::int64_t depth = weights.shape()[1];
  return PackedMatrix<Sum<In>>::pack(weights.shape()[0], depth, [&](std::int64_t o, std::int64_t k) {
    return static_cast<Sum<In>>(elements[static_cast<std::size_t>(o * depth + k)]);
  });
}

template <typename In, typename Stage>
Tensor multiply(const Tensor& data, const PackedMatrix<Sum<In>>& weights, const Tensor& bias, const Stage& finish) {
  const Shape& shape = data.shape();
  using Out = typename Stage::Out;
  Tensor result(tensor::dtype_of<Out>(), shape.with_dim(shape.rank() - 1, weights.outputs));
  const std::int64_t count = weights.outputs == 0 ? 0 : result.element_count() / weights.outputs;
  const std::vector<Sum<In>> rows = centred<In>(data, finish.zero_point());
  const std::vector<Sum<In>> biases = bias_of<In>(bias, weights.outputs);
  std::vector<Sum<In>> sums(static_cast<std::size_t>(result.element_count()));
  multiply_rows(rows.data(), count, weights, sums.data(), weights.outputs);
  std::span<Out> out = result.mutable_data<Out>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t channel = i % biases.size();
    out[i] = finish(sums[i] + biases[channel], static_cast<std::int64_t>(channel));
  }
  return result;
}

template <typename In>
Result<Step> prepare_typed(const ir::NodeView& node) {
  const auto activation = node.attrs<ir::FullyConnectedAttrs>().activation;
  const OutputStage<In> finish = NETFIT_TRY(OutputStage<In>::create(node, activation));
  const Arrangement<PackedMatrix<Sum<In>>> arranged(node.input(1), 1, &pack_weights<In>);
  return Step([=](std::span<const Tensor> inputs) {
    return multiply<In>(inputs[0], *arranged.of(inputs[1]), optional_bias(inputs), finish);
  });
}

// Every row of the data has parameters of its own.
Result<Step> prepare_hybrid(const ir::NodeView& node) {
  const HybridStage stage = NETFIT_TRY(HybridStage::create(node, node.attrs<ir::FullyConnectedAttrs>().activation));
  const Arrangement<PackedMatrix<Sum<std::int8_t>>> arranged(node.input(1), 1, &pack_weights<std::int8_t>);
  const Shape shape = node.output().shape;
  return Step([=](std::span<const Tensor> inputs) {
    const auto weights = arranged.of(inputs[1]);
    const std::int64_t rows = weights->depth == 0 ? 0 : inputs[0].element_count() / weights->depth;
    const Tensor data = inputs[0].reshaped(Shape{rows, weights->depth});
    Tensor result(DType::Float32, shape);
    float* out = result.mutable_data<float>().data();
    for (std::int64_t row = 0; row < rows; ++row, out += weights->outputs) {
      const QuantizedSample sample = quantize_sample(data.slice(row, row + 1), stage.rule());
      const Tensor sums =
          multiply<std::int8_t>(sample.elements, *weights, Tensor(), stage.of(sample, optional_bias(inputs)));
      std::ranges::copy(sums.data<float>(), out);
    }
    return result;
  });
}

}  // namespace

Result<Step> prepare_fully_connected(const ir::NodeView& node) {
  if (ir::is_hybrid(node)) return prepare_hybrid(node);
  return prepare_by_type(node, [&](auto type) { return prepare_typed<decltype(type)>(node); });
}

}  // namespace netfit::interp
