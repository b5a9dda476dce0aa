// SPDX-License-Identifier: Apache-2.0
// Converters write the shape that a Reshape or Flatten needs as arithmetic on the shape of its input, because the batch
// may change at run time: SHAPE, then STRIDED_SLICE for the batch, then PACK with the other extents. Here every shape
// is known, so such operators are computed at import and leave no node. All values are short lists of integers.
#include <algorithm>

#include <fmt/format.h>

#include "formats/tflite/operators.h"

namespace netfit::formats::tflite {
namespace {

Tensor list_of(DType dtype, const std::vector<std::int64_t>& elements, Shape shape) {
  if (dtype == DType::Int64) return Tensor::from(std::move(shape), elements);
  std::vector<std::int32_t> narrow;
  for (const std::int64_t element : elements) narrow.push_back(static_cast<std::int32_t>(element));
  return Tensor::from(std::move(shape), narrow);
}

Tensor list_of(DType dtype, const std::vector<std::int64_t>& elements) {
  return list_of(dtype, elements, Shape{std::ssize(elements)});
}

// Begin or end of a slice as an index into `extent` elements; counts from the end when negative.
std::int64_t clamp_index(std::int64_t index, std::int64_t extent, std::int64_t least, std::int64_t most) {
  return std::clamp(index < 0 ? index + extent : index, least, most);
}

struct Slice {
  std::int64_t begin;
  std::int64_t end;
  std::int64_t stride;
};

Result<Slice> read_slice(OpReader& reader, const schema::StridedSliceOptions& options, std::int64_t extent) {
  const std::vector<std::int64_t> begin = NETFIT_TRY(reader.integers(1, "the begin"));
  const std::vector<std::int64_t> end = NETFIT_TRY(reader.integers(2, "the end"));
  const std::vector<std::int64_t> stride = NETFIT_TRY(reader.integers(3, "the stride"));
  if (begin.size() != 1 || end.size() != 1 || stride.size() != 1) {
    return bad_input("a slice of a shape takes one begin, end and stride");
  }
  if (stride[0] == 0 || stride[0] < INT32_MIN || stride[0] > INT32_MAX) {
    return bad_input(fmt::format("the stride {} is 0 or huge", stride[0]));
  }
  const bool forward = stride[0] > 0;
  const std::int64_t least = forward ? 0 : -1;
  const std::int64_t most = forward ? extent : extent - 1;
  Slice slice{clamp_index(begin[0], extent, least, most), clamp_index(end[0], extent, least, most), stride[0]};
  if ((options.begin_mask() & 1) != 0) slice.begin = forward ? 0 : extent - 1;
  if ((options.end_mask() & 1) != 0) slice.end = forward ? extent : -1;
  if (options.offset()) return bad_input("an end relative to the begin is not supported");
  return slice;
}

}  // namespace

Result<void> fold_shape(OpReader& reader) {
  NETFIT_TRY(reader.expect_inputs(1, 1));
  const ir::ValueId data = NETFIT_TRY(reader.input(0));
  const std::span<const std::int64_t> dims = reader.shape(data).dims();
  const DType dtype = NETFIT_TRY(reader.import().dtype(reader.output_index()));
  return reader.fold(list_of(dtype, {dims.begin(), dims.end()}));
}

Result<void> fold_strided_slice(OpReader& reader) {
  NETFIT_TRY(reader.expect_inputs(4, 4));
  const auto* options = NETFIT_TRY(reader.options<schema::StridedSliceOptions>());
  const Tensor source = NETFIT_TRY(reader.constant(0, "the sliced tensor (slices of activations are not supported)"));
  const std::vector<std::int64_t> list = NETFIT_TRY(reader.integers(0, "the sliced tensor"));
  if (source.shape().rank() != 1 || options->ellipsis_mask() != 0 || options->new_axis_mask() != 0) {
    return bad_input("only plain slices of shapes are supported");
  }
  const Slice slice = NETFIT_TRY(read_slice(reader, *options, std::ssize(list)));
  std::vector<std::int64_t> picked;
  for (std::int64_t i = slice.begin; slice.stride > 0 ? i < slice.end : i > slice.end; i += slice.stride) {
    picked.push_back(list[static_cast<std::size_t>(i)]);
  }
  if ((options->shrink_axis_mask() & 1) == 0) return reader.fold(list_of(source.dtype(), picked));
  if (picked.empty()) return bad_input("the slice has no element");
  picked.resize(1);
  return reader.fold(list_of(source.dtype(), picked, Shape{}));
}

Result<void> fold_pack(OpReader& reader) {
  NETFIT_TRY(reader.expect_inputs(1, tensor::kMaxRank));
  std::vector<std::int64_t> packed;
  DType dtype = DType::Int32;
  for (std::size_t i = 0; i < reader.input_count(); ++i) {
    const Tensor element = NETFIT_TRY(reader.constant(i, "a packed element (packs of activations are not supported)"));
    const std::vector<std::int64_t> number = NETFIT_TRY(reader.integers(i, "a packed element"));
    if (number.size() != 1 || element.shape().rank() != 0) return bad_input("only packs of numbers are supported");
    packed.push_back(number[0]);
    dtype = element.dtype();
  }
  return reader.fold(list_of(dtype, packed));
}

Result<void> fold_concatenation(OpReader& reader) {
  std::vector<std::int64_t> joined;
  DType dtype = DType::Int32;
  for (std::size_t i = 0; i < reader.input_count(); ++i) {
    const Tensor part = NETFIT_TRY(reader.constant(i, "a joined list"));
    const std::vector<std::int64_t> list = NETFIT_TRY(reader.integers(i, "a joined list"));
    if (part.shape().rank() != 1) return bad_input("only lists of integers are joined at import");
    joined.insert(joined.end(), list.begin(), list.end());
    dtype = part.dtype();
    if (joined.size() > tensor::kMaxRank) return bad_input("a shape has more elements than a tensor may have axes");
  }
  return reader.fold(list_of(dtype, joined));
}

}  // namespace netfit::formats::tflite
