// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "report/charts.h"
#include "report/palette.h"
#include "report/scale.h"
#include "report/text.h"
#include "select/words.h"

namespace netfit::report {
namespace {

using store::LayerFigures;

// More rows than that cannot be read; the slowest stay, the others become one row.
constexpr std::size_t kMostRows = 40;
constexpr std::size_t kMostOps = 12;

constexpr std::array<std::string_view, 3> kBounds{"compute", "memory", "overhead"};

std::size_t bound_place(const std::string& bound) {
  return static_cast<std::size_t>(std::ranges::find(kBounds, bound) - kBounds.begin());
}

Chart empty_or(const DevicePart& part, std::string_view name, std::string title, std::string caption) {
  Chart chart{.name = std::string(name), .title = std::move(title), .caption = std::move(caption)};
  const Entry& entry = featured(part);
  chart.caption = fmt::format("{}: {}", shown(entry.name, 60), chart.caption);
  if (entry.run.layers.empty()) chart.missing = "the run has no figures by layer";
  chart.drawing = BarChart{};
  return chart;
}

std::vector<Detail> details_of(const LayerFigures& layer, double share) {
  return {{"layer", shown(layer.name)},
          {"operator", shown(layer.op, 40)},
          {"share of latency", fmt::format("{:.1f} %", 100.0 * share)},
          {"latency", select::in_words(Quantity::Latency, layer.latency_ms)},
          {"bound by", shown(layer.bound, 24)},
          {"utilisation", fmt::format("{:.0f} % of the core's peak", 100.0 * layer.utilisation)},
          {"MACs", select::in_words(Quantity::Macs, static_cast<double>(layer.macs))},
          {"energy", select::in_words(Quantity::Energy, layer.energy_mj)},
          {"alive", select::in_words(Quantity::Arena, static_cast<double>(layer.live_bytes))}};
}

// Names need not be unique, places are.
std::string numbered(std::size_t place, const LayerFigures& layer) {
  return fmt::format("{} {}", place + 1, shown(layer.name, 26));
}

double total_of(const std::vector<LayerFigures>& layers, double LayerFigures::*figure) {
  return std::accumulate(layers.begin(), layers.end(), 0.0,
                         [&](double sum, const LayerFigures& layer) { return sum + layer.*figure; });
}

// Places of the layers that get a row of their own, in the order in which they run.
std::vector<std::size_t> slowest(const std::vector<LayerFigures>& layers) {
  std::vector<std::size_t> places(layers.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  if (places.size() <= kMostRows) return places;
  std::ranges::stable_sort(places,
                           [&](std::size_t a, std::size_t b) { return layers[a].latency_ms > layers[b].latency_ms; });
  places.resize(kMostRows - 1);
  std::ranges::sort(places);
  return places;
}

}  // namespace

Chart layer_times(const DevicePart& part) {
  Chart chart = empty_or(part, "layers", "Latency by layer",
                         "the layers in the order in which they run. Colour: what bounds the layer; the number at "
                         "the bar's end is the share of the core's peak that it reaches.");
  const std::vector<LayerFigures>& layers = featured(part).run.layers;
  const double total = total_of(layers, &LayerFigures::latency_ms);
  if (chart.missing.empty() && total <= 0.0) chart.missing = "the layers have no latency";
  if (!chart.missing.empty()) return chart;
  BarChart bars{.across = "layer"};
  for (std::size_t i = 0; i < kBounds.size(); ++i) bars.colors.push_back({fmt::format("{} bound", kBounds[i]), i});
  bars.colors.push_back({"others", kGrey});
  double most = 0.0;
  double rest = total;
  const std::vector<std::size_t> rows = slowest(layers);
  for (const std::size_t place : rows) {
    const LayerFigures& layer = layers[place];
    const double share = layer.latency_ms / total;
    bars.bars.push_back({.name = numbered(place, layer),
                         .value = 100.0 * share,
                         .color = bound_place(layer.bound),
                         .label = fmt::format("{:.0f} %", 100.0 * layer.utilisation),
                         .details = details_of(layer, share)});
    rest -= layer.latency_ms;
  }
  if (rows.size() < layers.size()) {
    const std::string name = fmt::format("{} other layers", layers.size() - rows.size());
    bars.bars.push_back(
        {.name = name,
         .value = std::max(0.0, 100.0 * rest / total),
         .color = kBounds.size(),
         .details = {{"layer", name}, {"share of latency", fmt::format("{:.1f} %", 100.0 * rest / total)}}});
  }
  for (const Bar& bar : bars.bars) most = std::max(most, bar.value);
  bars.axis = axis_from_zero("share of the latency (%)", most);
  chart.drawing = std::move(bars);
  return chart;
}

Chart memory_over_time(const DevicePart& part) {
  Chart chart = empty_or(part, "memory", "Memory over time",
                         "activations that are alive while each layer runs; the runtime's own memory comes on top.");
  if (!chart.missing.empty()) return chart;
  const std::vector<LayerFigures>& layers = featured(part).run.layers;
  const auto largest = std::ranges::max_element(layers, {}, &LayerFigures::live_bytes);
  const auto most = static_cast<double>(largest->live_bytes);
  const PlotUnit unit = plot_unit(Quantity::Arena, most);
  BarChart bars{.axis = axis_from_zero(axis_title("alive", unit), most / unit.size),
                .direction = Direction::Columns,
                .across = "layers, in the order in which they run",
                .colors = {{"activations", 0}, {"the most", 3}}};
  const double total = total_of(layers, &LayerFigures::latency_ms);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerFigures& layer = layers[i];
    const auto alive = static_cast<double>(layer.live_bytes);
    bars.bars.push_back({.name = numbered(i, layer),
                         .value = alive / unit.size,
                         .color = alive == most ? std::size_t{1} : std::size_t{0},
                         .label = {},
                         .details = details_of(layer, total > 0.0 ? layer.latency_ms / total : 0.0)});
  }
  chart.caption +=
      fmt::format(" The most, {}, at {}.", select::in_words(Quantity::Arena, most), shown(largest->name, 40));
  chart.drawing = std::move(bars);
  return chart;
}

Chart energy_by_op(const DevicePart& part) {
  Chart chart = empty_or(part, "energy", "Energy by operator", "what each kind of operator takes of one inference.");
  const Entry& entry = featured(part);
  const double total = total_of(entry.run.layers, &LayerFigures::energy_mj);
  if (entry.option.find(Quantity::Energy) == nullptr) {
    chart.missing = "energy is unavailable: " + shown(entry.option.why_missing(Quantity::Energy), 200);
  } else if (chart.missing.empty() && total <= 0.0) {
    chart.missing = "the layers have no energy";
  }
  if (!chart.missing.empty()) return chart;
  std::map<std::string, double> by_op;
  for (const LayerFigures& layer : entry.run.layers) by_op[shown(layer.op, 28)] += layer.energy_mj;
  std::vector<std::pair<std::string, double>> sorted(by_op.begin(), by_op.end());
  std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) { return a.second > b.second; });
  if (sorted.size() > kMostOps) {
    const double rest = std::accumulate(sorted.begin() + kMostOps - 1, sorted.end(), 0.0,
                                        [](double sum, const auto& op) { return sum + op.second; });
    sorted.resize(kMostOps - 1);
    sorted.emplace_back("others", rest);
  }
  const PlotUnit unit = plot_unit(Quantity::Energy, sorted.front().second);
  BarChart bars{.axis = axis_from_zero(axis_title("energy", unit), sorted.front().second / unit.size),
                .across = "operator",
                .colors = {{"energy", 2}}};
  for (const auto& [op, energy] : sorted) {
    const std::string share = fmt::format("{:.1f} %", 100.0 * energy / total);
    bars.bars.push_back(
        {.name = op,
         .value = energy / unit.size,
         .color = 0,
         .label = share,
         .details = {{"operator", op}, {"energy", select::in_words(Quantity::Energy, energy)}, {"share", share}}});
  }
  chart.drawing = std::move(bars);
  return chart;
}

}  // namespace netfit::report
