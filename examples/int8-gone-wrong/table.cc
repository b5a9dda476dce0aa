// SPDX-License-Identifier: Apache-2.0
#include "table.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "report/draw.h"

namespace netfit::gone_wrong {
namespace {

// Ten classes, and some luck.
constexpr double kChance = 12.0;
constexpr double kUnharmed = 1.0;  // points below the sound file

struct Spread {
  double median = 0.0;
  double low = 0.0;
  double high = 0.0;
};

Spread spread_of(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  return {.median = numbers[numbers.size() / 2], .low = numbers.front(), .high = numbers.back()};
}

std::string text(const Spread& spread) {
  return fmt::format("{:.1f} % ({:.1f} to {:.1f})", spread.median, spread.low, spread.high);
}

// All trials of one fault.
struct Row {
  const diagnose::FaultEntry* fault = nullptr;
  double sound = 0.0;
  Spread seen;
  std::vector<Trial> trials;
};

std::vector<Row> rows_of(const std::vector<Trial>& trials) {
  std::vector<Row> rows;
  for (const diagnose::FaultEntry& fault : diagnose::fault_catalog()) {
    Row row{.fault = &fault};
    std::vector<double> seen;
    for (const Trial& trial : trials) {
      if (trial.truth.kind != fault.kind) continue;
      row.trials.push_back(trial);
      row.sound = trial.sound_percent;
      seen.push_back(trial.seen_percent);
    }
    if (seen.empty()) continue;
    row.seen = spread_of(seen);
    rows.push_back(std::move(row));
  }
  return rows;
}

// "clamp-lost 4, healthy 1", the commonest first.
std::string said(const Row& row) {
  std::map<std::string_view, int> counts;
  for (const Trial& trial : row.trials) ++counts[diagnose::entry(trial.said).name];
  std::vector<std::pair<std::string_view, int>> order(counts.begin(), counts.end());
  std::ranges::stable_sort(order, std::greater(), &std::pair<std::string_view, int>::second);
  std::string words;
  for (const auto& [name, count] : order) {
    words += fmt::format("{}{}{}", words.empty() ? "" : ", ", name, order.size() > 1 ? fmt::format(" {}", count) : "");
  }
  return words;
}

std::string fixed(const Row& row) {
  std::vector<double> percents;
  for (const Trial& trial : row.trials) {
    if (trial.fixed_percent) percents.push_back(*trial.fixed_percent);
  }
  if (percents.empty()) return row.fault->repairable ? "-" : "not in the file";
  return text(spread_of(percents));
}

std::string worst_case(const Row& row) {
  return std::ranges::min_element(row.trials, {}, &Trial::seen_percent)->truth.done;
}

std::string faults_at_chance(const std::vector<Row>& rows) {
  std::string names;
  for (const Row& row : rows) {
    if (row.seen.low <= kChance) names += fmt::format("{}{}", names.empty() ? "" : ", ", row.fault->name);
  }
  return names.empty() ? "none" : names;
}

}  // namespace

std::string table_page(const std::vector<Trial>& trials, const Setting& setting) {
  const std::vector<Row> rows = rows_of(trials);
  std::string page = fmt::format(
      "# int8 gone wrong\n\n"
      "Each fault put on purpose into a sound network: {}, int8, {} CIFAR-10 test images, {} random cases a fault. "
      "What "
      "it costs, what `netfit diagnose` says of it, and the accuracy after `--fix`. Medians, with the range over the "
      "cases.\n\nMade by `{}`; docs/faults.md describes the faults.\n\n![Accuracy with each "
      "fault](int8-gone-wrong.svg)\n\n"
      "| fault | sound int8 | with the fault | diagnose says | after --fix | worst case "
      "|\n|---|---:|---:|---|---:|---|\n",
      setting.network, setting.test_samples, setting.seeds, setting.command);
  for (const Row& row : rows) {
    page += fmt::format("| {} | {:.1f} % | {} | {} | {} | {} |\n", row.fault->name, row.sound, text(row.seen),
                        said(row), fixed(row), worst_case(row));
  }
  page += fmt::format("\nAt chance (at most {:.0f} %) in at least one case: {}.\n", kChance, faults_at_chance(rows));
  return page;
}

std::string table_chart(const std::vector<Trial>& trials, const Setting& setting) {
  std::vector<Row> rows = rows_of(trials);
  std::ranges::stable_sort(rows, {}, [](const Row& row) { return row.seen.median; });
  report::BarChart bars{.axis = {.title = "top-1, %", .low = 0.0, .high = 100.0},
                        .across = "fault",
                        .colors = {{"at chance", 0}, {"harmed", 1}, {"within a point of the sound file", 2}}};
  for (const Row& row : rows) {
    const std::size_t color = row.seen.median <= kChance ? 0 : row.seen.median < row.sound - kUnharmed ? 1 : 2;
    bars.bars.push_back(
        {.name = std::string(row.fault->name), .value = row.seen.median, .color = color, .label = text(row.seen)});
  }
  return report::draw({.name = "int8-gone-wrong",
                       .title = fmt::format("Accuracy of {} in int8 with each fault", setting.network),
                       .caption = fmt::format("Median of {} random cases, in brackets their range; {} test images.",
                                              setting.seeds, setting.test_samples),
                       .drawing = bars});
}

}  // namespace netfit::gone_wrong
