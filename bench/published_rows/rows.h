// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/dtype.h"

namespace netfit::published {

/// One published measurement (measurements/platforms.csv): what it is compared with, and what was printed. Numbers that
/// the source does not print are 0.
struct Row {
  std::string device;   ///< as --device takes it
  std::string runtime;  ///< as --runtime takes it
  DType type = DType::Float32;
  int threads = 1;
  std::string model;  ///< "ncnn/<file>", "mlperf_tiny/<file>", or an architecture
  double latency_ms = 0.0;
  double energy_mj = 0.0;
  double ram_kib = 0.0;
  double flash_kib = 0.0;
  std::string left_out;  ///< why it is compared with nothing; empty if it is
  std::string printed_device;
  std::string printed_runtime;
};

Result<std::vector<Row>> read_rows(const std::filesystem::path& path);

/// What a model is a variant of: "mobilenet_v1", or the file itself. Variants of one family resemble each other, so a
/// judgement by unseen rows must leave all of them out.
std::string family_of(const std::string& model);

/// The platform that a row speaks of: its device without the clock.
std::string platform_of(const Row& row);

}  // namespace netfit::published
