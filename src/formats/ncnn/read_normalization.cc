// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include "formats/ncnn/layer_readers.h"
#include "ir/ops/activation.h"
#include "ir/ops/normalization.h"

namespace netfit::formats::ncnn {
namespace {

using ir::ValueId;

constexpr std::int64_t kMostChannels = std::int64_t{1} << 24;

}  // namespace

ReadResult read_batch_norm(Importer& importer, const LayerView& view) {
  const std::int64_t channels = NETFIT_TRY(view.params().within(0, 0, 1, kMostChannels));
  std::vector<ValueId> inputs{view.inputs[0]};
  for (const char* part : {"scale", "shift", "mean", "variance"}) {
    inputs.push_back(NETFIT_TRY(importer.weights({channels}, part)));
  }
  const auto epsilon = static_cast<float>(view.params().number(1, 0));
  return importer.add(ir::kBatchNorm, inputs, ir::Attrs::of(ir::BatchNormAttrs{epsilon}), view.result());
}

ReadResult read_layer_norm(Importer& importer, const LayerView& view) {
  const std::int64_t size = NETFIT_TRY(view.params().within(0, 0, 0, kMostChannels));
  std::vector<ValueId> inputs{view.inputs[0]};
  if (NETFIT_TRY(view.params().whole(2, 1)) != 0) {
    for (const char* part : {"scale", "shift"}) inputs.push_back(NETFIT_TRY(importer.weights({size}, part)));
  }
  return importer.add({kind_of(view), importer.dims(inputs[0])}, inputs, view.result());
}

// scale_data_size -233 means that the factors are the second input.
ReadResult read_scale(Importer& importer, const LayerView& view) {
  constexpr std::int64_t kComputed = -233;
  const std::int64_t size = NETFIT_TRY(view.params().within(0, 0, kComputed, kMostChannels));
  std::vector<ValueId> inputs = view.inputs;
  if (size != kComputed) {
    if (size < 0 || inputs.size() != 1) return bad_input(fmt::format("parameter 0 is {} (allowed: 0 or more)", size));
    inputs.push_back(NETFIT_TRY(importer.weights({size}, "scale")));
    if (NETFIT_TRY(view.params().whole(1, 0)) != 0) inputs.push_back(NETFIT_TRY(importer.weights({size}, "bias")));
  }
  return importer.add({kind_of(view), importer.dims(inputs[0])}, inputs, view.result());
}

// Ours runs over the last axis; along another one it is opaque.
ReadResult read_softmax(Importer& importer, const LayerView& view) {
  const ValueId x = view.inputs[0];
  const std::int64_t stated = NETFIT_TRY(view.params().whole(0, 0));
  const std::int64_t axis = NETFIT_TRY(importer.axis(x, stated));
  if (axis == importer.blob_rank(x)) return importer.add(ir::kSoftmax, {x}, {}, view.result());
  return importer.add({kind_of(view), importer.dims(x)}, {x}, view.result());
}

}  // namespace netfit::formats::ncnn
