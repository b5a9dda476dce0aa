// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "cli/model.h"
#include "cost/estimate.h"

namespace CLI {
class App;
}

namespace netfit::cli {

/// What commands that cost a model on a device ask for: MODEL, --device, --runtime, --threads, --as.
struct CostingFlags {
  std::string model;
  std::string device;
  std::string runtime;
  std::string as_type;
  int threads = 1;

  cost::EstimateOptions options() const;
};
/// `devices` says what --device takes.
void add_costing_flags(CLI::App& app, CostingFlags& flags, const std::string& devices);

/// What the device runs: a file of a runtime as it stands, anything else with what an export would fold and fuse.
Result<ir::Graph> deployed(const Model& model);

}  // namespace netfit::cli
