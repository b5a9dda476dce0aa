// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "formats/ncnn/layer_readers.h"

namespace netfit::formats::ncnn {

using ir::ValueId;

// Boxes of every size and aspect ratio at every pixel, and their variances (ncnn's src/layer/priorbox.cpp).
ReadResult read_prior_box(Importer& importer, const LayerView& view) {
  const Params& params = view.params();
  const ValueId x = view.inputs[0];
  if (importer.blob_rank(x) != 3) {
    return bad_input(fmt::format("reads shape {}, which is no image", to_string(importer.shape(x))));
  }
  const auto small = std::ssize(params.numbers(0));
  const auto large = std::ssize(params.numbers(1));
  const bool flips = NETFIT_TRY(params.whole(7, 1)) != 0;
  const std::int64_t ratios = std::ssize(params.numbers(2)) * (flips ? 2 : 1);
  const std::int64_t boxes = small * (1 + ratios) + large;
  if (boxes < 1) return bad_input("states no size of boxes (arrays 0 and 1)");
  const Shape pixels = NETFIT_TRY(Shape::create(Dims{importer.shape(x)[1], importer.shape(x)[2], boxes}));
  return importer.add({kind_of(view), {1, 2, 4 * pixels.element_count()}}, view.inputs, view.result());
}

// What is found depends on the image. DetectionOutput keeps at most parameter 3; the others are not limited, and get
// the same number.
ReadResult read_detections(Importer& importer, const LayerView& view) {
  constexpr std::int64_t kUsual = 100;
  constexpr std::int64_t kColumns = 6;  // class, score, box
  const bool limited = view.layer.type == "DetectionOutput";
  const std::int64_t most = limited ? NETFIT_TRY(view.params().within(3, kUsual, 1, 1 << 20)) : kUsual;
  return importer.add({kind_of(view), {1, most, kColumns}}, view.inputs, view.result());
}

}  // namespace netfit::formats::ncnn
