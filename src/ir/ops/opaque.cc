// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/opaque.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::ir {
namespace {

// A hundred times the largest networks; sums over a graph stay far from overflow.
constexpr std::int64_t kMostMacs = std::int64_t{1} << 40;
constexpr std::size_t kLongestKind = 64;

bool is_kind(std::string_view text) {
  return !text.empty() && text.size() <= kLongestKind &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

Result<TensorType> infer_opaque(const NodeView& node) {
  const auto& attrs = node.attrs<OpaqueAttrs>();
  if (!is_kind(attrs.kind)) {
    return bad_input(
        fmt::format("kind '{}' is not a word of a-z, 0-9 and _", base::printable(attrs.kind, kLongestKind)));
  }
  if (attrs.macs < 0 || attrs.macs > kMostMacs) {
    return bad_input(fmt::format("macs {} is not in [0, {}]", attrs.macs, kMostMacs));
  }
  Shape shape = NETFIT_TRY(Shape::create(attrs.shape));
  return TensorType{node.input(0).dtype, std::move(shape)};
}

}  // namespace

constinit const OpSpec kOpaque{
    .name = "opaque",
    .summary = "an operation that is costed, never computed",
    .inputs = {1, Arity::kMany},
    .data_inputs = Arity::kMany,
    .codec = kCodec<OpaqueAttrs>,
    .infer = &infer_opaque,
    .macs = [](const NodeView& node) { return node.attrs<OpaqueAttrs>().macs; },
};

}  // namespace netfit::ir
