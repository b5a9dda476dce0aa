// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "ir/op_spec.h"

namespace netfit::quant {

/// Output channels of a layer that read the same data: all of them, or those of one group.
struct Bundle {
  std::vector<std::size_t> outputs;
  std::vector<std::size_t> columns;  ///< of a row of RowReader, in the order of one channel's weights
};

/// One bundle for each group of channels; a depthwise_conv2d has one for each channel of its data.
std::vector<Bundle> bundles_of(const ir::NodeView& layer);

/// For each output channel, where its weights lie in the tensor, in the order of its bundle's columns.
std::vector<std::vector<std::size_t>> weight_places(const ir::NodeView& layer);

/// What the weights of an output channel meet at one place of a layer's result: pixels under the window, padding as
/// zeros.
class RowReader {
 public:
  /// Reads `columns`, counted through the channels of each tap in turn.
  RowReader(const ir::NodeView& layer, const std::vector<std::size_t>& columns);

  std::int64_t places() const { return places_; }  ///< of one sample's result
  void read(const float* sample, std::int64_t place, float* row) const;

 private:
  struct Column {
    std::int64_t y;
    std::int64_t x;
    std::int64_t channel;
  };
  std::vector<Column> columns_;
  std::vector<std::int64_t> offsets_;  ///< of the columns from the place's first pixel
  Column least_{};
  Column most_{};
  std::int64_t channels_;
  std::int64_t places_;
  std::int64_t height_ = 1;  ///< of the data
  std::int64_t width_;
  std::int64_t result_width_;
  ir::Extent2d stride_{1, 1};
};

}  // namespace netfit::quant
