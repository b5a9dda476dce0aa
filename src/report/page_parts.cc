// SPDX-License-Identifier: Apache-2.0
#include "report/page_parts.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/charts.h"
#include "report/draw.h"
#include "report/figures.h"
#include "report/palette.h"
#include "report/svg_canvas.h"
#include "report/text.h"
#include "select/words.h"

namespace netfit::report {
namespace {

constexpr std::array kHeadline{Quantity::Top1, Quantity::Latency, Quantity::PeakRam, Quantity::Flash, Quantity::Energy};

std::string escaped(std::string_view text, std::size_t most = 64) { return markup(shown(text, most)); }

std::string headline_figures(const select::Option& option) {
  std::string list = "<dl>";
  for (const Quantity quantity : kHeadline) {
    const Reading* reading = option.find(quantity);
    const std::string value =
        reading == nullptr ? fmt::format("<small>unavailable: {}</small>", escaped(option.why_missing(quantity), 160))
                           : select::in_words(quantity, reading->value);
    std::string small;
    if (reading != nullptr) {
      const std::string interval = interval_in_words(*reading);
      small =
          fmt::format(" <small>{}{}{}</small>", interval, interval.empty() ? "" : ", ", base::name(reading->source));
    }
    list += fmt::format("<dt>{}</dt><dd>{}{}</dd>", select::in_words(quantity), value, small);
  }
  return list + "</dl>\n";
}

std::string legend_entry(const Series& series, std::size_t shape, Filled filled, std::string_view color) {
  return fmt::format("<li><svg width=\"16\" height=\"16\" aria-hidden=\"true\">{}</svg>{}</li>",
                     mark_element({8.0, 8.0}, shape, filled, color, ""), markup(series.name));
}

std::string legend_of(const ScatterChart& scatter) {
  std::string entries;
  for (const Series& color : scatter.colors) entries += legend_entry(color, 0, Filled::Yes, kPalette.at(color.color));
  if (scatter.shapes.size() < 2) return entries;
  for (const Series& shape : scatter.shapes) entries += legend_entry(shape, shape.shape, Filled::No, "currentColor");
  return entries;
}

std::string legend_of(const BarChart& bars) {
  std::string entries;
  for (std::size_t i = 0; i < bars.colors.size(); ++i) {
    const bool used = std::ranges::any_of(bars.bars, [&](const Bar& bar) { return bar.color == i; });
    if (used) entries += legend_entry(bars.colors[i], 1, Filled::Yes, kPalette.at(bars.colors[i].color));
  }
  return entries;
}

template <typename T>
std::string legend_of_lines(const std::vector<T>& lines) {
  std::string entries;
  for (const T& line : lines) {
    entries +=
        legend_entry({line.name}, line.series.shape % kShapes.size(), Filled::Yes, kPalette.at(line.series.color));
  }
  return entries;
}

std::string legend_of(const LineChart& lines) { return legend_of_lines(lines.lines); }
std::string legend_of(const RadarChart& radar) { return legend_of_lines(radar.lines); }

}  // namespace

std::string request_line(const select::Request& request) {
  std::string limits;
  for (const select::Limit& limit : select::all_limits(request.constraints)) {
    limits += fmt::format("{}{} {} {}", limits.empty() ? "" : ", ", select::in_words(limit.limited),
                          select::is_floor(limit.limited) ? "at least" : "at most",
                          select::in_words(limit.limited, limit.allowed));
  }
  if (request.constraints.rate_per_s)
    limits += fmt::format(", at {} inferences per second", *request.constraints.rate_per_s);
  std::string objectives;
  for (const select::Objective objective : request.ranking.objectives) {
    objectives += fmt::format("{}{}", objectives.empty() ? "" : ", then ", select::name(objective));
  }
  const bool bad_end = request.constraints.judge == select::Judge::BadEnd;
  return fmt::format("<p class=\"soft\">Limits: {}{}. Objective: {}.</p>\n", limits.empty() ? "none" : markup(limits),
                     bad_end && !limits.empty() ? ", judged by the worse end of the interval" : "", objectives);
}

std::string recommendation_card(const DevicePart& part) {
  const select::Recommendation& answer = part.recommendation;
  const Entry& entry = featured(part);
  std::string card = fmt::format("<article class=\"card\"><h3>{}</h3>\n", escaped(part.device));
  if (answer.feasible) {
    card += fmt::format("<p class=\"choice\">{}</p>\n", escaped(entry.name));
  } else {
    card += "<p class=\"choice none\">Nothing fits</p>\n";
    if (answer.nearest) card += fmt::format("<p>Nearest: {}</p>\n", escaped(entry.name));
  }
  if (answer.feasible || answer.nearest) card += headline_figures(entry.option);
  card += "<ul>";
  for (const std::string& reason : answer.reasons) card += fmt::format("<li>{}</li>", escaped(reason, 300));
  return card + "</ul></article>\n";
}

std::string chart_figure(const Chart& chart, std::size_t place) {
  constexpr std::size_t kTallFrom = 12;
  const auto* bars = std::get_if<BarChart>(&chart.drawing);
  const bool tall = bars != nullptr && bars->direction == Direction::Rows && bars->bars.size() >= kTallFrom;
  std::string figure =
      fmt::format("<figure{}><figcaption><h3>{}</h3>", tall ? " class=\"tall\"" : "", markup(chart.title));
  if (!chart.missing.empty()) {
    return figure + fmt::format("<p>Not drawn: {}.</p></figcaption></figure>\n", markup(chart.missing));
  }
  figure += fmt::format("<p>{}</p></figcaption>\n", markup(chart.caption));
  const std::string legend = std::visit([](const auto& drawing) { return legend_of(drawing); }, chart.drawing);
  return figure + fmt::format(
                      "<ul class=\"legend\">{}</ul>\n<div class=\"chart\" data-chart=\"{}\"></div>\n"
                      "<noscript>{}</noscript></figure>\n",
                      legend, place, draw(chart));
}

}  // namespace netfit::report
