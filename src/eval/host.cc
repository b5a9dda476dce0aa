// SPDX-License-Identifier: Apache-2.0
#include "eval/host.h"

#include <charconv>
#include <string_view>

#include "base/files.h"
#include "base/parallel.h"
#include "base/text.h"

namespace netfit::eval {
namespace fs = std::filesystem;
namespace {

std::optional<std::string> first_word(const fs::path& path) {
  const Result<std::string> text = base::read_text(path);
  if (!text) return std::nullopt;
  const std::string_view line = base::trim(std::string_view(*text).substr(0, text->find('\n')));
  if (line.empty()) return std::nullopt;
  return base::printable(line.substr(0, line.find(' ')));
}

// "model name : ..." of the first CPU. Kernels for aarch64 give numbers of the implementer only, which name nothing.
std::optional<std::string> cpu_name(const fs::path& path) {
  const Result<std::string> text = base::read_text(path);
  if (!text) return std::nullopt;
  for (const std::string& line : base::split(*text, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || base::trim(line.substr(0, colon)) != "model name") continue;
    const std::string_view name = base::trim(std::string_view(line).substr(colon + 1));
    if (!name.empty()) return base::printable(name);
  }
  return std::nullopt;
}

}  // namespace

Host describe_host(const fs::path& root) {
  return {.cpu = cpu_name(root / "proc/cpuinfo"),
          .cpus = base::available_threads(),
          .governor = first_word(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")};
}

std::optional<double> load_average(const fs::path& root) {
  const std::optional<std::string> word = first_word(root / "proc/loadavg");
  if (!word) return std::nullopt;
  double load = 0.0;
  const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), load);
  if (error != std::errc{} || end != word->data() + word->size()) return std::nullopt;
  return load;
}

}  // namespace netfit::eval
