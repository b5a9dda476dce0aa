// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

// Where tests find what does not lie in the repository. Tests run in the repository's root. What is missing is reported
// by GTEST_SKIP, with the reason.
namespace netfit::support {

/// site-packages folders with LiteRT and ONNX Runtime: $NETFIT_SITE_PACKAGES, else build/oracles (tools/setup makes
/// it).
std::vector<std::filesystem::path> site_packages();

/// Folder with the official CIFAR-10 binary files: $NETFIT_CIFAR10, else build/cifar10 (tools/setup makes it).
std::optional<std::filesystem::path> cifar10();

/// The four MLPerf Tiny models: $NETFIT_SHARED/models/mlperf_tiny or ../shared/models/mlperf_tiny.
std::optional<std::filesystem::path> mlperf_tiny();

/// The graphs of ncnn's benchmark: $NETFIT_SHARED/models/ncnn or ../shared/models/ncnn.
std::optional<std::filesystem::path> ncnn_models();

/// zoo/ in the repository.
std::filesystem::path zoo();

}  // namespace netfit::support
