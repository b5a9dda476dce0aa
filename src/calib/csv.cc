// SPDX-License-Identifier: Apache-2.0
#include "calib/csv.h"

namespace netfit::calib {

std::optional<std::vector<std::string>> CsvReader::next() {
  while (!rest_.empty()) {
    line_ = next_line_;
    std::vector<std::string> cells = read_record();
    if (cells.size() > 1 || !cells.front().empty()) return cells;
  }
  return std::nullopt;
}

std::vector<std::string> CsvReader::read_record() {
  std::vector<std::string> cells(1);
  bool quoted = false;
  std::size_t i = 0;
  for (; i < rest_.size(); ++i) {
    const char c = rest_[i];
    if (c == '\n') ++next_line_;
    if (c == '"') {
      const bool doubled = quoted && i + 1 < rest_.size() && rest_[i + 1] == '"';
      if (doubled)
        cells.back() += rest_[i++];
      else
        quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else if (c == '\n' && !quoted) {
      break;
    } else if (c != '\r' || quoted) {
      cells.back() += c;
    }
  }
  rest_.remove_prefix(i < rest_.size() ? i + 1 : i);
  return cells;
}

}  // namespace netfit::calib
