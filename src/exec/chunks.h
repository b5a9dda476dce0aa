// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "exec/ports.h"
#include "exec/session.h"

namespace netfit::exec {

/// The samples of one run, cut into as many as a session takes. Several threads may run different chunks.
class Chunks {
 public:
  /// Fails on inputs that do not fit the ports. Both must outlive the chunks.
  static Result<Chunks> create(const Ports& ports, std::span<const Tensor> inputs, std::int64_t batch);

  std::int64_t count() const { return (samples_ + batch_ - 1) / batch_; }
  std::int64_t first_sample(std::int64_t chunk) const { return chunk * batch_; }
  std::int64_t samples_of(std::int64_t chunk) const { return std::min(batch_, samples_ - first_sample(chunk)); }

  /// Loads the chunk into `session`, which `compute` runs, and takes its results. What the last chunk lacks are zeros.
  Result<void> run(std::int64_t chunk, Session& session, const std::function<Result<void>()>& compute);

  std::vector<Tensor> take_results() { return std::move(results_); }

 private:
  Chunks(const Ports& ports, std::span<const Tensor> inputs, std::int64_t samples, std::int64_t batch)
      : ports_(&ports), inputs_(inputs), samples_(samples), batch_(batch) {}

  const Ports* ports_;
  std::span<const Tensor> inputs_;
  std::int64_t samples_;
  std::int64_t batch_;
  std::vector<Tensor> results_;
  std::vector<std::byte*> targets_;  ///< of the results: taking a mutable pointer is not for several threads
};

}  // namespace netfit::exec
