// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/charts.h"
#include "report/figures.h"
#include "report/page_parts.h"
#include "report/text.h"
#include "select/words.h"

namespace netfit::report {
namespace {

constexpr std::array kColumns{Quantity::Top1, Quantity::Latency, Quantity::PeakRam, Quantity::Flash, Quantity::Energy};

std::string escaped(std::string_view text, std::size_t most = 64) { return markup(shown(text, most)); }

// A long name may be broken after each of its words.
std::string breakable(std::string_view name) {
  std::string result;
  for (const char c : escaped(name)) {
    result += c;
    if (c == '_') result += "<wbr>";
  }
  return result;
}

std::string capital(std::string_view text) {
  std::string result(text);
  if (!result.empty() && result[0] >= 'a' && result[0] <= 'z') result[0] = static_cast<char>(result[0] - 'a' + 'A');
  return result;
}

// A table that scrolls sideways where it is too wide, and can be reached with the keyboard.
std::string scrolling(std::string_view label, std::string_view head, std::string_view body) {
  return fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table>\n<thead><tr>{}</tr></thead>\n"
      "<tbody>\n{}</tbody></table></div>\n",
      markup(label), head, body);
}

std::string sortable(std::string_view title, std::string_view style = "") {
  return fmt::format("<th scope=\"col\"{}><button type=\"button\">{}</button></th>",
                     style.empty() ? "" : fmt::format(" class=\"{}\"", style), markup(title));
}

std::string figure_cell(const select::Option& option, Quantity quantity) {
  const Reading* reading = option.find(quantity);
  if (reading == nullptr) {
    return fmt::format("<td class=\"number missing\"><small>unavailable: {}</small></td>",
                       escaped(option.why_missing(quantity), 160));
  }
  const std::string interval = interval_in_words(*reading);
  const std::string small =
      fmt::format("{}{}{}", interval, interval.empty() ? "" : "<br>", base::name(reading->source));
  return fmt::format("<td class=\"number\" data-v=\"{}\">{}<small>{}</small></td>", reading->value,
                     select::in_words(quantity, reading->value), small);
}

std::string limits_cell(const Entry& entry) {
  if (entry.lacks.empty()) return "<td class=\"fits\">fits</td>";
  std::string words;
  for (const std::string& lack : entry.lacks) {
    words += fmt::format("{}{}", words.empty() ? "" : "<br>", escaped(lack, 160));
  }
  return fmt::format("<td class=\"wrap lacks\">{}</td>", words);
}

std::string fronts_cell(const DevicePart& part, std::size_t place) {
  std::string words;
  for (const FrontPart& front : part.fronts) {
    if (std::ranges::find(front.members, place) == front.members.end()) continue;
    words += fmt::format("{}{}", words.empty() ? "" : ", ", select::in_words(front.objectives.front()));
  }
  return fmt::format("<td>{}</td>", words.empty() ? "none" : words);
}

std::string entry_row(const DevicePart& part, std::size_t place) {
  const Entry& entry = part.entries[place];
  const auto& choice = part.recommendation.choice;
  const bool chosen = choice && choice->key == entry.option.key;
  const store::RuntimeRef& runtime = entry.run.runtime;
  std::string row =
      fmt::format("<tr{}><th scope=\"row\">{}{}<br><small>{}</small></th>", chosen ? " class=\"chosen\"" : "",
                  breakable(entry.name), chosen ? " <span class=\"badge\">recommended</span>" : "",
                  escaped(runtime.name + " " + runtime.version, 40));
  for (const Quantity quantity : kColumns) row += figure_cell(entry.option, quantity);
  return row + fronts_cell(part, place) + limits_cell(entry) + "</tr>\n";
}

std::string layer_row(std::size_t place, const store::LayerFigures& layer, double total) {
  const auto number = [](double value, const std::string& words) {
    return fmt::format("<td class=\"number\" data-v=\"{}\">{}</td>", value, words);
  };
  const double share = total > 0.0 ? layer.latency_ms / total : 0.0;
  return fmt::format("<tr>{}<th scope=\"row\">{}</th><td>{}</td>",
                     number(static_cast<double>(place), fmt::to_string(place)), escaped(layer.name),
                     escaped(layer.op, 40)) +
         number(layer.latency_ms, select::in_words(Quantity::Latency, layer.latency_ms)) +
         number(share, fmt::format("{:.1f} %", 100.0 * share)) + fmt::format("<td>{}</td>", escaped(layer.bound, 24)) +
         number(layer.utilisation, fmt::format("{:.0f} %", 100.0 * layer.utilisation)) +
         number(static_cast<double>(layer.macs), select::in_words(Quantity::Macs, static_cast<double>(layer.macs))) +
         number(static_cast<double>(layer.live_bytes),
                select::in_words(Quantity::Arena, static_cast<double>(layer.live_bytes))) +
         number(layer.energy_mj, select::in_words(Quantity::Energy, layer.energy_mj)) + "</tr>\n";
}

}  // namespace

std::string overview_table(const DevicePart& part, std::size_t most) {
  std::string head = sortable("Candidate");
  for (const Quantity quantity : kColumns) head += sortable(capital(select::in_words(quantity)), "number");
  head += sortable("On the front of") + sortable("Limits");
  std::string body;
  const std::size_t rows = std::min(most, part.entries.size());
  for (std::size_t i = 0; i < rows; ++i) body += entry_row(part, i);
  std::string table = scrolling("Candidates on " + shown(part.device, 40), head, body);
  if (rows < part.entries.size()) {
    table +=
        fmt::format("<p class=\"soft\">The {} best of {} candidates. All are in the report as .csv and .json.</p>\n",
                    rows, part.entries.size());
  }
  return table;
}

std::string layer_table(const DevicePart& part) {
  constexpr std::size_t kMostLayers = 400;
  const Entry& entry = featured(part);
  const std::vector<store::LayerFigures>& layers = entry.run.layers;
  if (layers.empty()) return {};
  double total = 0.0;
  for (const store::LayerFigures& layer : layers) total += layer.latency_ms;
  std::string head = sortable("#", "number") + sortable("Layer") + sortable("Operator") +
                     sortable("Latency", "number") + sortable("Share", "number") + sortable("Bound by") +
                     sortable("Utilisation", "number") + sortable("MACs", "number") + sortable("Alive", "number") +
                     sortable("Energy", "number");
  std::string body;
  const std::size_t rows = std::min(kMostLayers, layers.size());
  for (std::size_t i = 0; i < rows; ++i) body += layer_row(i + 1, layers[i], total);
  std::string table =
      scrolling(fmt::format("Layers of {} on {}", shown(entry.name, 40), shown(part.device, 40)), head, body);
  if (rows < layers.size())
    table += fmt::format("<p class=\"soft\">The first {} of {} layers.</p>\n", rows, layers.size());
  return fmt::format("<details><summary>Layers of {} in figures</summary>\n{}</details>\n", breakable(entry.name),
                     table);
}

std::string method_table(const Report& report) {
  constexpr std::size_t kMostNotes = 5;
  std::string body;
  for (const Method& method : report.methods) {
    std::string notes;
    for (std::size_t i = 0; i < std::min(kMostNotes, method.notes.size()); ++i) {
      notes += fmt::format("{}{}", i == 0 ? "" : "<br>", escaped(method.notes[i], 200));
    }
    if (method.notes.size() > kMostNotes) notes += fmt::format("<br>and {} more", method.notes.size() - kMostNotes);
    body += fmt::format(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"wrap\">{}</td><td class=\"wrap\">{}</td></tr>\n",
        capital(select::in_words(method.quantity)), base::name(method.source), markup(method.how), notes);
  }
  return scrolling("How every number was obtained",
                   "<th scope=\"col\">Number</th><th scope=\"col\">Source</th><th scope=\"col\">How</th>"
                   "<th scope=\"col\">Notes of the readings</th>",
                   body);
}

}  // namespace netfit::report
