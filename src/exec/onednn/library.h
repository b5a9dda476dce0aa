// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <dnnl.hpp>

#include "exec/step.h"

namespace netfit::exec::onednn {

/// The one CPU engine of the process.
const dnnl::engine& engine();

/// "2.6.3".
std::string version();

/// Whether int8 convolutions are exact: only with VNNI. Without it oneDNN adds pairs of products in saturating 16 bits.
bool has_exact_int8();

/// While alive, OpenMP computes on the calling thread alone: workers are ours, and its threads spin on a busy machine.
class OneThread {
 public:
  OneThread();
  ~OneThread();
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

}  // namespace netfit::exec::onednn
