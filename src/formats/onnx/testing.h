// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

#include "formats/onnx/onnx.h"
#include "support/graph_text.h"

// Small graphs and their files, for the tests of this folder.
namespace netfit::formats::onnx {

/// The file of the graph that a text describes.
inline base::Bytes written(std::string_view text) {
  Result<base::Bytes> bytes = write(support::graph_of(text));
  if (!bytes) throw std::invalid_argument(bytes.error().text());
  return std::move(*bytes);
}

/// What the file of a graph is read as.
inline ir::Graph reread(std::string_view text) {
  Result<ir::Graph> graph = read(written(text));
  if (!graph) throw std::invalid_argument(graph.error().text());
  return std::move(*graph);
}

inline constexpr const char* kFloatText = R"(
  graph main(%x: f32[1,4,4,2] layout=channels_first) -> (%y) {
    preprocess %x scale=0.25 mean=[1, 2] std=[0.5, 0.25]
    class_names ["cat", "dog", "eel"]
    const @w: f32[3,3,3,2] = fill(0.5)
    const @b: f32[3] = [1, -1, 0.25]
    %c = conv2d(%x, @w, @b) padding=1,1,1,1 activation=relu6
    %p = max_pool2d(%c) window=2x2 stride=2x2
    %m = mean(%p) axes=[1,2]
    %y = softmax(%m)
  })";

inline constexpr const char* kInt8Text = R"(
  graph main(%x: f32[1,4,4,2] layout=channels_first) -> (%y) {
    const @w: i8[3,3,3,2] q(axis=0, [0.5, 0.25, 0.125]) = fill(7)
    const @b: i32[3] q(axis=0, [0.05, 0.025, 0.0125]) = [10, -10, 25]
    %q: i8[1,4,4,2] q(0.1, -3) = requantize(%x) to=i8
    %c: i8[1,4,4,3] q(0.0234375, -128) = conv2d(%q, @w, @b) padding=1,1,1,1 activation=relu6
    %m: i8[1,3] q(0.02, -128) = mean(%c) axes=[1,2]
    %y = requantize(%m)
  })";

inline constexpr const char* kInt4Text = R"(
  graph main(%x: f32[1,4,4,2] layout=channels_first) -> (%y) {
    const @w: i4[3,1,1,2] q(axis=0, [0.5, 0.25, 0.125]) = [1, -2, 3, -4, 5, -6]
    const @b: i32[3] q(axis=0, [0.05, 0.025, 0.0125]) = [10, -10, 25]
    %q: i8[1,4,4,2] q(0.1, -3) = requantize(%x) to=i8
    %c: i8[1,4,4,3] q(0.0234375, -128) = conv2d(%q, @w, @b) activation=relu6
    %y = requantize(%c)
  })";

inline constexpr const char* kInt16Text = R"(
  graph main(%x: f32[1,4,4,2] layout=channels_first) -> (%y) {
    const @w: i8[3,3,3,2] q(axis=0, [0.5, 0.25, 0.125]) = fill(7)
    const @b: i64[3] q(axis=0, [0.0005, 0.00025, 0.000125]) = [100000, -10, 25]
    %q: i16[1,4,4,2] q(0.001) = requantize(%x) to=i16
    %c: i16[1,4,4,3] q(0.0002) = conv2d(%q, @w, @b) padding=1,1,1,1 activation=relu6
    %m: i16[1,3] q(0.0002) = mean(%c) axes=[1,2]
    %y = requantize(%m)
  })";

}  // namespace netfit::formats::onnx
