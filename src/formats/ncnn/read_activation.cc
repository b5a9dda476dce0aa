// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "formats/ncnn/layer_readers.h"
#include "ir/ops/activation.h"

namespace netfit::formats::ncnn {
namespace {

// Numbers of activation types (ncnn's src/layer/fused_activation.h).
constexpr std::int64_t kRelu = 1;
constexpr std::int64_t kLeakyRelu = 2;
constexpr std::int64_t kClip = 3;
constexpr std::int64_t kSigmoid = 4;
constexpr std::int64_t kMish = 5;
constexpr std::int64_t kHardSwish = 6;

}  // namespace

Result<LayerActivation> read_activation(const Params& params) {
  LayerActivation activation;
  activation.type = NETFIT_TRY(params.within(9, 0, 0, kHardSwish));
  activation.params = params.numbers(10);
  if (activation.type == kRelu) activation.fused = ir::Activation::Relu;
  if (activation.type == kClip && activation.params == std::vector<double>{0, 6}) {
    activation.fused = ir::Activation::Relu6;
  }
  return activation;
}

ReadResult add_activation(Importer& importer, ir::ValueId x, const LayerActivation& activation,
                          const std::string& result) {
  switch (activation.type) {
    case kRelu:
      return importer.add(ir::kRelu, {x}, {}, result);
    case kLeakyRelu: {
      const float slope = activation.params.empty() ? 0.0F : static_cast<float>(activation.params.front());
      return importer.add(ir::kLeakyRelu, {x}, ir::Attrs::of(ir::LeakyReluAttrs{slope}), result);
    }
    case kSigmoid:
      return importer.add(ir::kSigmoid, {x}, {}, result);
    case kHardSwish:
      return importer.add(ir::kHardSwish, {x}, {}, result);
    default:
      return importer.add({activation.type == kMish ? "mish" : "clip", importer.dims(x)}, {x}, result);
  }
}

Result<DType> weight_type(const Params& params) {
  return NETFIT_TRY(params.whole(8, 0)) == 0 ? DType::Float32 : DType::Int8;
}

std::string before_activation(const LayerView& view, const LayerActivation& activation) {
  return activation.needs_node() ? view.result() + "/linear" : view.result();
}

}  // namespace netfit::formats::ncnn
