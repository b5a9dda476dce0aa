// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/backtest_answer.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/table.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;
using calib::Judged;

bool is_memory(Quantity quantity) { return quantity == Quantity::PeakRam || quantity == Quantity::Flash; }

// The column of the table that was measured.
std::string_view column_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::Energy:
      return "energy_mj";
    case Quantity::PeakRam:
      return "ram_kib";
    case Quantity::Flash:
      return "flash_kib";
    default:
      return "latency_ms";
  }
}

Json row_json(const Judged& judged) {
  const calib::Measurement& row = judged.observation->row;
  return {{"row", row.row},
          {"device_id", row.device_id},
          {"model_id", row.model_id},
          {"runtime", row.runtime},
          {"threads", row.threads ? Json(*row.threads) : Json(nullptr)},
          {"precision", row.precision},
          {"quantity", column_of(judged.quantity)},
          {"measured", judged.measured},
          {"value", judged.prediction.value},
          {"low", judged.prediction.low},
          {"high", judged.prediction.high},
          {"source", is_memory(judged.quantity) ? "analytic" : "calibrated"},
          {"seen",
           {{"device", judged.prediction.seen.device},
            {"core", judged.prediction.seen.core},
            {"model", judged.prediction.seen.model}}}};
}

Json line_json(const BacktestPart& part, const calib::SummaryLine& line) {
  const auto floor = [&](double calib::Floor::*figure) { return line.floor ? Json((*line.floor).*figure) : Json(); };
  return {{"hidden", part.hidden},
          {"adapted_rows", part.rows},
          {"group", line.group},
          {"rows", line.score.rows},
          {"median_error", line.score.median_error},
          {"within_10_percent", line.score.within_10},
          {"within_20_percent", line.score.within_20},
          {"coverage", line.score.coverage},
          {"median_factor", line.score.median_factor},
          {"floor_median_error", floor(&calib::Floor::median_error)},
          {"floor_within_10_percent", floor(&calib::Floor::within_10)},
          {"floor_within_20_percent", floor(&calib::Floor::within_20)}};
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100.0 * share); }

std::vector<Column> summary_columns() {
  return {{"rows of"},
          {"rows", Align::Right},
          {"median", Align::Right},
          {"in 10 %", Align::Right},
          {"in 20 %", Align::Right},
          {"floor", Align::Right},
          {"covered", Align::Right},
          {"factor", Align::Right}};
}

std::string floor_text(const calib::Floor& floor) {
  return fmt::format("{:.1f}/{:.0f}/{:.0f} %", 100 * floor.median_error, 100 * floor.within_10, 100 * floor.within_20);
}

std::vector<std::string> summary_cells(const calib::SummaryLine& line) {
  return {line.group,
          std::to_string(line.score.rows),
          percent(line.score.median_error),
          percent(line.score.within_10),
          percent(line.score.within_20),
          line.floor ? floor_text(*line.floor) : "-",
          percent(line.score.coverage),
          fmt::format("{:.2f}", line.score.median_factor)};
}

std::vector<const Judged*> worst_of(const BacktestPart& part, int count) {
  std::vector<const Judged*> rows;
  for (const Judged& judged : part.judged) rows.push_back(&judged);
  const auto kept = std::min(static_cast<std::ptrdiff_t>(count), std::ssize(rows));
  std::ranges::partial_sort(rows, rows.begin() + kept, std::ranges::greater{},
                            [](const Judged* judged) { return std::abs(judged->error()); });
  rows.resize(static_cast<std::size_t>(kept));
  return rows;
}

std::vector<Column> row_columns() {
  return {{"device"},
          {"runtime"},
          {"threads", Align::Right},
          {"model"},
          {"measured", Align::Right},
          {"predicted", Align::Right},
          {"interval", Align::Right}};
}

std::vector<std::string> row_cells(const Judged& judged) {
  const calib::Measurement& row = judged.observation->row;
  return {
      base::printable(row.device_id),
      base::printable(row.runtime),
      row.threads ? std::to_string(*row.threads) : "?",
      base::printable(row.model_id),
      fmt::format("{:.4g} {}", judged.measured, is_memory(judged.quantity) ? "KiB" : base::unit_of(judged.quantity)),
      fmt::format("{:.4g}", judged.prediction.value),
      fmt::format("{:.3g} to {:.3g}", judged.prediction.low, judged.prediction.high)};
}

std::string title_of(const BacktestPart& part) {
  if (part.hidden == "nothing") return "Coefficients as they are shipped";
  const std::string title = fmt::format("Every row by a fit that has not seen its {}", part.hidden);
  return part.rows == 0 ? title : fmt::format("{}, adapted to {} of its rows", title, part.rows);
}

std::string rank_text(const BacktestPart& part) {
  const calib::RankCorrelation rank = calib::rank_correlation(part.judged);
  if (rank.configurations == 0) return "";
  return fmt::format("Rank correlation, median over {} configurations of 15 rows and more: {:.3f}.\n",
                     rank.configurations, rank.median);
}

std::vector<Column> cell_columns() {
  return {{"NAS-Bench-201, 50 cells fitted, on"},
          {"dead operations"},
          {"cells", Align::Right},
          {"median", Align::Right},
          {"in 10 %", Align::Right},
          {"covered", Align::Right},
          {"rank", Align::Right}};
}

std::vector<std::string> cell_cells(const calib::CellScore& cell) {
  return {cell.device,
          cell.dead_kept ? "kept" : "removed",
          std::to_string(cell.score.rows),
          percent(cell.score.median_error),
          percent(cell.score.within_10),
          percent(cell.score.coverage),
          fmt::format("{:.3f}", cell.rank_correlation)};
}

Json cell_json(const calib::CellScore& cell) {
  return {{"hidden", "cell"},
          {"group", "NAS-Bench-201 on " + cell.device},
          {"dead_operations", cell.dead_kept ? "kept" : "removed"},
          {"rows", cell.score.rows},
          {"median_error", cell.score.median_error},
          {"within_10_percent", cell.score.within_10},
          {"within_20_percent", cell.score.within_20},
          {"coverage", cell.score.coverage},
          {"median_factor", cell.score.median_factor},
          {"rank_correlation", cell.rank_correlation}};
}

void add_row(std::string& text, const std::vector<std::string>& cells) {
  for (const std::string& cell : cells) text += "| " + cell + " ";
  text += "|\n";
}

void add_head(std::string& text, const std::vector<Column>& columns) {
  std::vector<std::string> titles;
  std::vector<std::string> rules;
  for (const Column& column : columns) {
    titles.push_back(column.title);
    rules.emplace_back(column.align == Align::Right ? "---:" : "---");
  }
  add_row(text, titles);
  add_row(text, rules);
}

constexpr std::string_view kLegend =
    "median: of |predicted / measured - 1|. floor: the same three figures of one who knows the model's\n"
    "latency on the most alike configuration (same core, runtime and threads), scaled. covered: rows\n"
    "inside their 90 % interval, [predicted / factor, predicted x factor].\n";

}  // namespace

Json backtest_json(const BacktestAnswer& answer) {
  Json json{{"rows", Json::array()}, {"skipped", Json::array()}, {"summary", Json::array()}};
  for (const BacktestPart& part : answer.parts) {
    for (const Judged& judged : part.judged) {
      json["rows"].push_back(row_json(judged));
      if (answer.parts.size() == 1) continue;
      json["rows"].back()["hidden"] = part.hidden;
      json["rows"].back()["adapted_rows"] = part.rows;
    }
    for (const calib::SummaryLine& line : calib::summarize(part.judged)) {
      json["summary"].push_back(line_json(part, line));
    }
  }
  for (const calib::CellScore& cell : answer.cells) json["summary"].push_back(cell_json(cell));
  for (const calib::SkippedRow& row : answer.skipped) {
    json["skipped"].push_back({{"row", row.row}, {"reason", row.reason}});
  }
  return json;
}

std::string backtest_text(const BacktestAnswer& answer) {
  std::string text;
  for (const BacktestPart& part : answer.parts) {
    Table summary(summary_columns());
    for (const calib::SummaryLine& line : calib::summarize(part.judged)) summary.add(summary_cells(line));
    text += fmt::format("{}\n\n{}\n{}", title_of(part), summary.text(), rank_text(part));
    const std::vector<const Judged*> rows = worst_of(part, answer.worst);
    if (!rows.empty()) {
      Table worst(row_columns());
      for (const Judged* judged : rows) worst.add(row_cells(*judged));
      text += fmt::format("\nWorst first\n\n{}", worst.text());
    }
    text += '\n';
  }
  if (!answer.cells.empty()) {
    Table cells(cell_columns());
    for (const calib::CellScore& cell : answer.cells) cells.add(cell_cells(cell));
    text += cells.text() + '\n';
  }
  if (!answer.parts.empty()) text += kLegend;
  for (const calib::SkippedRow& row : answer.skipped) {
    text += fmt::format("skipped: line {}: {}\n", row.row, base::printable(row.reason));
  }
  return text;
}

std::string backtest_page(const BacktestAnswer& answer) {
  std::string text =
      "# Predicted against published latencies\n\nPrinted by `netfit backtest -o FILE`; docs/cost-models.md explains "
      "the model.\n\n";
  text += kLegend;
  for (const BacktestPart& part : answer.parts) {
    text += fmt::format("\n## {}\n\n", title_of(part));
    add_head(text, summary_columns());
    for (const calib::SummaryLine& line : calib::summarize(part.judged)) add_row(text, summary_cells(line));
    text += fmt::format("\n{}\nWorst first:\n\n", rank_text(part));
    add_head(text, row_columns());
    for (const Judged* judged : worst_of(part, answer.worst)) add_row(text, row_cells(*judged));
  }
  if (!answer.cells.empty()) {
    text += "\n## Cells of NAS-Bench-201, by a device that was adapted to 50 of them\n\n";
    add_head(text, cell_columns());
    for (const calib::CellScore& cell : answer.cells) add_row(text, cell_cells(cell));
  }
  if (!answer.skipped.empty()) text += "\n## Rows that were skipped\n\n";
  for (const calib::SkippedRow& row : answer.skipped) {
    text += fmt::format("- line {}: {}\n", row.row, base::printable(row.reason));
  }
  return text;
}

}  // namespace netfit::cli
