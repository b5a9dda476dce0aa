// SPDX-License-Identifier: Apache-2.0
#include "calib/measurement.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "calib/csv.h"

namespace netfit::calib {
namespace {

constexpr std::array<std::string_view, 5> kNeeded{"device_id", "runtime", "model_id", "precision", "latency_ms"};
constexpr std::array<std::string_view, 3> kPrecisions{"fp32", "fp16", "int8"};
constexpr int kMostThreads = 1024;
// Of any column, in its unit: a nanosecond to a month, a byte to a terabyte.
constexpr double kLeastFigure = 1e-6;
constexpr double kMostFigure = 1e10;

// One record, with its cells by the names of their columns.
class Record {
 public:
  Record(const std::map<std::string, std::size_t>& columns, const std::vector<std::string>& cells)
      : columns_(columns), cells_(cells) {}

  std::string text(const std::string& column) const {
    const auto found = columns_.find(column);
    return found == columns_.end() ? "" : std::string(base::trim(cells_[found->second]));
  }

  std::string required(const std::string& column) {
    std::string value = text(column);
    if (value.empty()) complain(fmt::format("{} is empty", column));
    return value;
  }

  // A positive number; an empty cell has no value.
  std::optional<double> number(const std::string& column) {
    const std::string cell = text(column);
    if (cell.empty()) return std::nullopt;
    double value = 0.0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value) || value <= 0) {
      complain(fmt::format("{} is '{}', not a positive number", column, base::printable(cell)));
      return std::nullopt;
    }
    if (value < kLeastFigure || value > kMostFigure) {
      complain(fmt::format("{} is {}, which no device reaches", column, base::printable(cell)));
      return std::nullopt;
    }
    return value;
  }

  void complain(const std::string& reason) {
    if (!reason_.empty()) reason_ += "; ";
    reason_ += reason;
  }
  const std::string& reason() const { return reason_; }

 private:
  const std::map<std::string, std::size_t>& columns_;
  const std::vector<std::string>& cells_;
  std::string reason_;
};

std::string core_of(const std::string& device_id) {
  const std::size_t slash = device_id.find('/');
  if (slash == std::string::npos) return "";
  return device_id.substr(slash + 1, device_id.rfind('@') - slash - 1);
}

Measurement understand(Record& record) {
  Measurement row;
  row.device_id = record.required("device_id");
  row.core = record.text("cpu_core");
  if (row.core.empty()) row.core = core_of(row.device_id);
  row.runtime = record.required("runtime");
  row.model_id = record.required("model_id");
  row.precision = record.required("precision");
  std::erase(row.precision, '?');
  if (!row.precision.empty() && std::ranges::find(kPrecisions, row.precision) == kPrecisions.end()) {
    record.complain(fmt::format("precision '{}' is none of fp32, fp16, int8", base::printable(row.precision)));
  }
  row.clock_mhz = record.number("clock_mhz");
  if (!row.clock_mhz) row.clock_mhz = clock_of_id(row.device_id);
  if (row.clock_mhz && !is_clock(*row.clock_mhz)) {
    record.complain(fmt::format("a clock of {:g} MHz, which no device has", *row.clock_mhz));
  }
  if (const std::optional<double> threads = record.number("threads")) {
    if (*threads > kMostThreads || *threads != std::floor(*threads)) {
      record.complain(fmt::format("threads is {}, not a whole number up to {}", *threads, kMostThreads));
    } else {
      row.threads = static_cast<int>(*threads);
    }
  }
  row.latency_ms = record.number("latency_ms");
  row.latency_min_ms = record.number("latency_min_ms");
  row.energy_mj = record.number("energy_mj");
  row.ram_kib = record.number("ram_kib");
  row.flash_kib = record.number("flash_kib");
  row.notes = record.text("notes");
  if (record.reason().empty() && !row.best_latency_ms() && !row.energy_mj && !row.ram_kib && !row.flash_kib) {
    record.complain("nothing was measured: latency_ms, energy_mj, ram_kib and flash_kib are empty");
  }
  return row;
}

}  // namespace

std::optional<double> clock_of_id(std::string_view device_id) {
  const std::size_t at = device_id.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  double value = 0.0;
  const char* end = device_id.data() + device_id.size();
  const auto [stop, error] = std::from_chars(device_id.data() + at + 1, end, value);
  const bool number = error == std::errc() && stop == end && std::isfinite(value);
  return number ? std::optional(value) : std::nullopt;
}

bool is_clock(double mhz) { return mhz >= 1.0 && mhz <= 20000.0; }

Result<MeasurementTable> read_measurements(std::string_view text) {
  CsvReader reader(text);
  const std::optional<std::vector<std::string>> head = reader.next();
  if (!head) return bad_input("the table is empty");
  std::map<std::string, std::size_t> columns;
  for (std::size_t i = 0; i < head->size(); ++i) columns.emplace(base::trim((*head)[i]), i);
  for (const std::string_view needed : kNeeded) {
    if (columns.contains(std::string(needed))) continue;
    return bad_input(
        fmt::format("line 1: no column '{}' (a table of measurements has {})", needed, fmt::join(kNeeded, ", ")));
  }
  MeasurementTable table;
  while (const std::optional<std::vector<std::string>> cells = reader.next()) {
    if (cells->size() != head->size()) {
      table.skipped.push_back({reader.line(), fmt::format("{} cells under {} columns", cells->size(), head->size())});
      continue;
    }
    Record record(columns, *cells);
    Measurement row = understand(record);
    row.row = reader.line();
    if (record.reason().empty())
      table.rows.push_back(std::move(row));
    else
      table.skipped.push_back({row.row, record.reason()});
  }
  return table;
}

}  // namespace netfit::calib
