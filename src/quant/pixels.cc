// SPDX-License-Identifier: Apache-2.0
//
// value = (pixel * scale - mean) / std is a batch norm: the rewriting puts one between the pixels and each layer, and
// the pass fold-batch-norm merges it into the layer behind, which by then pads nothing.

#include "quant/pixels.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "ir/ops/conv.h"
#include "ir/ops/normalization.h"
#include "ir/ops/shape.h"
#include "passes/fold_batch_norm.h"
#include "passes/layer_channels.h"
#include "passes/wiring.h"

namespace netfit::quant {
namespace {

using ir::NodeId;
using ir::ValueId;
using passes::Wiring;

constexpr Range kPixels{0.0F, 255.0F};

std::vector<float> for_every_channel(const std::vector<float>& figures, std::int64_t channels) {
  return figures.size() == 1 ? std::vector<float>(static_cast<std::size_t>(channels), figures[0]) : figures;
}

// The pixel value whose preprocessed value is nearest to zero, on average over the channels.
float padding_pixel(const ir::Preprocessing& record) {
  const double sum = std::accumulate(record.mean.begin(), record.mean.end(), 0.0);
  const double mean = sum / static_cast<double>(record.mean.size()) / static_cast<double>(record.scale);
  return static_cast<float>(std::round(std::clamp(mean, 0.0, 255.0)));
}

void check_reader(const ir::NodeView& reader, ValueId input, Diagnostics& faults) {
  const bool takes_pixels = passes::is_layer(reader.op()) && reader.node().inputs[0] == input &&
                            std::ranges::count(reader.node().inputs, input) == 1;
  if (takes_pixels) return;
  faults.error(describe(reader),
               fmt::format("reads the input '{}', but has no weights that could take its mean and standard deviation",
                           base::printable(reader.graph().value(input).name)));
}

// Padding is of pixels, not of what they become.
ValueId pad_pixels(Wiring& wiring, NodeId layer, ValueId pixels, float value) {
  ir::Graph& graph = wiring.graph();
  if (!graph.node(layer).attrs.holds<ir::Conv2dAttrs>()) return pixels;
  auto attrs = graph.node(layer).attrs.as<ir::Conv2dAttrs>();
  const ir::Padding2d padding = attrs.padding;
  if (padding.none()) return pixels;
  attrs.padding = {};
  graph.node(layer).attrs = ir::Attrs::of(std::move(attrs));
  const std::string name = graph.value(pixels).name + "_padded";
  const Shape shape = graph.value(pixels).shape;
  const Shape padded{shape[0], shape[1] + padding.top + padding.bottom, shape[2] + padding.left + padding.right,
                     shape[3]};
  const ValueId result = graph.add_value({.name = name, .dtype = DType::Float32, .shape = padded});
  wiring.insert(layer, {.name = name,
                        .op = &ir::kPad,
                        .attrs = ir::Attrs::of(ir::PadAttrs{.before = {0, padding.top, padding.left, 0},
                                                            .after = {0, padding.bottom, padding.right, 0},
                                                            .value = value}),
                        .inputs = {pixels},
                        .outputs = {result}});
  return result;
}

// The pixel value of every channel that becomes zero.
std::vector<float> centre_of(const ir::Preprocessing& record, std::int64_t channels) {
  std::vector<float> centre = for_every_channel(record.mean, channels);
  for (float& pixel : centre) pixel /= record.scale;
  return centre;
}

void preprocess_before(Wiring& wiring, NodeId layer, ValueId pixels, const ir::Preprocessing& record) {
  ir::Graph& graph = wiring.graph();
  const Shape shape = graph.value(pixels).shape;
  const std::int64_t channels = shape.dim(-1);
  const std::vector<float> mean = centre_of(record, channels);
  std::vector<float> factor;
  for (const float deviation : for_every_channel(record.std, channels)) factor.push_back(record.scale / deviation);
  const auto constant = [&](const std::vector<float>& elements) {
    return wiring.add_constant("preprocessing", Tensor::from(Shape{channels}, elements));
  };
  const std::vector<float> zeros(factor.size(), 0.0F);
  const std::vector<float> ones(factor.size(), 1.0F);
  const ValueId result = graph.add_value({.name = "preprocessed", .dtype = DType::Float32, .shape = shape});
  wiring.insert(layer, {.name = "preprocessing",
                        .op = &ir::kBatchNorm,
                        .attrs = ir::Attrs::of(ir::BatchNormAttrs{.epsilon = 0.0F}),
                        .inputs = {pixels, constant(factor), constant(zeros), constant(mean), constant(ones)},
                        .outputs = {result}});
  wiring.set_input(layer, 0, result);
}

Result<void> check_inputs(const ir::Graph& graph, const Wiring& wiring) {
  Diagnostics faults;
  for (const ir::GraphInput& input : graph.inputs) {
    const ir::Value& value = graph.value(input.value);
    const std::string where = fmt::format("input '{}'", base::printable(value.name));
    if (!input.preprocessing) {
      faults.error(where, "has no preprocessing record, which int8-pixels moves into the first convolution");
    } else if (input.preprocessing->scale == 0.0F) {
      faults.error(where, "its preprocessing record has scale 0");
    }
    if (wiring.is_output(input.value)) faults.error(where, "is an output as well");
    for (const NodeId id : wiring.readers(input.value)) {
      check_reader(ir::NodeView(graph, graph.node(id)), input.value, faults);
    }
  }
  return faults.result();
}

}  // namespace

Result<Centres> take_pixels(ir::Graph& graph, Ranges& ranges) {
  Centres centres;
  Wiring wiring(graph);
  NETFIT_TRY(check_inputs(graph, wiring));
  for (ir::GraphInput& input : graph.inputs) {
    const ir::Preprocessing record = *input.preprocessing;
    for (const NodeId layer : std::vector<NodeId>(wiring.readers(input.value))) {
      const ValueId padded = pad_pixels(wiring, layer, input.value, padding_pixel(record));
      ranges[padded] = kPixels;
      preprocess_before(wiring, layer, padded, record);
      centres[layer] = centre_of(record, graph.value(input.value).shape.dim(-1));
    }
    ranges[input.value] = kPixels;
    input.preprocessing = ir::Preprocessing{.order = record.order};
  }
  NETFIT_TRY(passes::fold_batch_norm(graph));
  return centres;
}

}  // namespace netfit::quant
