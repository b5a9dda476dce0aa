// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/pool.h"

#include <fmt/format.h>

#include "ir/ops/infer.h"

namespace netfit::ir {
namespace {

Result<TensorType> infer_pool(const NodeView& node) {
  NETFIT_TRY(expect_rank(node, 0, 4));
  const auto& attrs = node.attrs<Pool2dAttrs>();
  const Shape& x = node.input(0).shape;
  const Padding2d& pad = attrs.padding;
  NETFIT_TRY(expect_padding(pad));
  // A window that lies in the padding alone would average nothing.
  if (pad.top >= attrs.window.height || pad.bottom >= attrs.window.height || pad.left >= attrs.window.width ||
      pad.right >= attrs.window.width) {
    return bad_input(
        fmt::format("padding {} is not smaller than the window {}", attr_text(pad), attr_text(attrs.window)));
  }
  const std::int64_t height =
      NETFIT_TRY(windowed_extent(x[1], pad.top + pad.bottom, attrs.window.height, attrs.stride.height, 1));
  const std::int64_t width =
      NETFIT_TRY(windowed_extent(x[2], pad.left + pad.right, attrs.window.width, attrs.stride.width, 1));
  const DType dtype = NETFIT_TRY(expect_data_type(node));
  Shape shape = NETFIT_TRY(Shape::create(std::array{x[0], height, width, x[3]}));
  return TensorType{dtype, std::move(shape)};
}

}  // namespace

constinit const OpSpec kAveragePool2d{
    .name = "average_pool2d",
    .summary = "mean over a sliding window",
    .quant = QuantRule::SameAsData,
    .integer = IntegerForm::Clamps,
    .codec = kCodec<Pool2dAttrs>,
    .infer = &infer_pool,
};

constinit const OpSpec kMaxPool2d{
    .name = "max_pool2d",
    .summary = "maximum over a sliding window",
    .quant = QuantRule::SameAsData,
    .integer = IntegerForm::Clamps,
    .codec = kCodec<Pool2dAttrs>,
    .infer = &infer_pool,
};

}  // namespace netfit::ir
