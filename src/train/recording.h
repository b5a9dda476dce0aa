// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <ATen/ATen.h>

#include "base/result.h"

namespace netfit::train {

/// "cpu", "cuda" or "cuda:1" as a device that is there; fails with the reason if it is not.
Result<at::Device> find_device(const std::string& name);

/// What a device is called: "NVIDIA H100 80GB HBM3", or the number of CPU threads.
std::string describe_device(at::Device device);

/// Work that is done many times on tensors that stay in place. On a GPU the first calls run as they are, then one is
/// recorded as a CUDA graph, and all others replay it: a training step of small layers is otherwise bound by the time
/// in which the host starts kernels. While one of these lives, the thread works on a stream of its own.
class Recording {
 public:
  Recording(std::function<void()> work, at::Device device);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  void run();

 private:
  struct Graph;

  std::function<void()> work_;
  std::unique_ptr<Graph> graph_;
};

}  // namespace netfit::train
