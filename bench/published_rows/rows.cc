// SPDX-License-Identifier: Apache-2.0
#include "rows.h"

#include <cstdlib>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/files.h"
#include "calib/csv.h"

namespace netfit::published {
namespace {

double number(const std::string& text) { return text.empty() ? 0.0 : std::strtod(text.c_str(), nullptr); }

const std::map<std::string, DType> kTypes{
    {"float32", DType::Float32}, {"float16", DType::Float16}, {"int8", DType::Int8}};

}  // namespace

Result<std::vector<Row>> read_rows(const std::filesystem::path& path) {
  const base::Bytes bytes = NETFIT_TRY(base::read_file(path));
  calib::CsvReader reader({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  reader.next();  // the columns' names
  std::vector<Row> rows;
  while (const std::optional<std::vector<std::string>> read = reader.next()) {
    const std::vector<std::string>& cells = *read;
    const auto type = kTypes.find(cells.size() > 2 ? cells[2] : "");
    if (cells.size() != 14 || type == kTypes.end()) {
      return bad_input(fmt::format("line {} has {} cells or an unknown type", reader.line(), cells.size()));
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
