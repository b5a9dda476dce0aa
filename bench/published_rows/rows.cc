// SPDX-License-Identifier: Apache-2.0
#include "rows.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/files.h"

namespace netfit::published {
namespace {

// Cells of one line; a quoted cell may hold commas and doubled quotes.
std::vector<std::string> split_line(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"')
        cells.back() += line[i++];
      else
        quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

double number(const std::string& text) { return text.empty() ? 0.0 : std::strtod(text.c_str(), nullptr); }

const std::map<std::string, DType> kTypes{
    {"float32", DType::Float32}, {"float16", DType::Float16}, {"int8", DType::Int8}};

}  // namespace

Result<std::vector<Row>> read_rows(const std::filesystem::path& path) {
  const base::Bytes bytes = NETFIT_TRY(base::read_file(path));
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::vector<Row> rows;
  bool head = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::vector<std::string> cells = split_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (std::exchange(head, false) || cells.size() == 1) continue;
    const auto type = kTypes.find(cells.size() > 2 ? cells[2] : "");
    if (cells.size() != 14 || type == kTypes.end()) {
      return bad_input(fmt::format("row {} has {} cells or an unknown type", rows.size() + 2, cells.size()));
    }
    rows.push_back({.device = cells[0],
                    .runtime = cells[1],
                    .type = type->second,
                    .threads = static_cast<int>(number(cells[3])),
                    .model = cells[4],
                    .latency_ms = number(cells[5]),
                    .energy_mj = number(cells[6]),
                    .ram_kib = number(cells[7]),
                    .flash_kib = number(cells[8]),
                    .left_out = cells[9],
                    .printed_device = cells[10],
                    .printed_runtime = cells[11]});
  }
  return rows;
}

std::string family_of(const std::string& model) { return model.substr(0, model.find(':')); }

std::string platform_of(const Row& row) { return row.device.substr(0, row.device.find('@')); }

}  // namespace netfit::published
