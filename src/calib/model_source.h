// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "ir/graph.h"

namespace netfit::calib {

/// Makes the graphs that tables of measurements name; each once.
class ModelSource {
 public:
  /// `folder` holds ncnn/ and mlperf_tiny/.
  explicit ModelSource(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// "ncnn/<file>" and "mlperf_tiny/<file>" are files of the folder, anything else is an architecture. The same failure
  /// comes back each time that a name is asked for.
  Result<std::shared_ptr<const ir::Graph>> find(const std::string& model_id);

 private:
  Result<ir::Graph> build(const std::string& model_id) const;

  std::filesystem::path folder_;
  std::map<std::string, Result<std::shared_ptr<const ir::Graph>>> known_;
};

}  // namespace netfit::calib
