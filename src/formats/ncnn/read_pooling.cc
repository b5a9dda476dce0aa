// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "formats/ncnn/layer_readers.h"
#include "ir/ops/pool.h"
#include "ir/ops/reduce.h"

namespace netfit::formats::ncnn {
namespace {

using ir::ValueId;

// Pad modes of parameter 5. Full: the last window may reach over the end, so that no pixel is left out.
constexpr std::int64_t kFull = 0;
constexpr std::int64_t kSameUpper = 2;
constexpr std::int64_t kSameLower = 3;

// Pixels added before and behind along one axis.
struct Pads {
  std::int64_t before;
  std::int64_t behind;
};

Pads resolve(Pads stated, std::int64_t mode, std::int64_t in, std::int64_t window, std::int64_t stride) {
  if (mode == kSameUpper || mode == kSameLower) {
    const std::int64_t total = std::max<std::int64_t>(window + (in - 1) / stride * stride - in, 0);
    const std::int64_t small = total / 2;
    return mode == kSameUpper ? Pads{small, total - small} : Pads{total - small, small};
  }
  if (mode != kFull) return stated;
  const std::int64_t rest = in + stated.before + stated.behind - window;
  const std::int64_t tail = rest > 0 ? rest % stride : 0;
  if (tail != 0) stated.behind += stride - tail;
  return stated;
}

// ncnn drops the image: the result is (c), and a mean over it is our mean.
ReadResult read_global(Importer& importer, const LayerView& view, bool average) {
  const ValueId x = view.inputs[0];
  if (average) return importer.add(ir::kMean, {x}, ir::Attrs::of(ir::ReduceAttrs{{1, 2}, false}), view.result());
  return importer.add({"global_max_pooling", {1, importer.shape(x)[3]}}, {x}, view.result());
}

}  // namespace

ReadResult read_pooling(Importer& importer, const LayerView& view) {
  const Params& params = view.params();
  const ValueId x = view.inputs[0];
  const bool average = NETFIT_TRY(params.within(0, 0, 0, 1)) == 1;
  if (importer.blob_rank(x) != 3) {
    return bad_input(fmt::format("reads shape {}, which is no image", to_string(importer.shape(x))));
  }
  if (NETFIT_TRY(params.whole(4, 0)) != 0) return read_global(importer, view, average);
  const Shape shape = importer.shape(x);
  if (NETFIT_TRY(params.whole(7, 0)) != 0) {
    const std::int64_t width = NETFIT_TRY(params.within(8, 0, 1, shape[2]));
    const std::int64_t height = NETFIT_TRY(params.within(18, width, 1, shape[1]));
    return importer.add({"adaptive_pooling", {1, height, width, shape[3]}}, {x}, view.result());
  }
  // Stride and pads have other numbers than those of convolutions.
  constexpr std::int64_t kMost = std::int64_t{1} << 20;
  const std::int64_t kw = NETFIT_TRY(params.within(1, 0, 1, kMost));
  const std::int64_t kh = NETFIT_TRY(params.within(11, kw, 1, kMost));
  const std::int64_t sw = NETFIT_TRY(params.within(2, 1, 1, kMost));
  const std::int64_t sh = NETFIT_TRY(params.within(12, sw, 1, kMost));
  const std::int64_t left = NETFIT_TRY(params.within(3, 0, 0, kMost));
  const std::int64_t top = NETFIT_TRY(params.within(13, left, 0, kMost));
  const std::int64_t right = NETFIT_TRY(params.within(14, left, 0, kMost));
  const std::int64_t bottom = NETFIT_TRY(params.within(15, top, 0, kMost));
  const std::int64_t mode = NETFIT_TRY(params.within(5, 0, 0, 3));
  const Pads rows = resolve({top, bottom}, mode, shape[1], kh, sh);
  const Pads columns = resolve({left, right}, mode, shape[2], kw, sw);
  const ir::Pool2dAttrs attrs{
      .window = {kh, kw}, .stride = {sh, sw}, .padding = {rows.before, rows.behind, columns.before, columns.behind}};
  return importer.add(average ? ir::kAveragePool2d : ir::kMaxPool2d, {x}, ir::Attrs::of(attrs), view.result());
}

}  // namespace netfit::formats::ncnn
