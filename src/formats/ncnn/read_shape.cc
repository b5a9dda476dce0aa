// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "formats/ncnn/layer_readers.h"
#include "ir/ops/reduce.h"
#include "ir/ops/shape.h"

namespace netfit::formats::ncnn {
namespace {

using ir::ValueId;

/// "This dimension does not exist", and where a padding is meant, "computed".
constexpr std::int64_t kDropped = -233;

}  // namespace

ReadResult read_concat(Importer& importer, const LayerView& view) {
  const std::int64_t stated = NETFIT_TRY(view.params().whole(0, 0));
  const std::int64_t axis = NETFIT_TRY(importer.axis(view.inputs[0], stated));
  return importer.add(ir::kConcat, view.inputs, ir::Attrs::of(ir::ConcatAttrs{axis}), view.result());
}

ReadResult read_flatten(Importer& importer, const LayerView& view) {
  const ValueId x = view.inputs[0];
  if (importer.blob_rank(x) == 1) return x;
  return importer.add(ir::kReshape, {x}, ir::Attrs::of(ir::ReshapeAttrs{{1, importer.shape(x).element_count()}}),
                      view.result());
}

// Each of width, height and channels: -233 is absent, 0 stands for the input's, -1 for what remains.
ReadResult read_reshape(Importer& importer, const LayerView& view) {
  const Params& params = view.params();
  const ValueId x = view.inputs[0];
  const Shape shape = importer.shape(x);
  const int rank = importer.blob_rank(x);
  if (NETFIT_TRY(params.whole(11, kDropped)) != kDropped) return bad_input("shapes with depth (11) are not supported");
  const std::array<std::int64_t, 3> own{rank == 3 ? shape[2] : shape.dim(-1), rank == 1 ? 1 : shape[1],
                                        rank == 3 ? shape[3] : 1};
  std::array<std::int64_t, 3> wanted{};
  std::int64_t known = 1;
  int open = -1;
  for (int i = 0; i < 3; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::int64_t stated = NETFIT_TRY(params.within(i, kDropped, kDropped, tensor::kMaxElements));
    wanted[at] = stated == kDropped ? 0 : stated == 0 ? own[at] : stated;
    if (stated == -1 && open >= 0) return bad_input("two dimensions are left open (-1)");
    if (stated == -1) open = i;
    if (wanted[at] < -1) return bad_input(fmt::format("parameter {} is {} (allowed: -233, -1 or more)", i, stated));
    // Both factors are at most 2^31.
    if (wanted[at] > 0) known *= wanted[at];
    if (known > tensor::kMaxElements) return bad_input("the shape has more than 2^31 elements");
  }
  if (open >= 0) wanted[static_cast<std::size_t>(open)] = shape.element_count() / known;
  Dims dims = blob_dims(wanted[0], wanted[1], wanted[2]);
  return importer.add(ir::kReshape, {x}, ir::Attrs::of(ir::ReshapeAttrs{std::move(dims)}), view.result());
}

ReadResult read_permute(Importer& importer, const LayerView& view) {
  // Which of the input's axes become width, height and channels, by order type.
  constexpr std::array<std::string_view, 6> kOrders{"WHC", "HWC", "WCH", "CWH", "HCW", "CHW"};
  const ValueId x = view.inputs[0];
  const int rank = importer.blob_rank(x);
  const std::int64_t highest = rank == 3 ? 5 : rank == 2 ? 1 : 0;
  const std::int64_t type = NETFIT_TRY(view.params().within(0, 0, 0, highest));
  if (type == 0) return x;
  const auto axis = [](char letter) -> std::int64_t { return letter == 'H' ? 1 : letter == 'W' ? 2 : 3; };
  const std::string_view order = kOrders[static_cast<std::size_t>(type)];
  std::vector<std::int64_t> perm{0, axis(order[1]), axis(order[0])};
  if (rank == 3) perm.push_back(axis(order[2]));
  return importer.add(ir::kTranspose, {x}, ir::Attrs::of(ir::TransposeAttrs{std::move(perm)}), view.result());
}

ReadResult read_padding(Importer& importer, const LayerView& view) {
  constexpr std::int64_t kMost = std::int64_t{1} << 20;
  const Params& params = view.params();
  const ValueId x = view.inputs[0];
  const int rank = importer.blob_rank(x);
  const auto side = [&params](int id) { return params.within(id, 0, 0, kMost); };
  const std::array<std::int64_t, 3> before{NETFIT_TRY(side(0)), NETFIT_TRY(side(2)), NETFIT_TRY(side(7))};
  const std::array<std::int64_t, 3> after{NETFIT_TRY(side(1)), NETFIT_TRY(side(3)), NETFIT_TRY(side(8))};
  ir::PadAttrs attrs{.before = {0}, .after = {0}, .value = static_cast<float>(params.number(5, 0))};
  Dims dims = importer.dims(x);
  for (int axis = 1; axis <= rank; ++axis) {
    // A blob of one dimension has a width only.
    const auto at = static_cast<std::size_t>(rank == 1 ? 1 : axis - 1);
    attrs.before.push_back(before[at]);
    attrs.after.push_back(after[at]);
    dims[static_cast<std::size_t>(axis)] += before[at] + after[at];
  }
  const bool constant = NETFIT_TRY(params.within(4, 0, 0, 2)) == 0;
  if (constant) return importer.add(ir::kPad, {x}, ir::Attrs::of(std::move(attrs)), view.result());
  return importer.add({kind_of(view), std::move(dims)}, {x}, view.result());
}

ReadResult read_shuffle_channel(Importer& importer, const LayerView& view) {
  const ValueId x = view.inputs[0];
  const std::int64_t channels = importer.shape(x).dim(-1);
  const std::int64_t groups = NETFIT_TRY(view.params().within(0, 1, 1, channels));
  if (channels % groups != 0) return bad_input(fmt::format("{} groups do not divide {} channels", groups, channels));
  return importer.add({kind_of(view), importer.dims(x)}, {x}, view.result());
}

ReadResult read_reduction(Importer& importer, const LayerView& view) {
  constexpr std::int64_t kMean = 3;
  const Params& params = view.params();
  const ValueId x = view.inputs[0];
  const bool mean = NETFIT_TRY(params.within(0, 0, 0, 10)) == kMean && params.number(2, 1) == 1;
  const bool keep = NETFIT_TRY(params.whole(4, 0)) != 0;
  std::vector<std::int64_t> axes;
  if (NETFIT_TRY(params.whole(1, 1)) == 0) {
    for (const std::int64_t stated : NETFIT_TRY(params.wholes(3))) {
      axes.push_back(NETFIT_TRY(importer.axis(x, stated)));
    }
  } else {
    for (int axis = 1; axis <= importer.blob_rank(x); ++axis) axes.push_back(axis);
  }
  std::ranges::sort(axes);
  const bool all = std::ssize(axes) == importer.blob_rank(x);
  if (mean && !all) return importer.add(ir::kMean, {x}, ir::Attrs::of(ir::ReduceAttrs{axes, keep}), view.result());
  Dims dims{1};
  for (int axis = 1; axis <= importer.blob_rank(x); ++axis) {
    const bool reduced = std::ranges::find(axes, axis) != axes.end();
    if (!reduced) dims.push_back(importer.shape(x)[axis]);
    if (reduced && keep) dims.push_back(1);
  }
  // A blob has one dimension at least.
  if (dims.size() == 1) dims.push_back(1);
  return importer.add({kind_of(view), std::move(dims)}, {x}, view.result());
}

}  // namespace netfit::formats::ncnn
