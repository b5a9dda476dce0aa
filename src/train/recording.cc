// SPDX-License-Identifier: Apache-2.0
#include "train/recording.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include "base/text.h"

#ifdef NETFIT_CUDA
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#endif

namespace netfit::train {

Result<at::Device> find_device(const std::string& name) {
  const bool is_cuda = name == "cuda" || name.starts_with("cuda:");
  if (name != "cpu" && !is_cuda) {
    return bad_usage(fmt::format("unknown device '{}' (allowed: cpu, cuda)", base::printable(name, 40)));
  }
  if (!is_cuda) return at::Device(at::kCPU);
#ifdef NETFIT_CUDA
  if (!at::hasCUDA() || at::cuda::device_count() == 0) return missing_program("no CUDA device was found");
  const std::string digits = name == "cuda" ? "0" : name.substr(5);
  const bool is_number = !digits.empty() && digits.size() < 4 && digits.find_first_not_of("0123456789") == digits.npos;
  if (!is_number || std::stoi(digits) >= at::cuda::device_count()) {
    return bad_usage(fmt::format("there is no device '{}' ({} CUDA devices)", base::printable(name, 40),
                                 static_cast<int>(at::cuda::device_count())));
  }
  return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(std::stoi(digits)));
#else
  return missing_program("this netfit was built with a libtorch that has no CUDA");
#endif
}

#ifdef NETFIT_CUDA

std::string describe_device(at::Device device) {
  if (device.is_cpu()) return fmt::format("CPU, {} threads", at::get_num_threads());
  return at::cuda::getDeviceProperties(device.index())->name;
}

struct Recording::Graph {
  explicit Graph(at::Device device) : guard(c10::cuda::getStreamFromPool(false, device.index())) {}

  c10::cuda::CUDAStreamGuard guard;
  at::cuda::CUDAGraph graph;
  int runs = 0;
};

Recording::Recording(std::function<void()> work, at::Device device) : work_(std::move(work)) {
  if (!device.is_cuda()) return;
  at::globalContext().setBenchmarkCuDNN(true);
  graph_ = std::make_unique<Graph>(device);
}

void Recording::run() {
  constexpr int kBefore = 4;  // libraries choose algorithms and allocate workspaces in the first ones
  if (graph_ == nullptr || graph_->runs < kBefore) {
    work_();
    if (graph_ != nullptr) ++graph_->runs;
    return;
  }
  if (graph_->runs == kBefore) {
    ++graph_->runs;
    c10::cuda::device_synchronize();
    graph_->graph.capture_begin();
    work_();
    graph_->graph.capture_end();
  }
  graph_->graph.replay();
}

#else

std::string describe_device(at::Device) { return fmt::format("CPU, {} threads", at::get_num_threads()); }

struct Recording::Graph {};

Recording::Recording(std::function<void()> work, at::Device) : work_(std::move(work)) {}

void Recording::run() { work_(); }

#endif

Recording::~Recording() = default;

}  // namespace netfit::train
