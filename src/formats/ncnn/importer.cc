// SPDX-License-Identifier: Apache-2.0
#include "formats/ncnn/importer.h"

#include <array>
#include <unordered_map>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "formats/ncnn/ncnn.h"
#include "ir/ops/opaque.h"
#include "ir/uses.h"
#include "ir/verifier.h"

namespace netfit::formats::ncnn {

using ir::ValueId;

namespace {

using Blobs = std::unordered_map<std::string, ValueId>;

Result<void> check_counts(const LayerType& type, const Layer& layer) {
  const auto inputs = std::ssize(layer.inputs);
  if (inputs < type.least_inputs || inputs > type.most_inputs) {
    const std::string allowed = type.least_inputs == type.most_inputs
                                    ? fmt::format("{}", type.least_inputs)
                                    : fmt::format("{} to {}", type.least_inputs, type.most_inputs);
    return bad_input(fmt::format("has {} inputs (allowed: {})", inputs, allowed));
  }
  if (layer.outputs.size() == 1 || (type.many_results && !layer.outputs.empty())) return {};
  return bad_input(
      fmt::format("has {} results (allowed: {})", layer.outputs.size(), type.many_results ? "1 or more" : "1"));
}

Result<void> import_layer(Importer& importer, const LayerType& type, const Layer& layer, Blobs& blobs) {
  NETFIT_TRY(check_counts(type, layer));
  LayerView view{layer, {}};
  for (const std::string& name : layer.inputs) {
    const auto found = blobs.find(name);
    if (found == blobs.end()) {
      return bad_input(fmt::format("reads the blob '{}', which no earlier layer writes", base::printable(name, 60)));
    }
    view.inputs.push_back(found->second);
  }
  importer.begin_layer(layer);
  const std::vector<ValueId> results = NETFIT_TRY(type.read(importer, view));
  NETFIT_CHECK(results.size() == layer.outputs.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (blobs.emplace(layer.outputs[i], results[i]).second) continue;
    return bad_input(fmt::format("writes the blob '{}', which exists", base::printable(layer.outputs[i], 60)));
  }
  return {};
}

// Unsupported types are all told; then the first fault of a layer, as what follows it reads its results.
Result<void> check_types(const ParamFile& file) {
  constexpr std::size_t kMostFaults = 100;
  Diagnostics faults;
  for (const Layer& layer : file.layers) {
    if (find_layer_type(layer.type) != nullptr) continue;
    if (faults.faults().size() == kMostFaults) {
      faults.error("", fmt::format("more than {} layers are not supported, the rest is not shown", kMostFaults));
      break;
    }
    faults.error(layer.where(), "this type of layer is not supported");
  }
  return faults.result();
}

// What benchncnn (ncnn's benchmark program) feeds the two of its models whose files leave the size of the image open,
// by their numbers of layers and blobs: FastestDet and vision_transformer.
std::int64_t benchmark_extent(const ParamFile& file) {
  if (file.layers.size() == 127 && file.blob_count == 150) return 352;
  if (file.layers.size() == 144 && file.blob_count == 192) return 384;
  return 0;
}

}  // namespace

Result<std::int64_t> Importer::axis(ValueId id, std::int64_t ncnn_axis) const {
  const int rank = blob_rank(id);
  const std::int64_t from_front = ncnn_axis < 0 ? ncnn_axis + rank : ncnn_axis;
  if (from_front < 0 || from_front >= rank) {
    return bad_input(fmt::format("axis {} does not exist in {} dimensions", ncnn_axis, rank));
  }
  // (c, h, w) lies as [1, h, w, c].
  if (rank == 3) return from_front == 0 ? 3 : from_front;
  return from_front + 1;
}

Result<ValueId> Importer::add(const ir::OpSpec& op, std::vector<ValueId> inputs, ir::Attrs attrs,
                              const std::string& result) {
  if (attrs.empty()) attrs = NETFIT_TRY(op.codec.parse({}));
  ir::Node node{.name = layer_, .op = &op, .attrs = std::move(attrs), .inputs = std::move(inputs), .outputs = {}};
  const ir::TensorType type = NETFIT_TRY(ir::infer_type(graph_, node));
  const ValueId id = graph_.add_value({.name = result, .dtype = type.dtype, .shape = type.shape});
  node.outputs = {id};
  graph_.add_node(std::move(node));
  return id;
}

Result<ValueId> Importer::add(Opaque opaque, std::vector<ValueId> inputs, const std::string& result) {
  return add(ir::kOpaque, std::move(inputs),
             ir::Attrs::of(ir::OpaqueAttrs{std::move(opaque.kind), std::move(opaque.shape), opaque.macs}), result);
}

Result<ValueId> Importer::input(const std::string& name, const Dims& dims) {
  Shape shape = NETFIT_TRY(Shape::create(dims));
  return builder_.input(name, DType::Float32, std::move(shape));
}

Result<ValueId> Importer::weights(const Dims& dims, std::string_view part, DType dtype) {
  const Shape shape = NETFIT_TRY(Shape::create(dims));
  Tensor tensor = NETFIT_TRY(absent_.create(dtype, shape));
  std::optional<QuantParams> quant;
  // The scales are weights, too, and as absent.
  if (dtype == DType::Int8) quant = QuantParams::per_tensor(1.0F, 0);
  return graph_.add_constant(fmt::format("{}/{}", layer_, part), std::move(tensor), std::move(quant));
}

Dims blob_dims(std::int64_t w, std::int64_t h, std::int64_t c) {
  if (c != 0) return {1, h, w, c};
  if (h != 0) return {1, h, w};
  return {1, w};
}

Result<Dims> stated_dims(const Params& params) {
  const std::int64_t w = NETFIT_TRY(params.within(0, 0, 0, tensor::kMaxElements));
  const std::int64_t h = NETFIT_TRY(params.within(1, 0, 0, tensor::kMaxElements));
  const std::int64_t c = NETFIT_TRY(params.within(2, 0, 0, tensor::kMaxElements));
  return w == 0 ? Dims{} : blob_dims(w, h, c);
}

Result<Dims> hinted_dims(const Params& params) {
  const std::vector<std::int64_t> hints = NETFIT_TRY(params.wholes(kShapeHints));
  if (hints.size() < 4 || hints[0] < 1 || hints[0] > 3) return Dims{};
  return blob_dims(hints[1], hints[0] >= 2 ? hints[2] : 0, hints[0] == 3 ? hints[3] : 0);
}

std::string kind_of(const LayerView& view) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  std::string kind;
  char before = 'A';
  for (const char c : view.layer.type) {
    if (is_upper(c) && !is_upper(before)) kind += '_';
    kind += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    before = c;
  }
  return kind;
}

Result<ir::Graph> import(const ParamFile& file) {
  NETFIT_TRY(check_types(file));
  Importer importer;
  Blobs blobs;
  for (const Layer& layer : file.layers) {
    const bool open = layer.type == "Input" && !layer.params.has(0) && !layer.params.has(kShapeHints);
    if (open && benchmark_extent(file) > 0 && layer.outputs.size() == 1) {
      const std::int64_t extent = benchmark_extent(file);
      blobs.emplace(layer.outputs[0], NETFIT_TRY(importer.input(layer.outputs[0], {1, extent, extent, 3})));
      continue;
    }
    NETFIT_TRY(located(import_layer(importer, *find_layer_type(layer.type), layer, blobs), layer.where()));
  }
  if (std::ssize(blobs) > file.blob_count) {
    return located(Result<ir::Graph>(bad_input(fmt::format("the layers write {} blobs, more than the {} stated",
                                                           blobs.size(), file.blob_count))),
                   "line 2");
  }
  ir::Graph graph = std::move(importer.graph());
  graph.weights = ir::Weights::Absent;
  const ir::Uses uses(graph);
  for (const ValueId id : graph.values()) {
    if (!graph.value(id).is_constant() && uses.readers(id).empty()) graph.outputs.push_back({.value = id});
  }
  NETFIT_TRY(ir::verify(graph));
  return graph;
}

bool recognizes(std::span<const std::byte> bytes) {
  constexpr std::string_view kMagic = "7767517";
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return text.starts_with(kMagic) && (text.size() == kMagic.size() || text[kMagic.size()] == '\n' ||
                                      text[kMagic.size()] == '\r' || text[kMagic.size()] == ' ');
}

Result<ir::Graph> read(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const ParamFile file = NETFIT_TRY(parse_param_file(text));
  return import(file);
}

}  // namespace netfit::formats::ncnn
