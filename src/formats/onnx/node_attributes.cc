// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.h"
#include "formats/onnx/node_reader.h"

namespace netfit::formats::onnx {
namespace {

// AttributeProto.AttributeType of the ONNX format.
constexpr int kFloat = 1;
constexpr int kInt = 2;
constexpr int kString = 3;
constexpr int kInts = 7;

std::string_view type_name(int type) {
  switch (type) {
    case kFloat:
      return "float";
    case kInt:
      return "int";
    case kString:
      return "string";
    case kInts:
      return "ints";
    default:
      return "another type";
  }
}

}  // namespace

const proto::Attribute* NodeReader::find_attribute(std::string_view name) const {
  for (const proto::Attribute& attribute : proto().attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

Result<const proto::Attribute*> NodeReader::attribute(std::string_view name, int type) const {
  const proto::Attribute* found = find_attribute(name);
  if (found != nullptr && found->type() != type) {
    return bad_input(
        fmt::format("attribute '{}' has type {} (allowed: {})", name, type_name(found->type()), type_name(type)));
  }
  return found;
}

Result<std::int64_t> NodeReader::integer(std::string_view name, std::int64_t fallback) const {
  const proto::Attribute* found = NETFIT_TRY(attribute(name, kInt));
  return found != nullptr ? found->i() : fallback;
}

Result<float> NodeReader::number(std::string_view name, float fallback) const {
  const proto::Attribute* found = NETFIT_TRY(attribute(name, kFloat));
  return found != nullptr ? found->f() : fallback;
}

Result<std::string> NodeReader::word(std::string_view name, std::string fallback) const {
  const proto::Attribute* found = NETFIT_TRY(attribute(name, kString));
  return found != nullptr ? found->s() : std::move(fallback);
}

Result<std::optional<std::vector<std::int64_t>>> NodeReader::integers(std::string_view name) const {
  const proto::Attribute* found = NETFIT_TRY(attribute(name, kInts));
  if (found == nullptr) return std::nullopt;
  return std::vector<std::int64_t>(found->ints().begin(), found->ints().end());
}

Result<void> NodeReader::expect_integer(std::string_view name, std::int64_t allowed) const {
  const std::int64_t value = NETFIT_TRY(integer(name, allowed));
  if (value == allowed) return {};
  return bad_input(fmt::format("{} {} is not supported (allowed: {})", name, value, allowed));
}

Result<std::optional<std::vector<std::int64_t>>> NodeReader::input_or_attribute(std::size_t i,
                                                                                std::string_view name) const {
  if (!has_input(i)) return integers(name);
  return NETFIT_TRY(constant_integers(i, name));
}

}  // namespace netfit::formats::onnx
