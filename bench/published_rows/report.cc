// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace netfit::published {
namespace {

constexpr std::string_view kHead = R"(# The analytic model against published measurements

Printed by `build/release/bin/published_rows report > docs/analytic-latency.md`; a test fails when it is stale. The rows
are those of measurements/platforms.csv, the models docs/cost-models.md. Error = predicted / published - 1; an interval
is [predicted / factor, predicted x factor].

*Unseen*: efficiencies fitted again without all models of the row's family (all widths and resolutions of mobilenet_v1
are one family), and the factor taken from the other families, too. The factor that the program uses is the 90 %
quantile of the unseen errors of the group, widened where there are few families: errors within a family are alike.
)";

std::size_t count_families(const Group& group) {
  std::set<std::string> families;
  for (const Outcome* outcome : group.outcomes) families.insert(outcome->made->family);
  return families.size();
}

struct Summary {
  int rows = 0;
  int inside = 0;
  std::vector<double> errors;  // predicted / published - 1

  void add(const Outcome& outcome) {
    ++rows;
    inside += outcome.inside() ? 1 : 0;
    errors.push_back(std::exp(outcome.error()) - 1.0);
  }
  double median_size() const {
    std::vector<double> sizes;
    for (const double error : errors) sizes.push_back(std::fabs(error));
    std::ranges::sort(sizes);
    return sizes.empty() ? 0.0 : sizes[sizes.size() / 2];
  }
  double share_within(double limit) const {
    const auto near = std::ranges::count_if(errors, [&](double error) { return std::fabs(error) <= limit; });
    return static_cast<double>(near) / static_cast<double>(std::max(1, rows));
  }
};

std::string summary_cells(const Summary& summary) {
  return fmt::format("{} | {} ({:.1f} %) | {:.1f} % | {:.0f} %", summary.rows, summary.inside,
                     100.0 * summary.inside / std::max(1, summary.rows), 100 * summary.median_size(),
                     100 * summary.share_within(0.2));
}

constexpr std::string_view kSummaryColumns = "rows | inside the interval | median error | within 20 %";

// Rows that lie within the factor of other families, of those that have other families in their group.
struct Unseen {
  int rows = 0;
  int covered = 0;
};

std::map<std::string, Unseen> unseen_by_platform(const std::vector<Outcome>& outcomes) {
  std::map<std::string, Unseen> platforms;
  for (const Group& each : group(outcomes)) {
    if (each.quantity != Quantity::Latency || count_families(each) < 2) continue;
    Unseen& platform = platforms[platform_of(each.outcomes.front()->made->row)];
    platform.rows += static_cast<int>(each.outcomes.size());
    platform.covered += count_covered_unseen(each);
  }
  return platforms;
}

std::string platforms(const std::vector<Outcome>& outcomes) {
  std::map<std::string, Summary> by_platform;
  for (const Outcome& outcome : outcomes) {
    if (outcome.quantity != Quantity::Latency) continue;
    by_platform[platform_of(outcome.made->row)].add(outcome);
    if (outcome.made->row.printed_device.starts_with("stm32h747")) by_platform["stm32h747, its own rows"].add(outcome);
  }
  std::map<std::string, Unseen> unseen = unseen_by_platform(outcomes);
  std::string text = fmt::format(
      "\n## Latency by platform\n\n| platform | {} | unseen rows covered |\n|---|---:|---:|---:|---:|---:|\n",
      kSummaryColumns);
  for (const auto& [platform, summary] : by_platform) {
    const Unseen& own = unseen[platform];
    text += fmt::format(
        "| {} | {} | {} |\n", platform, summary_cells(summary),
        own.rows == 0 ? "-"
                      : fmt::format("{} of {} ({:.1f} %)", own.covered, own.rows, 100.0 * own.covered / own.rows));
  }
  return text + "\nRows of other Cortex-M7 boards are compared with the stm32h747 at their clock.\n";
}

std::string groups_table(const std::vector<Outcome>& outcomes, Quantity quantity) {
  std::string text = fmt::format(
      "\n| core | runtime | type | threads | families | {} | factor | unseen rows covered |\n"
      "|---|---|---|---|---:|---:|---:|---:|---:|---:|---:|\n",
      kSummaryColumns);
  for (const Group& each : group(outcomes)) {
    if (each.quantity != quantity) continue;
    Summary summary;
    for (const Outcome* outcome : each.outcomes) summary.add(*outcome);
    const std::size_t families = count_families(each);
    const std::string threads = each.most_threads == 1 ? "1"
                                : each.most_threads > 100
                                    ? fmt::format("{} and more", each.least_threads)
                                    : fmt::format("{} to {}", each.least_threads, each.most_threads);
    // A single family leaves nothing to take the factor from.
    const std::string unseen =
        families < 2 ? "-" : fmt::format("{:.1f} %", 100.0 * count_covered_unseen(each) / summary.rows);
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {:.2f} | {} |\n", each.core, each.runtime,
                        tensor::name(each.type), threads, families, summary_cells(summary), factor_of(each), unseen);
  }
  return text;
}

std::string left_out_table(const std::vector<Row>& rows) {
  std::map<std::tuple<std::string, std::string, std::string>, int> counts;
  for (const Row& row : rows) ++counts[{row.printed_device, row.printed_runtime, row.left_out}];
  std::string text =
      fmt::format("\n## Rows left out: {}\n\n| device | runtime | rows | reason |\n|---|---|---:|---|\n", rows.size());
  for (const auto& [key, count] : counts) {
    const auto& [device, runtime, reason] = key;
    text += fmt::format("| {} | {} | {} | {} |\n", device, runtime, count, reason);
  }
  return text;
}

std::string number(double value) {
  return value >= 100  ? fmt::format("{:.0f}", value)
         : value >= 10 ? fmt::format("{:.1f}", value)
                       : fmt::format("{:.3g}", value);
}

std::string rows_table(const std::vector<Outcome>& outcomes, Quantity quantity, double unit) {
  std::string text = fmt::format(
      "\n| device | runtime of the row | type | threads | model | published | predicted | interval | error | inside |\n"
      "|---|---|---|---:|---|---:|---:|---:|---:|---|\n");
  for (const Outcome& outcome : outcomes) {
    if (outcome.quantity != quantity) continue;
    const Row& row = outcome.made->row;
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} to {} | {:+.0f} % | {} |\n", row.printed_device,
                        row.printed_runtime, tensor::name(row.type), row.threads, row.model,
                        number(outcome.published / unit), number(outcome.predicted.value / unit),
                        number(outcome.predicted.low / unit), number(outcome.predicted.high / unit),
                        100 * (std::exp(outcome.error()) - 1.0), outcome.inside() ? "yes" : "**no**");
  }
  return text;
}

struct Section {
  Quantity quantity;
  const char* title;
  const char* words;
  double unit;
};
constexpr std::array kSections{
    Section{Quantity::Energy, "Energy, mJ",
            "MLPerf Tiny measures the supply of the microcontroller alone, here of an STM32H7A3 at 280 MHz; the device "
            "file describes an STM32H747. Power has no figure fitted to single rows.",
            1.0},
    Section{
        Quantity::PeakRam, "Peak RAM, KiB",
        "The published figure is what X-CUBE-AI reports: activations and runtime. Its arena is larger than the plan "
        "where its kernels need scratch memory or it does not share, and smaller where it splits a kernel in two.",
        1024.0},
    Section{Quantity::Flash, "Flash, KiB", "Weights and code, as X-CUBE-AI reports them.", 1024.0},
};

}  // namespace

std::string interval_table(const std::vector<Outcome>& outcomes) {
  std::string text = "// Printed by `published_rows intervals` (bench/published_rows); do not edit.\n";
  for (const Group& each : group(outcomes)) {
    // Its interval follows from those of latency and power.
    if (each.quantity == Quantity::Energy) continue;
    constexpr std::array kNames{"Top1", "Latency", "PeakRam", "Arena", "Flash"};
    const char* type = each.type == DType::Float32 ? "Float32" : each.type == DType::Float16 ? "Float16" : "Int8";
    text += fmt::format("Judgement{{Quantity::{}, \"{}\", \"{}\", DType::{}, {}, {}, {:.2f}}},\n",
                        kNames.at(static_cast<std::size_t>(each.quantity)), each.core, each.runtime, type,
                        each.least_threads, each.most_threads, factor_of(each));
  }
  return text;
}

std::string report(const std::vector<Outcome>& outcomes, const std::vector<Row>& left_out) {
  std::string text(kHead);
  text += platforms(outcomes);
  text += "\n## Latency by core, runtime and type\n" + groups_table(outcomes, Quantity::Latency);
  for (const Section& section : kSections) {
    text += fmt::format("\n## {}\n\n{}\n", section.title, section.words) + groups_table(outcomes, section.quantity) +
            rows_table(outcomes, section.quantity, section.unit);
  }
  text += left_out_table(left_out);
  text += "\n## Latency of every row, ms\n" + rows_table(outcomes, Quantity::Latency, 1.0);
  return text;
}

}  // namespace netfit::published
