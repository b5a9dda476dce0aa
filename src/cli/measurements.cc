// SPDX-License-Identifier: Apache-2.0
#include "cli/measurements.h"

#include <fmt/format.h>

#include "base/files.h"

namespace netfit::cli {
namespace {

namespace fs = std::filesystem;

std::string_view as_text(const base::Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

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
  const fs::path folder = models.empty() ? NETFIT_TRY(find_measurements("models", environment)) : fs::path(models);
  if (!fs::is_directory(folder)) return bad_input(fmt::format("{}: no folder of models", folder.string()));
  const base::Bytes bytes = NETFIT_TRY(base::read_file(path));
  const calib::MeasurementTable read =
      NETFIT_TRY(located(calib::read_measurements(as_text(bytes)), path.string()));
  calib::ModelSource source(folder);
  return calib::observe(read, source);
}

Result<calib::Calibration> load_calibration(const Environment& environment) {
  const fs::path path = NETFIT_TRY(find_measurements("coefficients.csv", environment));
  const base::Bytes bytes = NETFIT_TRY(base::read_file(path));
  return located(calib::read_calibration(as_text(bytes)), path.string());
}

}  // namespace netfit::cli
