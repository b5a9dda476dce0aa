// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "formats/ncnn/layer_readers.h"
#include "ir/ops/conv.h"
#include "ir/ops/shape.h"

namespace netfit::formats::ncnn {
namespace {

using ir::ValueId;

constexpr std::int64_t kMostUnits = std::int64_t{1} << 24;

Result<void> expect_matrix(const Importer& importer, ValueId x) {
  if (importer.blob_rank(x) <= 2) return {};
  return bad_input(fmt::format("reads shape {}, which is no matrix", to_string(importer.shape(x))));
}

// Rows and columns of a blob, which is one row if it has one dimension.
std::int64_t rows(const Importer& importer, ValueId x) {
  return importer.shape(x).element_count() / importer.shape(x).dim(-1);
}

}  // namespace

ReadResult read_inner_product(Importer& importer, const LayerView& view) {
  const Params& params = view.params();
  const std::int64_t units = NETFIT_TRY(params.within(0, 0, 1, kMostUnits));
  const bool bias = NETFIT_TRY(params.within(1, 0, 0, 1)) == 1;
  const std::int64_t count = NETFIT_TRY(params.whole(2, 0));
  const DType type = NETFIT_TRY(weight_type(params));
  const LayerActivation activation = NETFIT_TRY(read_activation(params));
  ValueId x = view.inputs[0];
  const std::int64_t elements = importer.shape(x).element_count();
  // A matrix whose rows fit is multiplied row by row, everything else is taken as one row.
  const bool by_rows = importer.blob_rank(x) == 2 && units * importer.shape(x).dim(-1) == count;
  if (importer.blob_rank(x) > 1 && !by_rows) {
    x = NETFIT_TRY(importer.add(ir::kReshape, {x}, ir::Attrs::of(ir::ReshapeAttrs{{1, elements}}), "flat"));
  }
  const std::int64_t columns = importer.shape(x).dim(-1);
  if (units * columns != count) {
    return bad_input(
        fmt::format("parameter 2 states {} weights, but {} times {} are {}", count, units, columns, units * columns));
  }
  std::vector<ValueId> inputs{x, NETFIT_TRY(importer.weights({units, columns}, "weights", type))};
  if (bias) inputs.push_back(NETFIT_TRY(importer.weights({units}, "bias")));
  const ValueId y =
      NETFIT_TRY(importer.add(ir::kFullyConnected, inputs, ir::Attrs::of(ir::FullyConnectedAttrs{activation.fused}),
                              before_activation(view, activation)));
  return activation.needs_node() ? add_activation(importer, y, activation, view.result()) : y;
}

// With a constant second matrix it is fully_connected, row by row. The first one is never constant in networks.
ReadResult read_gemm(Importer& importer, const LayerView& view) {
  const Params& params = view.params();
  const ValueId a = view.inputs[0];
  NETFIT_TRY(expect_matrix(importer, a));
  const bool fits = NETFIT_TRY(params.whole(2, 0)) == 0 && NETFIT_TRY(params.whole(4, 0)) == 0;
  if (!fits) return bad_input("a first matrix that is transposed (2=1) or constant (4=1) is not supported");
  const std::int64_t depth = importer.shape(a).dim(-1);
  if (NETFIT_TRY(params.whole(5, 0)) != 0) {
    const std::int64_t columns = NETFIT_TRY(params.within(8, 0, 1, kMostUnits));
    const std::int64_t stated = NETFIT_TRY(params.whole(9, 0));
    if (stated != depth) {
      return bad_input(fmt::format("parameter 9 is {}, but rows of the data have {} elements", stated, depth));
    }
    std::vector<ValueId> inputs{a, NETFIT_TRY(importer.weights({columns, depth}, "weights"))};
    if (NETFIT_TRY(params.whole(6, 0)) != 0) inputs.push_back(NETFIT_TRY(importer.weights({columns}, "bias")));
    return importer.add(ir::kFullyConnected, inputs, {}, view.result());
  }
  if (view.inputs.size() != 2) return bad_input("has no second matrix");
  const ValueId b = view.inputs[1];
  NETFIT_TRY(expect_matrix(importer, b));
  const bool transposed = NETFIT_TRY(params.whole(3, 0)) != 0;
  const std::int64_t columns = transposed ? rows(importer, b) : importer.shape(b).dim(-1);
  const std::int64_t b_depth = transposed ? importer.shape(b).dim(-1) : rows(importer, b);
  if (b_depth != depth) return bad_input(fmt::format("matrices of depth {} and {} do not go together", depth, b_depth));
  const Shape result = NETFIT_TRY(Shape::create(Dims{1, rows(importer, a), columns}));
  return importer.add({kind_of(view), {1, result[1], columns}, result.element_count() * depth}, {a, b}, view.result());
}

// Four projections, and per head the products of queries and keys, and of their softmax and values.
ReadResult read_multi_head_attention(Importer& importer, const LayerView& view) {
  const Params& params = view.params();
  const std::int64_t width = NETFIT_TRY(params.within(0, 0, 1, 1 << 16));
  NETFIT_TRY(params.within(1, 1, 1, width));
  const std::int64_t key_width = NETFIT_TRY(params.within(3, width, 1, 1 << 16));
  const std::int64_t value_width = NETFIT_TRY(params.within(4, width, 1, 1 << 16));
  const ValueId q = view.inputs[0];
  const ValueId k = view.inputs.size() > 1 ? view.inputs[1] : q;
  const ValueId v = view.inputs.size() > 2 ? view.inputs[2] : k;
  const std::int64_t query_width = importer.shape(q).dim(-1);
  if (importer.shape(k).dim(-1) != key_width || importer.shape(v).dim(-1) != value_width) {
    return bad_input(fmt::format("keys and values have {} and {} columns, parameters 3 and 4 say {} and {}",
                                 importer.shape(k).dim(-1), importer.shape(v).dim(-1), key_width, value_width));
  }
  for (const ValueId input : {q, k, v}) NETFIT_TRY(expect_matrix(importer, input));
  const std::int64_t count = NETFIT_TRY(params.whole(2, 0));
  if (count != width * query_width) {
    return bad_input(fmt::format("parameter 2 states {} weights, but {} times {} are {}", count, width, query_width,
                                 width * query_width));
  }
  std::vector<ValueId> inputs = view.inputs;
  const auto add_weights = [&](std::int64_t out, std::int64_t in, const std::string& part) -> Result<void> {
    inputs.push_back(NETFIT_TRY(importer.weights({out, in}, part + "_weights")));
    inputs.push_back(NETFIT_TRY(importer.weights({out}, part + "_bias")));
    return {};
  };
  NETFIT_TRY(add_weights(width, query_width, "q"));
  NETFIT_TRY(add_weights(width, key_width, "k"));
  NETFIT_TRY(add_weights(width, value_width, "v"));
  NETFIT_TRY(add_weights(query_width, width, "out"));
  const std::int64_t queries = rows(importer, q);
  const std::int64_t keys = rows(importer, k);
  // Far beyond any network, and far from overflow.
  if (queries > (1 << 16) || keys > (1 << 16)) return bad_input("more than 65536 queries or keys are not supported");
  const std::int64_t projections = queries * width * (2 * query_width) + keys * width * (key_width + value_width);
  return importer.add({kind_of(view), {1, queries, query_width}, projections + 2 * queries * keys * width}, inputs,
                      view.result());
}

}  // namespace netfit::formats::ncnn
