// SPDX-License-Identifier: Apache-2.0
// One file that needs nothing else: styles, scripts and data are in it, and its content security policy forbids every
// request and every evaluation of text as code. The libraries take 840 kB; to stay below 2 MB the number of
// candidates shown is limited. Nothing of a Run reaches the page but through shown() and markup(), or as JSON inside a
// <script> through inside_script().
#include <algorithm>

#include <fmt/format.h>

#include "report/chart_file.h"
#include "report/charts.h"
#include "report/formats.h"
#include "report/libraries.h"
#include "report/page_assets.h"
#include "report/page_parts.h"
#include "report/text.h"
#include "report/vega.h"

namespace netfit::report {
namespace {

constexpr std::size_t kMostShown = 200;  // candidates of all devices together
constexpr std::size_t kFewestShown = 8;  // of each device

std::string plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string head(std::string_view title) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'; "
      "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n"
      "<link rel=\"icon\" href=\"data:,\">\n<style>{}</style>\n</head>\n",
      markup(shown(title, 100)), page_style());
}

std::string header(const Report& report) {
  std::size_t runs = 0;
  for (const DevicePart& part : report.devices) runs += part.entries.size();
  std::string links = "<li><a href=\"#recommendations\">Recommendations</a></li>";
  for (std::size_t i = 0; i < report.devices.size(); ++i) {
    links += fmt::format("<li><a href=\"#device-{}\">{}</a></li>", i, markup(shown(report.devices[i].device, 40)));
  }
  return fmt::format(
      "<header>\n<h1>{}</h1>\n<p class=\"soft\">{} on {}, netfit {}{}</p>\n<nav aria-label=\"Sections\"><ul>{}"
      "<li><a href=\"#method\">How every number was obtained</a></li></ul></nav>\n</header>\n",
      markup(shown(report.title, 100)), plural(runs, "run"), plural(report.devices.size(), "device"),
      markup(shown(report.tool_version, 40)),
      report.created.empty() ? "" : fmt::format(", {}", markup(shown(report.created, 40))), links);
}

// The best entries only; of the fronts, what is left of them.
DevicePart shortened(const DevicePart& part, std::size_t most) {
  DevicePart shorter = part;
  if (part.entries.size() <= most) return shorter;
  shorter.entries.resize(most);
  for (FrontPart& front : shorter.fronts) {
    std::erase_if(front.members, [&](std::size_t member) { return member >= most; });
    std::erase_if(front.excluded, [&](const select::Excluded& out) { return out.option >= most; });
  }
  return shorter;
}

/// Writes the devices' sections and collects the specifications of their charts.
class Sections {
 public:
  explicit Sections(std::size_t most) : most_(most) {}

  void add(const DevicePart& part) {
    body_ += fmt::format("<section aria-labelledby=\"device-{0}\">\n<h2 id=\"device-{0}\">{1}</h2>\n", devices_++,
                         markup(shown(part.device)));
    body_ += request_line(part.request) + overview_table(part, most_) + "<div class=\"charts\">\n";
    const DevicePart shorter = shortened(part, most_);
    for (const ChartKind& kind : chart_kinds()) {
      const Chart chart = kind.make(shorter);
      body_ += chart_figure(chart, charts_);
      if (!chart.missing.empty()) continue;
      specs_ += (charts_++ == 0 ? "" : ",\n") + vega_spec(chart);
    }
    body_ += "</div>\n" + layer_table(part) + "</section>\n";
  }
  const std::string& body() const { return body_; }
  std::string specs() const { return "[" + specs_ + "]"; }

 private:
  std::size_t most_;
  std::size_t devices_ = 0;
  std::size_t charts_ = 0;
  std::string body_;
  std::string specs_;
};

std::string scripts(const Libraries& libraries, const std::string& specs) {
  std::string text = fmt::format("<script type=\"application/json\" id=\"specs\">{}</script>\n", inside_script(specs));
  for (const std::string* library : {&libraries.vega, &libraries.vega_lite, &libraries.vega_embed}) {
    text += "<script>" + *library + "</script>\n";
  }
  return text + fmt::format("<script>{}</script>\n", page_script());
}

std::string licences(const Libraries& libraries) {
  return fmt::format(
      "Charts: Vega, Vega-Lite and vega-embed.</p>\n<details><summary>Their "
      "licences</summary><pre>{}</pre></details>\n</footer>\n",
      markup(libraries.licences));
}

}  // namespace

Result<std::string> write_html(const Report& report, const WriteOptions& options) {
  const Libraries libraries = NETFIT_TRY(load_libraries(options.vega));
  Sections sections(std::max(kFewestShown, kMostShown / report.devices.size()));
  std::string cards;
  for (const DevicePart& part : report.devices) {
    cards += recommendation_card(part);
    sections.add(part);
  }
  return head(report.title) + "<body>\n" + header(report) +
         fmt::format(
             "<main>\n<section aria-labelledby=\"recommendations\">\n<h2 id=\"recommendations\">Recommendations</h2>\n"
             "<div class=\"cards\">\n{}</div>\n</section>\n{}"
             "<section aria-labelledby=\"method\">\n<h2 id=\"method\">How every number was obtained</h2>\n"
             "<p>Intervals hold 90 %. A prediction is never shown as a measurement; what cannot be known says "
             "why.</p>\n{}</section>\n</main>\n",
             cards, sections.body(), method_table(report)) +
         fmt::format("<footer>\n<p>Written by netfit {}. ", markup(shown(report.tool_version, 40))) +
         licences(libraries) + scripts(libraries, sections.specs()) + "</body>\n</html>\n";
}

Result<std::string> write_chart_page(std::span<const Chart> charts, const std::filesystem::path& vega) {
  const Libraries libraries = NETFIT_TRY(load_libraries(vega));
  std::string figures;
  std::string specs;
  std::size_t drawn = 0;
  for (const Chart& chart : charts) {
    figures += chart_figure(chart, drawn);
    if (chart.missing.empty()) specs += (drawn++ == 0 ? "" : ",\n") + vega_spec(chart);
  }
  return head(charts.front().title) + "<body>\n<main>\n<div class=\"charts\">\n" + figures +
         "</div>\n</main>\n<footer>\n<p>" + licences(libraries) + scripts(libraries, "[" + specs + "]") +
         "</body>\n</html>\n";
}

}  // namespace netfit::report
