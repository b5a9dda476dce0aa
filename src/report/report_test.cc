// SPDX-License-Identifier: Apache-2.0
#include "report/report.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "report/charts.h"
#include "report/figures.h"
#include "report/test_report.h"

namespace netfit::report {
namespace {

const DevicePart& part_of(const Report& report, const std::string& device) {
  return *std::ranges::find(report.devices, device, &DevicePart::device);
}

const BarChart& bars_of(const Chart& chart) { return std::get<BarChart>(chart.drawing); }

TEST(Report, HasAPartForEachDeviceWithWhatFitsFirst) {
  const Report report = *make_report(sample_runs(), sample_options());
  ASSERT_EQ(report.devices.size(), 3);
  const DevicePart& part = part_of(report, "stm32h747");
  ASSERT_EQ(part.entries.size(), 8);
  EXPECT_EQ(part.entries.front().option.key, part.recommendation.choice->key);
  EXPECT_EQ(part.entries.front().name, "mobilenetv2_cifar10_450k int8");
  const auto fits = [](const Entry& entry) { return entry.lacks.empty(); };
  EXPECT_TRUE(std::ranges::is_partitioned(part.entries, fits));
  EXPECT_EQ(std::ranges::count_if(part.entries, fits), std::ssize(part.recommendation.ranked));
  EXPECT_TRUE(part.entries.back().lacks.front().starts_with("flash: ")) << part.entries.back().lacks.front();
}

TEST(Report, MarksTheFrontsInPlacesOfItsEntries) {
  const Report report = *make_report(sample_runs(), sample_options());
  const DevicePart& part = part_of(report, "apple-m1");
  for (const FrontPart& front : part.fronts) {
    ASSERT_FALSE(front.members.empty());
    for (const std::size_t member : front.members) {
      const select::Option& own = part.entries[member].option;
      const Quantity quantity = front.objectives.front();
      for (const Entry& other : part.entries) {
        EXPECT_FALSE(other.option.find(quantity)->value < own.find(quantity)->value &&
                     other.option.find(Quantity::Top1)->value > own.find(Quantity::Top1)->value);
      }
    }
  }
  const auto& without_energy = part_of(report, "cortex-a78").fronts.back();
  EXPECT_TRUE(without_energy.members.empty());
  EXPECT_EQ(without_energy.excluded.size(), 8);
}

TEST(Report, TellsRunsOfOneLabelApart) {
  std::vector<store::Run> runs{sample_runs().front(), sample_runs().front(), sample_runs().front()};
  runs[1].threads = 4;
  runs[2].seed = 7;
  const Report report = *make_report(runs, {});
  std::vector<std::string> names;
  for (const Entry& entry : report.devices.front().entries) names.push_back(entry.name);
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
  EXPECT_TRUE(std::ranges::any_of(names, [](const std::string& n) { return n.ends_with("float32, 4 threads"); }));
  EXPECT_TRUE(std::ranges::any_of(names, [](const std::string& n) { return n.find(", run ") != n.npos; }));
}

TEST(Report, SaysOfAnUnavailableFigureOnlyThatItIs) {
  ReportOptions options;
  options.otherwise.constraints.limits = {{select::Limited::Energy, 1.0}};
  const Report report = *make_report(sample_runs(), options);
  EXPECT_EQ(part_of(report, "cortex-a78").entries.front().lacks, std::vector<std::string>{"energy is unavailable"});
}

TEST(Report, OfNoRunsIsRefused) {
  const auto report = make_report({}, {});
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().text(), "error: there are no runs to report");
}

TEST(Report, RefusesARequestThatIsWrongInItself) {
  ReportOptions options;
  options.otherwise.constraints.limits = {{select::Limited::Latency, -1.0}};
  EXPECT_FALSE(make_report(sample_runs(), options).has_value());
}

TEST(Report, SaysHowEveryKindOfNumberWasObtained) {
  const Report report = *make_report(sample_runs(), sample_options());
  std::vector<Quantity> quantities;
  for (const Method& method : report.methods) {
    quantities.push_back(method.quantity);
    EXPECT_FALSE(method.how.empty());
  }
  EXPECT_EQ(quantities, (std::vector{Quantity::Top1, Quantity::Latency, Quantity::PeakRam, Quantity::Flash,
                                     Quantity::Energy, Quantity::Macs}));
  EXPECT_EQ(report.methods.front().notes, std::vector<std::string>{"10000 images"});
}

TEST(Charts, SayWhyTheyCannotBeDrawn) {
  const Report report = *make_report(sample_runs(), sample_options());
  const std::string reason = "energy is unavailable: the device file states no power figures";
  EXPECT_EQ(accuracy_energy(part_of(report, "cortex-a78")).missing, reason);
  EXPECT_EQ(energy_by_op(part_of(report, "cortex-a78")).missing, reason);
  std::vector<store::Run> runs = sample_runs();
  for (store::Run& run : runs) run.layers.clear();
  const Report bare = *make_report(runs, {});
  for (const auto make : {&layer_times, &memory_over_time}) {
    EXPECT_EQ(make(bare.devices.front()).missing, "the run has no figures by layer");
  }
}

TEST(Charts, TheRadarLeavesOutWhatIsUnknownAndSaysSo) {
  const Report report = *make_report(sample_runs(), sample_options());
  const Chart chart = radar(part_of(report, "cortex-a78"));
  const auto& drawing = std::get<RadarChart>(chart.drawing);
  EXPECT_EQ(drawing.spokes, (std::vector<std::string>{"top-1 errors", "latency", "peak RAM", "flash"}));
  EXPECT_NE(chart.caption.find("Without energy: the device file states no power figures"), std::string::npos);
  EXPECT_EQ(drawing.lines.size(), 6);
  for (std::size_t spoke = 0; spoke < drawing.spokes.size(); ++spoke) {
    double best = 0.0;
    for (const RadarLine& line : drawing.lines) {
      EXPECT_GE(line.radii[spoke], 0.0);
      best = std::max(best, line.radii[spoke]);
    }
    EXPECT_EQ(best, 1.0);
  }
}

TEST(Charts, SharesOfLayersAddUpEvenWhereSomeAreMerged) {
  std::vector<store::Run> runs{sample_runs().front()};
  const std::vector<store::LayerFigures> layers = runs.front().layers;
  for (int i = 0; i < 3; ++i) runs.front().layers.insert(runs.front().layers.end(), layers.begin(), layers.end());
  const Report report = *make_report(runs, {});
  const Chart chart = layer_times(report.devices.front());
  double sum = 0.0;
  for (const Bar& bar : bars_of(chart).bars) sum += bar.value;
  EXPECT_NEAR(sum, 100.0, 1e-9);
  EXPECT_EQ(bars_of(chart).bars.size(), 40);
  EXPECT_EQ(bars_of(chart).bars.back().name, "73 other layers");
}

TEST(Charts, EnergyOfOperatorsAddsUpToThatOfTheLayers) {
  const std::vector<store::Run> runs{sample_runs().front()};
  const Report report = *make_report(runs, {});
  const Chart chart = energy_by_op(report.devices.front());
  double sum = 0.0;
  for (const Bar& bar : bars_of(chart).bars) sum += bar.value;
  double expected = 0.0;
  for (const store::LayerFigures& layer : runs.front().layers) expected += layer.energy_mj;
  EXPECT_NEAR(sum, expected, 1e-9 * expected);
}

TEST(Charts, ShowTheNearestCandidateWhereNothingFits) {
  ReportOptions options;
  options.otherwise.constraints.limits = {{select::Limited::Flash, 100.0 * 1024}};
  const Report report = *make_report(sample_runs(), options);
  const DevicePart& part = report.devices.front();
  EXPECT_FALSE(part.recommendation.feasible);
  EXPECT_EQ(featured(part).option.key, part.recommendation.nearest->option.key);
}

TEST(Figures, NameTheUnitOnceWhereItIsTheSame) {
  select::Option option;
  option.readings[Quantity::Latency] = {Quantity::Latency, 45.25, 30, 61, base::Source::Analytic, ""};
  option.readings[Quantity::Flash] = {Quantity::Flash, 1e6, 9e5, 2e6, base::Source::Analytic, ""};
  option.readings[Quantity::Macs] = Reading::exact(Quantity::Macs, 500, base::Source::Analytic);
  option.missing[Quantity::Energy] = "no <figures>";
  EXPECT_EQ(figure_in_words(option, Quantity::Latency), "45.25 ms (30 to 61 ms, analytic)");
  EXPECT_EQ(figure_in_words(option, Quantity::Flash), "976.6 KiB (878.9 KiB to 1.907 MiB, analytic)");
  EXPECT_EQ(figure_in_words(option, Quantity::Macs), "500 (analytic)");
  EXPECT_EQ(figure_in_words(option, Quantity::Energy), "unavailable: no <figures>");
}

}  // namespace
}  // namespace netfit::report
