// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace netfit::calib {

/// One row of a table of measurements: a model on a device with a runtime, as its source printed it. Columns that a
/// table lacks or leaves empty have no value.
struct Measurement {
  int row = 0;  ///< line of the file, the header being 1
  std::string device_id;
  std::string core;  ///< as printed: "cortex-a76", "kryo485-gold (cortex-a76 derivative)"
  std::string runtime;
  std::string model_id;
  std::string precision;  ///< "fp32", "fp16", "int8"
  std::optional<double> clock_mhz;
  std::optional<int> threads;
  std::optional<double> latency_ms;
  std::optional<double> latency_min_ms;
  std::optional<double> energy_mj;
  std::optional<double> ram_kib;
  std::optional<double> flash_kib;
  std::string notes;

  /// The least over the source's loops where it prints it, which is less noisy; else its mean or median.
  std::optional<double> best_latency_ms() const { return latency_min_ms ? latency_min_ms : latency_ms; }
};

/// A row that can't be used.
struct SkippedRow {
  int row = 0;
  std::string reason;
};

struct MeasurementTable {
  std::vector<Measurement> rows;
  std::vector<SkippedRow> skipped;
};

/// The clock in MHz behind the '@' of "raspberry-pi-5/cortex-a76@2400".
std::optional<double> clock_of_id(std::string_view device_id);
/// Whether a processor can have this clock: 1 MHz to 20 GHz.
bool is_clock(double mhz);

/// Reads the CSV of measurements/README.md. Columns are found by their names; device_id, runtime, model_id, precision
/// and latency_ms must be there. A row that can't be understood is skipped with the reason; a file that is no such
/// table is an error.
Result<MeasurementTable> read_measurements(std::string_view text);

}  // namespace netfit::calib
