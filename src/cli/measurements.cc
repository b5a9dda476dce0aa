// SPDX-License-Identifier: Apache-2.0
#include "cli/measurements.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "calib/adapt_board.h"

namespace netfit::cli {
namespace {

namespace fs = std::filesystem;

std::string_view as_text(const base::Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<calib::Calibration> read_coefficients(const fs::path& path) {
  const base::Bytes bytes = NETFIT_TRY(base::read_file(path));
  return located(calib::read_calibration(as_text(bytes)), path.string());
}

}  // namespace

Result<fs::path> find_measurements(const std::string& name, const Environment& environment) {
  std::error_code ignored;
  for (const fs::path& root : environment.device_roots) {
    fs::path path = root / "measurements" / name;
    if (fs::exists(path, ignored)) return path;
  }
  return bad_input(fmt::format("measurements/{} was not found beside the program", name));
}

Result<calib::Observations> load_observations(const std::string& table, const std::string& models,
                                              const Environment& environment) {
  const fs::path path = table.empty() ? NETFIT_TRY(find_measurements("published.csv", environment)) : fs::path(table);
  calib::ModelSource source = NETFIT_TRY(open_models(models, environment));
  const base::Bytes bytes = NETFIT_TRY(base::read_file(path));
  const calib::MeasurementTable read = NETFIT_TRY(located(calib::read_measurements(as_text(bytes)), path.string()));
  return calib::observe(read, source);
}

Result<calib::ModelSource> open_models(const std::string& folder, const Environment& environment) {
  const fs::path path = folder.empty() ? NETFIT_TRY(find_measurements("models", environment)) : fs::path(folder);
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    return bad_input(fmt::format("{} is no folder of models", base::printable(path.string())));
  }
  return calib::ModelSource(path);
}

Result<calib::Calibration> load_calibration(const Environment& environment, const std::string& own) {
  const fs::path path = NETFIT_TRY(find_measurements("coefficients.csv", environment));
  calib::Calibration calibration = NETFIT_TRY(read_coefficients(path));
  if (!own.empty()) calib::merge(calibration, NETFIT_TRY(read_coefficients(own)));
  return calibration;
}

}  // namespace netfit::cli
