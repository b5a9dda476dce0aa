// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "formats/ncnn/param_file.h"
#include "ir/absent_weights.h"
#include "ir/builder.h"

namespace netfit::formats::ncnn {

using Dims = std::vector<std::int64_t>;

/// Builds the graph. ncnn's blobs have no batch: (w), (h, w) or (c, h, w). They become [1, w], [1, h, w] and
/// [1, h, w, c]; as there are no elements, nothing is moved.
class Importer {
 public:
  ir::Graph& graph() { return graph_; }
  const ir::Value& value(ir::ValueId id) const { return graph_.value(id); }
  /// Valid until something is added.
  const Shape& shape(ir::ValueId id) const { return graph_.value(id).shape; }
  Dims dims(ir::ValueId id) const { return {shape(id).dims().begin(), shape(id).dims().end()}; }
  /// Number of dimensions that ncnn sees: 1 to 3.
  int blob_rank(ir::ValueId id) const { return shape(id).rank() - 1; }
  /// The axis of our shape that is ncnn's axis, which counts from the end when negative.
  Result<std::int64_t> axis(ir::ValueId id, std::int64_t ncnn_axis) const;

  void begin_layer(const Layer& layer) { layer_ = layer.name; }

  /// Adds a node named after the layer, whose result is named `result`.
  Result<ir::ValueId> add(const ir::OpSpec& op, std::vector<ir::ValueId> inputs, ir::Attrs attrs,
                          const std::string& result);
  struct Opaque {
    std::string kind;
    Dims shape;
    std::int64_t macs = 0;
  };
  Result<ir::ValueId> add(Opaque opaque, std::vector<ir::ValueId> inputs, const std::string& result);
  Result<ir::ValueId> input(const std::string& name, const Dims& dims);
  /// A constant, named after the layer.
  Result<ir::ValueId> weights(const Dims& dims, std::string_view part, DType dtype = DType::Float32);

 private:
  ir::Graph graph_;
  ir::Builder builder_{graph_};
  ir::AbsentWeights absent_;
  std::string layer_;
};

/// A layer and the values that it reads.
struct LayerView {
  const Layer& layer;
  std::vector<ir::ValueId> inputs;

  const Params& params() const { return layer.params; }
  /// The name of the first result.
  const std::string& result() const { return layer.outputs.front(); }
};

/// One layer type: a row of the table.
struct LayerType {
  std::string_view name;
  int least_inputs;
  int most_inputs;
  /// The values of its results, as many as the layer names.
  Result<std::vector<ir::ValueId>> (*read)(Importer& importer, const LayerView& view);
  /// All others have one result.
  bool many_results = false;
};

/// The row of a type, or nullptr.
const LayerType* find_layer_type(std::string_view name);

/// "shuffle_channel" for ShuffleChannel: the kind of an opaque node.
std::string kind_of(const LayerView& view);

/// Width, height and channels of parameters 0, 1 and 2 in our order of axes; empty if there are none.
Result<Dims> stated_dims(const Params& params);
/// The dimensions that a hint gives for the first result; empty if there is none.
Result<Dims> hinted_dims(const Params& params);

/// Our dimensions of a blob with these extents; those that are 0 do not exist.
Dims blob_dims(std::int64_t w, std::int64_t h, std::int64_t c);

Result<ir::Graph> import(const ParamFile& file);

}  // namespace netfit::formats::ncnn
