// SPDX-License-Identifier: Apache-2.0
// Names of strangers through every format: what must not happen is that one of them becomes markup, script, formula or
// a terminal's command.
#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "report/charts.h"
#include "report/formats.h"
#include "report/test_report.h"
#include "support/temporary_folder.h"

namespace netfit::report {
namespace {

const std::vector<std::string> kHostile{
    "</script><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "<!--<script>",
    "]]><svg onload=alert(1)>",
    "=HYPERLINK(\"http://evil\",\"x\")",
    "@SUM(A1)",
    "-2+3\n=1",
    "\x1b[2J\x1b]0;owned\x07",
    "a\u202eb\u2066c",
    "\xff\xfe\xc0\xaf",
    "datum.x === signal('y')",
    "__proto__",
    std::string(10'000, 'A') + "<b>",
};

store::Run hostile_run(std::size_t which) {
  const std::string& text = kHostile[which];
  store::Run run = sample_runs()[which % 8];
  run.seed = which;
  run.candidate.model = text;
  run.candidate.scheme = text;
  run.candidate.recipe = {{text, text}};
  run.data.name = text;
  run.runtime.name = text;
  run.runtime.version = text;
  run.device.name = which % 2 == 0 ? "board" : text;
  run.file.name = text;
  run.tool_version = text;
  run.readings.front().note = text;
  run.unavailable = {{Quantity::Params, text}};
  for (store::LayerFigures& layer : run.layers) {
    layer.name = text;
    layer.op = text;
    layer.bound = text;
  }
  return run;
}

Report hostile_report() {
  std::vector<store::Run> runs;
  for (std::size_t i = 0; i < kHostile.size(); ++i) runs.push_back(hostile_run(i));
  ReportOptions options{.title = kHostile[0], .tool_version = kHostile[1], .created = kHostile[2]};
  options.otherwise.constraints.limits = {{select::Limited::Latency, 30.0}};
  return *make_report(runs, options);
}

void expect_no_control_characters(const std::string& text) {
  const auto found = std::ranges::find_if(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n') || byte == 0x7f;
  });
  EXPECT_EQ(found, text.end()) << "a control character at " << found - text.begin();
}

bool has_tag(const std::string& text) {
  return std::ranges::any_of(std::vector<std::string>{"<script>alert", "<img", "<svg onload", "<b>", "onmouseover='"},
                             [&](const std::string& tag) { return text.find(tag) != std::string::npos; });
}

TEST(HostileNames, StayTextInThePage) {
  const support::TemporaryFolder folder;
  for (const char* name : {"vega.min.js", "vega-lite.min.js", "vega-embed.min.js", "LICENSES"}) {
    ASSERT_TRUE(base::write_file(folder / name, std::string("/**/")).has_value());
  }
  const std::string page = *write_html(hostile_report(), {.vega = folder.path()});
  EXPECT_FALSE(has_tag(page));
  expect_no_control_characters(page);
  EXPECT_EQ(page.find("\u202e"), std::string::npos);
  EXPECT_EQ(page.find(std::string(200, 'A')), std::string::npos) << "long names are shortened";
  EXPECT_NE(page.find("&lt;/script&gt;&lt;script&gt;alert(1)"), std::string::npos);
  std::size_t scripts = 0;
  for (std::size_t at = page.find("<script"); at != std::string::npos; at = page.find("<script", at + 1)) ++scripts;
  std::size_t ends = 0;
  for (std::size_t at = page.find("</script>"); at != std::string::npos; at = page.find("</script>", at + 1)) ++ends;
  EXPECT_EQ(scripts, 5);
  EXPECT_EQ(ends, 5);
}

TEST(HostileNames, StayTextInCharts) {
  const Report report = hostile_report();
  for (const DevicePart& part : report.devices) {
    Report one = report;
    one.devices = {part};
    for (const ChartKind& kind : chart_kinds()) {
      const auto svg = write_svg(one, {.chart = std::string(kind.name)});
      if (!svg) continue;
      EXPECT_FALSE(has_tag(*svg)) << kind.name;
      expect_no_control_characters(*svg);
      EXPECT_EQ(svg->find(std::string(200, 'A')), std::string::npos);
      EXPECT_EQ(svg->find("]]>"), std::string::npos);
    }
  }
}

TEST(HostileNames, AreNoFormulasInCsv) {
  const std::string csv = *write_csv(hostile_report(), {});
  expect_no_control_characters(csv);
  for (const char* formula : {",=", ",\"=", ",@", ",\"@", ",-2", ",\"-2", "\n=", "\n@"}) {
    EXPECT_EQ(csv.find(formula), std::string::npos) << formula;
  }
  EXPECT_EQ(std::ranges::count(csv, '\n'), std::ssize(kHostile) + 1);
}

TEST(HostileNames, SurviveInJsonAsTheyAre) {
  const auto json = nlohmann::json::parse(*write_json(hostile_report(), {}));
  std::vector<std::string> models;
  for (const auto& device : json["devices"]) {
    for (const auto& run : device["runs"]) models.push_back(run["model"]);
  }
  for (const std::string& text : kHostile) {
    if (text[0] == '\xff') continue;  // no UTF-8; JSON cannot hold it
    EXPECT_NE(std::ranges::find(models, text), models.end()) << text.substr(0, 40);
  }
}

TEST(HostileNames, AppearShortAndHarmlessInMessages) {
  const auto svg = write_svg(hostile_report(), {});
  ASSERT_FALSE(svg.has_value());
  expect_no_control_characters(svg.error().text());
  EXPECT_LT(svg.error().text().size(), 1000);
}

}  // namespace
}  // namespace netfit::report
