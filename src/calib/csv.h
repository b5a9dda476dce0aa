// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netfit::calib {

/// Reads comma-separated text record by record (RFC 4180): quoted cells may hold commas, line ends and doubled quotes.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : rest_(text) {}

  /// The next record's cells; no value at the end. Empty lines are passed over.
  std::optional<std::vector<std::string>> next();
  /// The line that the record read last began in, from 1 on.
  int line() const { return line_; }

 private:
  std::vector<std::string> read_record();

  std::string_view rest_;
  int line_ = 0;
  int next_line_ = 1;
};

}  // namespace netfit::calib
