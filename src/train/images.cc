// SPDX-License-Identifier: Apache-2.0
#include "train/images.h"

#include "train/parameters.h"

namespace netfit::train {
namespace {

at::Tensor channel_values(const std::vector<float>& values, at::Device device) {
  return at::tensor(values, at::kFloat).to(device);
}

}  // namespace

Images::Images(const data::Dataset& dataset, std::int64_t frame, at::Device device)
    : frame_(frame), height_(dataset.samples.shape()[1]), width_(dataset.samples.shape()[2]) {
  NETFIT_CHECK(dataset.images && dataset.labelled());
  const at::Tensor pixels = to_torch(dataset.samples, device);
  pixels_ = at::constant_pad_nd(pixels, {0, 0, frame, frame, frame, frame}, 0);
  labels_ = at::tensor(dataset.labels, at::kLong).to(device);
}

at::Tensor Images::plain(const at::Tensor& indices) const {
  return pixels_.index_select(0, indices).slice(1, frame_, frame_ + height_).slice(2, frame_, frame_ + width_);
}

at::Tensor Images::cropped(const at::Tensor& indices, bool flip) const {
  const std::int64_t count = indices.size(0);
  const auto whole = indices.options();
  const at::Tensor offsets = at::randint(2 * frame_ + 1, {2, count, 1}, whole);
  const at::Tensor rows = offsets[0] + at::arange(height_, whole);
  at::Tensor columns = at::arange(width_, whole).expand({count, width_});
  if (flip) {
    const at::Tensor mirrored = at::randint(2, {count, 1}, whole);
    columns = columns + mirrored * (width_ - 1 - 2 * columns);
  }
  return gather(indices, rows, offsets[1] + columns);
}

at::Tensor Images::gather(const at::Tensor& indices, const at::Tensor& rows, const at::Tensor& columns) const {
  return pixels_.index({indices.view({-1, 1, 1}), rows.unsqueeze(2), columns.unsqueeze(1)});
}

at::Tensor normalize(const at::Tensor& pixels, const ir::Preprocessing& preprocessing) {
  const at::Tensor mean = channel_values(preprocessing.mean, pixels.device());
  const at::Tensor deviation = channel_values(preprocessing.std, pixels.device());
  return (pixels.to(at::kFloat) * preprocessing.scale - mean) / deviation;
}

}  // namespace netfit::train
