// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <optional>

#include "formats/onnx/onnx.h"

namespace netfit::formats::onnx {
namespace {

// Steps over the fields of a protobuf message without decoding what they hold.
class FieldWalk {
 public:
  explicit FieldWalk(std::span<const std::byte> bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }

  /// The next field's tag, its content skipped; no value if the bytes are no message.
  std::optional<std::uint64_t> next() {
    constexpr std::uint64_t kVarint = 0;
    constexpr std::uint64_t kBytes = 2;
    const std::optional<std::uint64_t> tag = varint();
    if (!tag) return std::nullopt;
    // A model's own fields have only these two wire types.
    if ((*tag & 7) != kVarint && (*tag & 7) != kBytes) return std::nullopt;
    const std::optional<std::uint64_t> value = varint();
    if (!value) return std::nullopt;
    if ((*tag & 7) == kBytes) {
      if (*value > rest_.size()) return std::nullopt;
      rest_ = rest_.subspan(static_cast<std::size_t>(*value));
    }
    return tag;
  }

 private:
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 10 && i < rest_.size(); ++i) {
      const auto byte = std::to_integer<std::uint64_t>(rest_[i]);
      value |= (byte & 0x7f) << (7 * i);
      if ((byte & 0x80) == 0) {
        rest_ = rest_.subspan(i + 1);
        return value;
      }
    }
    return std::nullopt;
  }

  std::span<const std::byte> rest_;
};

}  // namespace

bool recognizes(std::span<const std::byte> bytes) {
  constexpr std::uint64_t kIrVersion = 1U << 3;
  constexpr std::uint64_t kGraph = (7U << 3) | 2;
  constexpr std::uint64_t kHighestField = 26;
  bool has_version = false;
  bool has_graph = false;
  FieldWalk walk(bytes);
  while (!walk.done()) {
    const std::optional<std::uint64_t> tag = walk.next();
    if (!tag || (*tag >> 3) == 0 || (*tag >> 3) > kHighestField) return false;
    has_version = has_version || *tag == kIrVersion;
    has_graph = has_graph || *tag == kGraph;
  }
  return has_version && has_graph;
}

}  // namespace netfit::formats::onnx
