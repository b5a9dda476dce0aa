// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "report/charts.h"
#include "report/figures.h"
#include "report/palette.h"
#include "report/scale.h"
#include "report/text.h"
#include "select/words.h"

namespace netfit::report {
namespace {

constexpr std::array<std::string_view, 4> kKnownSchemes{"float32", "float16", "dynamic", "int8"};
constexpr std::array kDetails{Quantity::Top1, Quantity::Latency, Quantity::PeakRam, Quantity::Flash, Quantity::Energy};

// Which series each name belongs to; the names that come late share the last one.
class Legend {
 public:
  explicit Legend(std::size_t most) : most_(most) {}

  std::size_t place(const std::string& name) {
    const auto [known, inserted] = places_.try_emplace(name, series_.size());
    if (!inserted) return known->second;
    if (series_.size() == most_) {
      series_.back().name = "others";
      return known->second = most_ - 1;
    }
    series_.push_back({name});
    return known->second;
  }
  std::vector<Series> take() { return std::move(series_); }

 private:
  std::size_t most_;
  std::map<std::string, std::size_t> places_;
  std::vector<Series> series_;
};

// A scheme has the same colour in every chart of every report.
std::vector<Series> color_series(std::vector<Series> series) {
  std::size_t next = kKnownSchemes.size();
  for (Series& one : series) {
    const auto known = std::ranges::find(kKnownSchemes, one.name);
    one.color = known != kKnownSchemes.end() ? static_cast<std::size_t>(known - kKnownSchemes.begin())
                                             : std::min(next++, kGrey);
  }
  return series;
}

std::vector<Series> shape_series(std::vector<Series> series) {
  for (std::size_t i = 0; i < series.size(); ++i) series[i].shape = i;
  return series;
}

std::vector<Detail> details_of(const Entry& entry) {
  std::vector<Detail> details{{"candidate", shown(entry.name)}};
  for (const Quantity quantity : kDetails) {
    details.emplace_back(select::in_words(quantity), figure_in_words(entry.option, quantity));
  }
  const store::RuntimeRef& runtime = entry.run.runtime;
  if (!runtime.name.empty()) details.emplace_back("runtime", shown(runtime.name + " " + runtime.version));
  details.emplace_back("limits", entry.lacks.empty() ? "fits" : "does not fit");
  return details;
}

double most_of(const DevicePart& part, Quantity quantity) {
  double most = 0.0;
  for (const Entry& entry : part.entries) {
    if (const Reading* reading = entry.option.find(quantity)) most = std::max(most, reading->value);
  }
  return most;
}

std::string why_empty(const DevicePart& part, Quantity quantity) {
  for (const Quantity needed : {Quantity::Top1, quantity}) {
    const bool known =
        std::ranges::any_of(part.entries, [&](const Entry& e) { return e.option.find(needed) != nullptr; });
    if (!known) {
      return fmt::format("{} is unavailable: {}", select::in_words(needed),
                         shown(part.entries.front().option.why_missing(needed), 200));
    }
  }
  return fmt::format("no run has both top-1 and {}", select::in_words(quantity));
}

ScatterChart scatter_of(const DevicePart& part, const FrontPart& front, Quantity quantity) {
  const PlotUnit unit = plot_unit(quantity, most_of(part, quantity));
  const PlotUnit percent = plot_unit(Quantity::Top1, 0.0);
  ScatterChart chart;
  Legend colors(kPalette.size());
  Legend shapes(kShapes.size());
  for (const std::string_view scheme : kKnownSchemes) {
    const bool used = std::ranges::any_of(part.entries, [&](const Entry& e) { return e.option.scheme == scheme; });
    if (used) colors.place(std::string(scheme));
  }
  std::map<std::size_t, std::size_t> places;  // of entries among the points
  std::vector<Span> xs;
  std::vector<Span> ys;
  for (std::size_t i = 0; i < part.entries.size(); ++i) {
    const Entry& entry = part.entries[i];
    const Reading* x = entry.option.find(quantity);
    const Reading* y = entry.option.find(Quantity::Top1);
    if (x == nullptr || y == nullptr) continue;
    places[i] = chart.points.size();
    xs.push_back(in_unit(*x, unit));
    ys.push_back(in_unit(*y, percent));
    const auto& choice = part.recommendation.choice;
    chart.points.push_back({.name = shown(entry.name, 40),
                            .color = colors.place(shown(entry.option.scheme, 24)),
                            .shape = shapes.place(shown(entry.option.model, 40)),
                            .x = xs.back(),
                            .y = ys.back(),
                            .on_front = std::ranges::find(front.members, i) != front.members.end(),
                            .chosen = choice && choice->key == entry.option.key,
                            .details = details_of(entry)});
  }
  for (const std::size_t member : front.members) chart.front.push_back(places.at(member));
  chart.colors = color_series(colors.take());
  chart.shapes = shape_series(shapes.take());
  chart.x = axis_around(axis_title(select::in_words(quantity), unit), xs);
  chart.y = axis_around(axis_title("top-1", percent), ys);
  return chart;
}

Chart accuracy_against(const DevicePart& part, Quantity quantity) {
  const auto front =
      std::ranges::find_if(part.fronts, [&](const FrontPart& f) { return f.objectives.front() == quantity; });
  Chart chart{.name = fmt::format("accuracy-{}", base::name(quantity)),
              .title = fmt::format("Top-1 against {}", select::in_words(quantity)),
              .caption = fmt::format("Filled marks on the line: no other candidate has both more top-1 and less {}. "
                                     "Ring: the recommended one. Bars: 90 % interval.",
                                     select::in_words(quantity))};
  ScatterChart scatter = scatter_of(part, *front, quantity);
  if (scatter.points.empty()) chart.missing = why_empty(part, quantity);
  chart.drawing = std::move(scatter);
  return chart;
}

}  // namespace

Chart accuracy_latency(const DevicePart& part) { return accuracy_against(part, Quantity::Latency); }
Chart accuracy_flash(const DevicePart& part) { return accuracy_against(part, Quantity::Flash); }
Chart accuracy_energy(const DevicePart& part) { return accuracy_against(part, Quantity::Energy); }

}  // namespace netfit::report
