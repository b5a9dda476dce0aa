// SPDX-License-Identifier: Apache-2.0
// Layers whose result is a part of their input, or the input at another size.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "formats/ncnn/layer_readers.h"

namespace netfit::formats::ncnn {
namespace {

using ir::ValueId;

/// In a list of sizes: an equal share of what the others leave. As an end: that of the input.
constexpr std::int64_t kRest = -233;

// The sizes that a Slice states, with shares resolved; they must add up to `extent`.
Result<std::vector<std::int64_t>> slice_sizes(const LayerView& view, std::int64_t extent) {
  std::vector<std::int64_t> sizes = NETFIT_TRY(view.params().wholes(0));
  if (sizes.size() != view.layer.outputs.size()) {
    return bad_input(fmt::format("has {} sizes for {} results", sizes.size(), view.layer.outputs.size()));
  }
  std::int64_t left = extent;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == kRest) sizes[i] = left / static_cast<std::int64_t>(sizes.size() - i);
    if (sizes[i] < 1 || sizes[i] > left) {
      return bad_input(fmt::format("size {} is not in [1, {}], what is left of {}", sizes[i], left, extent));
    }
    left -= sizes[i];
  }
  if (left == 0) return sizes;
  return bad_input(fmt::format("the sizes leave {} of {}", left, extent));
}

// Parameters 9 to 11: begin and end along some axes, from the end where negative.
Result<Dims> crop_by_lists(const Importer& importer, const LayerView& view) {
  const ValueId x = view.inputs[0];
  const std::vector<std::int64_t> starts = NETFIT_TRY(view.params().wholes(9));
  const std::vector<std::int64_t> ends = NETFIT_TRY(view.params().wholes(10));
  std::vector<std::int64_t> axes = NETFIT_TRY(view.params().wholes(11));
  for (std::int64_t i = 0; axes.size() < starts.size() && !view.params().has(11); ++i) axes.push_back(i);
  if (ends.size() != starts.size() || axes.size() != starts.size()) {
    return bad_input(fmt::format("has {} starts, {} ends and {} axes", starts.size(), ends.size(), axes.size()));
  }
  Dims dims = importer.dims(x);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(NETFIT_TRY(importer.axis(x, axes[i])));
    const std::int64_t extent = importer.shape(x)[static_cast<int>(axis)];
    const std::int64_t start = starts[i] == kRest ? 0 : starts[i] < 0 ? starts[i] + extent : starts[i];
    const std::int64_t end = ends[i] == kRest ? extent : std::min(ends[i] < 0 ? ends[i] + extent : ends[i], extent);
    if (start < 0 || start >= end) {
      return bad_input(fmt::format("begins at {} and ends at {} of {}", starts[i], ends[i], extent));
    }
    dims[axis] = end - start;
  }
  return dims;
}

// Parameters 0 to 8: offsets before, sizes, and offsets behind of width, height and channels.
Result<Dims> crop_by_offsets(const Importer& importer, const LayerView& view) {
  const Params& params = view.params();
  const ValueId x = view.inputs[0];
  const int rank = importer.blob_rank(x);
  Dims dims = importer.dims(x);
  for (int i = 0; i < rank; ++i) {
    // Width is the last axis but for images, whose channels are.
    const int axis = rank == 3 ? (i == 2 ? 3 : 2 - i) : rank - i;
    std::int64_t& extent = dims[static_cast<std::size_t>(axis)];
    const std::int64_t before = NETFIT_TRY(params.within(i, 0, 0, extent));
    const std::int64_t size = NETFIT_TRY(params.within(3 + i, 0, kRest, tensor::kMaxElements));
    const std::int64_t behind = NETFIT_TRY(params.within(6 + i, 0, 0, extent));
    const std::int64_t rest = extent - before - behind;
    extent = size > 0 ? std::min(size, rest) : rest;
    if (extent < 1) return bad_input("nothing is left of the input");
  }
  return dims;
}

}  // namespace

Result<std::vector<ValueId>> read_slice(Importer& importer, const LayerView& view) {
  const ValueId x = view.inputs[0];
  const std::int64_t stated = NETFIT_TRY(view.params().whole(1, 0));
  const auto axis = static_cast<int>(NETFIT_TRY(importer.axis(x, stated)));
  const std::vector<std::int64_t> sizes = NETFIT_TRY(slice_sizes(view, importer.shape(x)[axis]));
  std::vector<ValueId> results;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    Dims dims = importer.dims(x);
    dims[static_cast<std::size_t>(axis)] = sizes[i];
    results.push_back(NETFIT_TRY(importer.add({kind_of(view), std::move(dims)}, {x}, view.layer.outputs[i])));
  }
  return results;
}

ReadResult read_crop(Importer& importer, const LayerView& view) {
  const ValueId x = view.inputs[0];
  if (view.inputs.size() == 2) {
    // The second input says how large the result is, not what it holds.
    const ValueId pattern = view.inputs[1];
    if (importer.blob_rank(x) != 3 || importer.blob_rank(pattern) != 3) return bad_input("crops no image");
    Dims dims = importer.dims(x);
    dims[1] = importer.shape(pattern)[1];
    dims[2] = importer.shape(pattern)[2];
    return importer.add({kind_of(view), std::move(dims)}, view.inputs, view.result());
  }
  Dims dims = NETFIT_TRY(view.params().has(9) ? crop_by_lists(importer, view) : crop_by_offsets(importer, view));
  return importer.add({kind_of(view), std::move(dims)}, {x}, view.result());
}

ReadResult read_interp(Importer& importer, const LayerView& view) {
  constexpr std::array<std::string_view, 4> kKinds{"resize", "resize_nearest", "resize_bilinear", "resize_bicubic"};
  const Params& params = view.params();
  const ValueId x = view.inputs[0];
  const std::string kind(kKinds[static_cast<std::size_t>(NETFIT_TRY(params.within(0, 0, 0, 3)))]);
  const bool flat = importer.blob_rank(x) == 1;
  if (!flat && importer.blob_rank(x) != 3) return bad_input("resizes no image");
  Dims dims = flat ? Dims{1, 1, 1, importer.shape(x)[1]} : importer.dims(x);
  if (view.inputs.size() == 2) {
    if (importer.blob_rank(view.inputs[1]) != 3) return bad_input("resizes to the size of no image");
    dims[1] = importer.shape(view.inputs[1])[1];
    dims[2] = importer.shape(view.inputs[1])[2];
    return importer.add({kind, std::move(dims)}, view.inputs, view.result());
  }
  for (int i = 0; i < 2; ++i) {
    std::int64_t& extent = dims[static_cast<std::size_t>(1 + i)];
    const double scaled = std::floor(static_cast<double>(extent) * params.number(1 + i, 1));
    const std::int64_t size = NETFIT_TRY(params.within(3 + i, 0, 0, tensor::kMaxElements));
    if (size == 0 && !(scaled >= 1 && scaled <= static_cast<double>(tensor::kMaxElements))) {
      return bad_input(fmt::format("parameter {} scales {} pixels to {}", 1 + i, extent, scaled));
    }
    extent = size > 0 ? size : static_cast<std::int64_t>(scaled);
  }
  return importer.add({kind, std::move(dims)}, {x}, view.result());
}

}  // namespace netfit::formats::ncnn
