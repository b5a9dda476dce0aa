// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/dtype.h"

namespace netfit::ir {

/// Height and width, in pixels.
struct Extent2d {
  std::int64_t height = 1;
  std::int64_t width = 1;
  friend bool operator==(const Extent2d&, const Extent2d&) = default;
};

/// Pixels added on each side of an image.
struct Padding2d {
  std::int64_t top = 0;
  std::int64_t bottom = 0;
  std::int64_t left = 0;
  std::int64_t right = 0;
  bool none() const { return top == 0 && bottom == 0 && left == 0 && right == 0; }
  friend bool operator==(const Padding2d&, const Padding2d&) = default;
};

/// The clamp that a node applies to its own result: none, [0, inf), [0, 6], [-1, 1].
enum class Activation : std::uint8_t { None, Relu, Relu6, ReluN1To1 };

struct ActivationRange {
  float low;
  float high;
};
/// The real limits of an activation; infinite where it has none.
ActivationRange range_of(Activation activation);

// How each attribute type is written and read in the text form: 3x2 for an extent, 0,1,0,1 for a padding (top, bottom,
// left, right), [1,2] for a list, words for enumerations, shortest exact decimal for a float.
std::string attr_text(std::int64_t value);
std::string attr_text(float value);
std::string attr_text(bool value);
std::string attr_text(const Extent2d& value);
std::string attr_text(const Padding2d& value);
std::string attr_text(Activation value);
std::string attr_text(DType value);
std::string attr_text(const std::string& value);
std::string attr_text(const std::vector<std::int64_t>& value);

Result<void> parse_attr(std::string_view text, std::int64_t& value);
Result<void> parse_attr(std::string_view text, float& value);
Result<void> parse_attr(std::string_view text, bool& value);
Result<void> parse_attr(std::string_view text, Extent2d& value);
Result<void> parse_attr(std::string_view text, Padding2d& value);
Result<void> parse_attr(std::string_view text, Activation& value);
Result<void> parse_attr(std::string_view text, DType& value);
/// A word: whatever an attribute value may consist of. What it allows is up to the op.
Result<void> parse_attr(std::string_view text, std::string& value);
Result<void> parse_attr(std::string_view text, std::vector<std::int64_t>& value);

}  // namespace netfit::ir
