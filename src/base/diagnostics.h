// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace netfit::base {

/// Collects faults where several can be listed at once, e.g. every unsupported op of a model.
class Diagnostics {
 public:
  void error(std::string where, std::string what) { faults_.push_back({std::move(where), std::move(what)}); }

  bool empty() const { return faults_.empty(); }
  const std::vector<Fault>& faults() const { return faults_; }

  /// Success if no fault was collected, else one failure with all of them.
  Result<void> result(ErrorKind kind = ErrorKind::BadInput) const {
    if (faults_.empty()) return {};
    return fail(Error(kind, faults_));
  }

 private:
  std::vector<Fault> faults_;
};

}  // namespace netfit::base

namespace netfit {
using base::Diagnostics;
}
