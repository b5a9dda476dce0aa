// SPDX-License-Identifier: Apache-2.0
// One report through every format.
#include "report/formats.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "report/charts.h"
#include "report/test_report.h"
#include "store/content_key.h"
#include "support/temporary_folder.h"

namespace netfit::report {
namespace {

/// A folder with stand-ins for the libraries.
class Formats : public testing::Test {
 protected:
  Formats() {
    for (const char* name : {"vega.min.js", "vega-lite.min.js", "vega-embed.min.js", "LICENSES"}) {
      EXPECT_TRUE(base::write_file(folder_ / name, std::string("/* ") + name + " */").has_value());
    }
  }
  std::string write(const Report& report, std::string_view extension, const std::string& chart = "accuracy-latency") {
    const auto format = format_for("x" + std::string(extension));
    EXPECT_TRUE(format.has_value());
    auto text = (*format)->write(report, {.chart = chart, .vega = folder_.path()});
    EXPECT_TRUE(text.has_value()) << text.error().text();
    return text.value_or("");
  }
  support::TemporaryFolder folder_;
};

store::Run small_run(const std::string& scheme, double latency) {
  store::Run run;
  run.candidate = {"net", "00", scheme, {{"fold", "yes"}}};
  run.data = {"cifar10", "test", 2000, ""};
  run.device = {"board", "11"};
  run.runtime = {"rt", "1.0", "22"};
  run.tool_version = "0.1.0";
  run.readings = {{Quantity::Top1, 92.5, 91.5, 93.5, base::Source::Measured, "2000 images"},
                  {Quantity::Latency, latency, latency / 2, latency * 2, base::Source::Analytic, ""}};
  run.unavailable = {{Quantity::Energy, "no figures"}};
  run.file = {"net.tflite", 1000, "33"};
  return run;
}

Report small_report() {
  const std::vector<store::Run> runs{small_run("int8", 10.0), small_run("float32", 20.0)};
  return *make_report(runs, {.title = "small", .tool_version = "0.1.0", .created = "2026-01-31T12:00:00Z"});
}

TEST_F(Formats, AreChosenByExtension) {
  EXPECT_EQ((*format_for("a/b.html"))->name, "html");
  const auto unknown = format_for("b.pdf");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().text(),
            "error: a report has no format for the extension '.pdf' (allowed: .csv, .html, .json, .svg)");
}

TEST_F(Formats, CsvHasALineForEachRun) {
  const std::string csv = write(small_report(), ".csv");
  const std::string key = store::content_key(small_run("int8", 10.0));
  EXPECT_TRUE(
      csv.starts_with("key,model,scheme,recipe,device,runtime,runtime_version,threads,data,images,file,fits,"
                      "recommended,top1_percent,top1_low,top1_high,top1_source,latency_ms,latency_low,"));
  EXPECT_NE(csv.find("\n" + key +
                     ",net,int8,fold=yes,board,rt,1.0,1,cifar10,2000,net.tflite,yes,yes,92.5,91.5,93.5,measured,"
                     "10,5,20,analytic,,,,unavailable: it was not evaluated,"),
            std::string::npos)
      << csv;
  EXPECT_NE(csv.find("unavailable: no figures"), std::string::npos);
  EXPECT_EQ(std::ranges::count(csv, '\n'), 3);
}

TEST_F(Formats, JsonHoldsEverything) {
  const auto json = nlohmann::json::parse(write(small_report(), ".json"));
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["created"], "2026-01-31T12:00:00Z");
  const auto& device = json["devices"][0];
  EXPECT_EQ(device["device"], "board");
  const auto& run = device["runs"][0];
  EXPECT_EQ(device["recommendation"]["choice"], run["key"]);
  EXPECT_EQ(device["recommendation"]["baseline"]["speedup"], 2.0);
  EXPECT_EQ(run["readings"]["latency"],
            (nlohmann::json{
                {"value", 10.0}, {"low", 5.0}, {"high", 20.0}, {"unit", "ms"}, {"source", "analytic"}, {"note", ""}}));
  EXPECT_EQ(run["unavailable"]["energy"], "no figures");
}

// Every key that JSON can hold, those of maps by quantity aside.
void collect_keys(const nlohmann::json& json, std::set<std::string>& keys) {
  if (!json.is_structured()) return;
  for (const auto& [key, value] : json.items()) {
    if (json.is_object()) keys.insert(key);
    if (key == "readings") {
      for (const auto& reading : value) collect_keys(reading, keys);
    } else if (key != "unavailable") {
      collect_keys(value, keys);
    }
  }
}

TEST_F(Formats, TheSchemaDocumentListsEveryKeyOfTheJson) {
  ReportOptions options = sample_options();
  options.requests["apple-m1"].constraints.limits = {{select::Limited::Flash, 100.0}};
  std::set<std::string> keys;
  collect_keys(nlohmann::json::parse(write(*make_report(sample_runs(), options), ".json")), keys);
  EXPECT_GT(keys.size(), 50);
  const std::string document = *base::read_text("docs/report-schema.md");
  for (const std::string& key : keys) {
    if (key.find_first_not_of("0123456789") == std::string::npos) continue;  // places in lists
    EXPECT_NE(document.find("`" + key + "`"), std::string::npos) << key << " is not in docs/report-schema.md";
  }
}

TEST_F(Formats, AnSvgNeedsOneDevice) {
  const Report report = *make_report(sample_runs(), sample_options());
  const auto svg = write_svg(report, {});
  ASSERT_FALSE(svg.has_value());
  EXPECT_EQ(svg.error().text(),
            "error: a chart shows one device, and the runs are of apple-m1, cortex-a78, stm32h747 (--device chooses)");
}

TEST_F(Formats, AnSvgShowsEachPointWithItsIntervalAndTheFront) {
  const std::string svg = write(small_report(), ".svg");
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\""));
  EXPECT_NE(svg.find("<title>Top-1 against latency, board</title>"), std::string::npos);
  const auto count = [&](std::string_view what) {
    int found = 0;
    for (std::size_t at = svg.find(what); at != std::string::npos; at = svg.find(what, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("class=\"interval\""), 4);
  EXPECT_EQ(count("stroke-dasharray"), 1);
  EXPECT_EQ(count("<title>candidate: "), 2);
}

TEST_F(Formats, EveryChartOfEveryDeviceIsDrawnOrSaysWhyNot) {
  const Report report = *make_report(sample_runs(), sample_options());
  int drawn = 0;
  for (const DevicePart& part : report.devices) {
    Report one = report;
    one.devices = {part};
    for (const ChartKind& kind : chart_kinds()) {
      const auto svg = write_svg(one, {.chart = std::string(kind.name)});
      if (svg) {
        ++drawn;
        EXPECT_TRUE(svg->ends_with("</svg>\n"));
        for (const char* number : {"\"nan", "\"-nan", "\"inf", "\"-inf", ",nan", ",inf", ",-inf"}) {
          EXPECT_EQ(svg->find(number), std::string::npos) << kind.name;
        }
      } else {
        EXPECT_NE(svg.error().what().find("energy is unavailable"), std::string::npos) << svg.error().text();
      }
    }
  }
  EXPECT_EQ(drawn, 19);
}

TEST_F(Formats, ThePageHasEveryPartAndForbidsEveryRequest) {
  const std::string page = write(small_report(), ".html");
  for (const char* part : {"default-src 'none'", "<h2 id=\"recommendations\">", "<h2 id=\"device-0\">board</h2>",
                           "<h2 id=\"method\">", "unavailable: no figures", "net int8", "/* vega-lite.min.js */",
                           "Limits: none. Objective: balanced.", "data-chart=\"0\"", "/* LICENSES */"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
  for (const char* reference : {"src=\"", "href=\"http", "@import", "url("}) {
    EXPECT_EQ(page.find(reference), std::string::npos) << reference;
  }
}

TEST_F(Formats, ThePageHasASpecificationForEachChart) {
  const std::string page = write(*make_report(sample_runs(), sample_options()), ".html");
  const std::size_t begin = page.find("id=\"specs\">") + 11;
  const auto specs = nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
  EXPECT_EQ(specs.size(), 19);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    EXPECT_NE(page.find("data-chart=\"" + std::to_string(i) + "\""), std::string::npos);
    EXPECT_FALSE(specs[i]["data"]["values"].empty());
  }
  EXPECT_EQ(page.find("data-chart=\"19\""), std::string::npos);
}

TEST_F(Formats, ThePageNeedsItsLibraries) {
  const auto page = write_html(small_report(), {.vega = folder_ / "absent"});
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error().kind(), ErrorKind::MissingProgram);
  EXPECT_NE(page.error().text().find("tools/setup"), std::string::npos);
  const auto nowhere = write_html(small_report(), {});
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_EQ(nowhere.error().kind(), ErrorKind::MissingProgram);
}

TEST_F(Formats, EqualRunsInAnyOrderGiveEqualBytes) {
  std::vector<store::Run> runs = sample_runs();
  const Report one = *make_report(runs, sample_options());
  std::ranges::reverse(runs);
  const Report other = *make_report(runs, sample_options());
  for (const char* extension : {".csv", ".html", ".json"}) {
    EXPECT_EQ(write(one, extension), write(other, extension)) << extension;
  }
}

TEST_F(Formats, ThePageStaysSmallWithManyRuns) {
  std::vector<store::Run> runs;
  for (int i = 0; i < 2000; ++i) {
    store::Run run = sample_runs()[static_cast<std::size_t>(i % 8)];
    run.seed = static_cast<std::uint64_t>(i);
    run.candidate.model = std::string(10'000, 'm') + std::to_string(i);
    runs.push_back(std::move(run));
  }
  const std::string page = write(*make_report(runs, {}), ".html");
  EXPECT_LT(page.size(), 1'100'000U) << "the libraries take 840,000 of the 2,000,000 bytes allowed";
  EXPECT_NE(page.find("The 200 best of 2000 candidates"), std::string::npos);
}

}  // namespace
}  // namespace netfit::report
