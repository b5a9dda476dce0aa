// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "device/device.h"
#include "device/runtime.h"
#include "ir/graph.h"
#include "rows.h"

namespace netfit::published {

/// A row with everything that its prediction needs.
struct Case {
  Row row;
  std::string family;
  std::shared_ptr<const ir::Graph> graph;
  std::shared_ptr<const device::Device> device;
  std::shared_ptr<const device::Runtime> runtime;
};

struct Cases {
  std::vector<Case> used;
  std::vector<Row> left_out;  ///< with the reason in each
};

/// Builds the models, devices and runtimes of all rows of measurements/platforms.csv in the repository `root`.
Result<Cases> load_cases(const std::filesystem::path& root);

}  // namespace netfit::published
