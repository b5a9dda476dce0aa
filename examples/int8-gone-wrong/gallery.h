// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "injector.h"
#include "workbench.h"

namespace netfit::gone_wrong {

struct GalleryOptions {
  std::filesystem::path repository = ".";  ///< where zoo/ and data/ lie
  /// Folder of the official CIFAR-10 binary files; the embedded subset where it does not exist.
  std::filesystem::path cifar10 = "build/cifar10";
  /// The int8 ResNet-8 of MLPerf Tiny; left out where it does not exist.
  std::filesystem::path resnet8 = "../shared/models/mlperf_tiny/pretrainedResnet_quant.tflite";
  std::vector<std::string> networks;  ///< of 450k, w1.0, resnet8; all if empty
  std::int64_t test_samples = 10'000;
  std::int64_t training_samples = 2048;
};

/// The sound networks with their data. `tools` must outlive them.
Result<std::vector<Workbench>> open_gallery(const GalleryOptions& options, const diagnose::Tools& tools);

/// The interpreter, the fast executor and so many threads.
diagnose::Tools make_tools(int threads, Progress& progress);

/// Those that a fault can be injected into; seed s takes number s modulo their count.
std::vector<const Workbench*> applicable(const Injector& injector, const std::vector<Workbench>& benches);

}  // namespace netfit::gone_wrong
