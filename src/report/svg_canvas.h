// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace netfit::report {

struct Spot {
  double x = 0.0;
  double y = 0.0;
};

enum class Anchor { Start, Middle, End };
enum class Filled { No, Yes };

/// Collects the elements of an SVG picture. Coordinates are pixels from the upper left corner; texts are escaped here.
class SvgCanvas {
 public:
  void line(Spot from, Spot to, std::string_view style);
  void rectangle(Spot corner, double width, double height, std::string_view style);
  void path(std::span<const Spot> spots, std::string_view style);  ///< open
  void polygon(std::span<const Spot> spots, std::string_view style);
  void text(Spot at, Anchor anchor, std::string_view style, std::string_view words);
  void mark(Spot at, std::size_t shape, Filled filled, std::string_view color, std::string_view hint);

  void ring(Spot at);  ///< around the mark of what is recommended

  /// The whole file, `title` and `description` being its text alternative.
  std::string finish(double width, double height, std::string_view title, std::string_view description) const;

 private:
  std::string elements_;
};

/// A mark of the palette's shapes by itself; `hint` appears over it.
std::string mark_element(Spot at, std::size_t shape, Filled filled, std::string_view color, std::string_view hint);

/// About how wide a text of 12 pixels is.
double text_width(std::string_view words);

}  // namespace netfit::report
