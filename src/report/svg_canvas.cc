// SPDX-License-Identifier: Apache-2.0
#include "report/svg_canvas.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "report/palette.h"
#include "report/text.h"

namespace netfit::report {
namespace {

constexpr double kMarkRadius = 5.5;
constexpr double kRingRadius = 9.5;
constexpr double kCharacterWidth = 7.0;  // of a sans-serif of 12 pixels, on the average

// A hundredth of a pixel is enough, and keeps files small.
std::string number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string points(std::span<const Spot> spots) {
  std::string text;
  for (const Spot& spot : spots) {
    text += fmt::format("{}{},{}", text.empty() ? "" : " ", number(spot.x), number(spot.y));
  }
  return text;
}

// Corners of the shapes that have some, around 0; the circle has none.
std::vector<Spot> corners(std::size_t shape) {
  constexpr double kSide = 0.9;
  switch (shape) {
    case 1:
      return {{-kSide, -kSide}, {kSide, -kSide}, {kSide, kSide}, {-kSide, kSide}};
    case 2:
      return {{0.0, -1.15}, {1.1, 0.8}, {-1.1, 0.8}};
    case 3:
      return {{0.0, -1.25}, {1.25, 0.0}, {0.0, 1.25}, {-1.25, 0.0}};
    case 4:
      return {{0.0, 1.15}, {1.1, -0.8}, {-1.1, -0.8}};
    default:
      return {};
  }
}

}  // namespace

void SvgCanvas::line(Spot from, Spot to, std::string_view style) {
  elements_ += fmt::format("<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", style, number(from.x),
                           number(from.y), number(to.x), number(to.y));
}

void SvgCanvas::rectangle(Spot corner, double width, double height, std::string_view style) {
  elements_ += fmt::format("<rect {} x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n", style, number(corner.x),
                           number(corner.y), number(std::max(0.0, width)), number(std::max(0.0, height)));
}

void SvgCanvas::path(std::span<const Spot> spots, std::string_view style) {
  elements_ += fmt::format("<polyline {} points=\"{}\"/>\n", style, points(spots));
}

void SvgCanvas::polygon(std::span<const Spot> spots, std::string_view style) {
  elements_ += fmt::format("<polygon {} points=\"{}\"/>\n", style, points(spots));
}

void SvgCanvas::ring(Spot at) {
  elements_ += fmt::format("<circle class=\"ring\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>\n", number(at.x), number(at.y),
                           number(kRingRadius));
}

void SvgCanvas::text(Spot at, Anchor anchor, std::string_view style, std::string_view words) {
  constexpr std::array<std::string_view, 3> kAnchors{"start", "middle", "end"};
  elements_ += fmt::format("<text{} text-anchor=\"{}\" x=\"{}\" y=\"{}\">{}</text>\n",
                           style.empty() ? "" : fmt::format(" class=\"{}\"", style),
                           kAnchors.at(static_cast<std::size_t>(anchor)), number(at.x), number(at.y), markup(words));
}

void SvgCanvas::mark(Spot at, std::size_t shape, Filled filled, std::string_view color, std::string_view hint) {
  elements_ += mark_element(at, shape, filled, color, hint) + '\n';
}

std::string SvgCanvas::finish(double width, double height, std::string_view title, std::string_view description) const {
  constexpr std::string_view kStyle =
      "text{font:12px system-ui,'Segoe UI',Helvetica,Arial,sans-serif;fill:#3b4048}"
      ".head{font-size:15px;font-weight:600;fill:#16181d}.strong{font-weight:600;fill:#16181d}"
      ".grid{stroke:#e3e6ea}.axis{stroke:#8a919b}.interval{stroke-opacity:.55}.ring{fill:none;stroke:#16181d;stroke-"
      "width:1.5}";
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\">\n"
      "<title>{}</title>\n<desc>{}</desc>\n<style>{}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
      "{}</svg>\n",
      number(width), number(height), number(width), number(height), markup(title), markup(description), kStyle,
      elements_);
}

std::string mark_element(Spot at, std::size_t shape, Filled filled, std::string_view color, std::string_view hint) {
  const std::string style = fmt::format("fill=\"{}\" stroke=\"{}\" stroke-width=\"1.8\"",
                                        filled == Filled::Yes ? color : std::string_view("none"), color);
  const std::string title = hint.empty() ? "" : fmt::format("<title>{}</title>", markup(hint));
  std::vector<Spot> spots = corners(shape);
  if (spots.empty()) {
    return fmt::format("<circle {} cx=\"{}\" cy=\"{}\" r=\"{}\">{}</circle>", style, number(at.x), number(at.y),
                       number(kMarkRadius), title);
  }
  for (Spot& spot : spots) spot = {at.x + kMarkRadius * spot.x, at.y + kMarkRadius * spot.y};
  return fmt::format("<polygon {} points=\"{}\">{}</polygon>", style, points(spots), title);
}

double text_width(std::string_view words) {
  // Bytes that continue a character take no room.
  const auto characters =
      std::ranges::count_if(words, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  return kCharacterWidth * static_cast<double>(characters);
}

}  // namespace netfit::report
