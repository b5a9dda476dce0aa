// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/layer_rows.h"

#include <algorithm>

#include "ir/ops/conv.h"
#include "passes/layer_channels.h"

namespace netfit::quant {

std::vector<Bundle> bundles_of(const ir::NodeView& layer) {
  const Shape& weights = layer.input(1).shape;
  const auto outputs = static_cast<std::size_t>(weights[ir::output_channel_axis(layer.op())]);
  const auto channels = static_cast<std::size_t>(layer.input(0).shape.dim(-1));
  std::size_t groups = 1;
  if (&layer.op() == &ir::kConv2d) groups = static_cast<std::size_t>(ir::conv_groups(layer));
  if (&layer.op() == &ir::kDepthwiseConv2d) groups = channels;
  const std::size_t taps = &layer.op() == &ir::kFullyConnected ? 1 : static_cast<std::size_t>(weights[1] * weights[2]);
  const std::size_t inside = channels / groups;
  std::vector<Bundle> bundles(groups);
  for (std::size_t group = 0; group < groups; ++group) {
    for (std::size_t i = 0; i < outputs / groups; ++i) bundles[group].outputs.push_back(group * (outputs / groups) + i);
    for (std::size_t tap = 0; tap < taps; ++tap) {
      for (std::size_t i = 0; i < inside; ++i) bundles[group].columns.push_back(tap * channels + group * inside + i);
    }
  }
  return bundles;
}

std::vector<std::vector<std::size_t>> weight_places(const ir::NodeView& layer) {
  const Shape& weights = layer.input(1).shape;
  std::vector<std::vector<std::size_t>> places(static_cast<std::size_t>(weights[ir::output_channel_axis(layer.op())]));
  for (std::size_t i = 0; i < static_cast<std::size_t>(weights.element_count()); ++i) {
    places[passes::channels_of(layer, i).output].push_back(i);
  }
  return places;
}

// A fully_connected is a convolution of one tap over an image of one line.
RowReader::RowReader(const ir::NodeView& layer, const std::vector<std::size_t>& columns)
    : channels_(layer.input(0).shape.dim(-1)),
      places_(layer.output().shape.element_count() / layer.output().shape.dim(-1)),
      width_(places_),
      result_width_(places_) {
  const bool windowed = layer.node().attrs.holds<ir::Conv2dAttrs>();
  const ir::Conv2dAttrs attrs = windowed ? layer.attrs<ir::Conv2dAttrs>() : ir::Conv2dAttrs{};
  std::int64_t taps_across = 1;
  if (windowed) {
    height_ = layer.input(0).shape[1];
    width_ = layer.input(0).shape[2];
    result_width_ = layer.output().shape[2];
    stride_ = attrs.stride;
    taps_across = layer.input(1).shape[2];
  }
  for (const std::size_t column : columns) {
    const std::int64_t tap = static_cast<std::int64_t>(column) / channels_;
    columns_.push_back({.y = tap / taps_across * attrs.dilation.height - attrs.padding.top,
                        .x = tap % taps_across * attrs.dilation.width - attrs.padding.left,
                        .channel = static_cast<std::int64_t>(column) % channels_});
    const Column& added = columns_.back();
    offsets_.push_back((added.y * width_ + added.x) * channels_ + added.channel);
    if (columns_.size() == 1) least_ = most_ = added;
    least_ = {std::min(least_.y, added.y), std::min(least_.x, added.x), 0};
    most_ = {std::max(most_.y, added.y), std::max(most_.x, added.x), 0};
  }
}

void RowReader::read(const float* sample, std::int64_t place, float* row) const {
  const std::int64_t top = place / result_width_ * stride_.height;
  const std::int64_t left = place % result_width_ * stride_.width;
  const bool all_inside =
      top + least_.y >= 0 && left + least_.x >= 0 && top + most_.y < height_ && left + most_.x < width_;
  if (all_inside) {
    const float* first = sample + (top * width_ + left) * channels_;
    for (const std::int64_t offset : offsets_) *row++ = first[offset];
    return;
  }
  for (const Column& column : columns_) {
    const std::int64_t y = top + column.y;
    const std::int64_t x = left + column.x;
    const bool inside = y >= 0 && y < height_ && x >= 0 && x < width_;
    *row++ = inside ? sample[(y * width_ + x) * channels_ + column.channel] : 0.0F;
  }
}

}  // namespace netfit::quant
