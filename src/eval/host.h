// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace netfit::eval {

/// What a time measured on this machine depends on. What cannot be read is absent.
struct Host {
  std::optional<std::string> cpu;       ///< the model's name as the kernel gives it
  int cpus = 1;                         ///< that this process may use
  std::optional<std::string> governor;  ///< of CPU 0's frequency: "performance", "powersave", ...
};

/// Reads /proc/cpuinfo and /sys below `root`.
Host describe_host(const std::filesystem::path& root = "/");

/// How many processes wanted a CPU in the last minute, on average (/proc/loadavg below `root`).
std::optional<double> load_average(const std::filesystem::path& root = "/");

}  // namespace netfit::eval
