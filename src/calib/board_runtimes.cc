// SPDX-License-Identifier: Apache-2.0
#include "calib/board_runtimes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"
#include "calib/situation.h"
#include "calib/xnnpack_kernels.h"

namespace netfit::calib {
namespace {

// Runtimes that were measured on the board, with how many configurations of each.
std::map<std::string, int> runtimes_of(const Calibration& calibration, const std::string& id) {
  std::map<std::string, int> runtimes;
  for (const Configuration& each : configurations(calibration)) {
    if (each.board == id) ++runtimes[each.runtime];
  }
  return runtimes;
}

std::set<std::string> all_runtimes(const Calibration& calibration) {
  std::set<std::string> runtimes;
  for (const Configuration& each : configurations(calibration)) runtimes.insert(each.runtime);
  return runtimes;
}

// "x-cube-ai v7.3" before "x-cube-ai v10.2": digits count as numbers.
bool is_older(std::string_view a, std::string_view b) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto number = [&](std::string_view& text) {
    const std::size_t end =
        std::min(text.size(), static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin()));
    const int value = std::atoi(std::string(text.substr(0, end)).c_str());
    text.remove_prefix(end);
    return value;
  };
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const int first = number(a);
      const int second = number(b);
      if (first != second) return first < second;
    } else if (a.front() != b.front()) {
      return a.front() < b.front();
    } else {
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return a.size() < b.size();
}

// Files of unsigned integers are old ones: where there are others, they have to be asked for.
void keep_usual(std::map<std::string, int>& runtimes) {
  const auto is_old = [](const auto& each) { return each.first.ends_with(" uint8"); };
  if (!std::ranges::all_of(runtimes, is_old)) std::erase_if(runtimes, is_old);
}

// The newest of the family with most configurations.
std::string default_runtime(const Calibration& calibration, const std::string& id) {
  struct Family {
    int configurations = 0;
    std::string newest;
  };
  std::map<std::string, int> candidates = runtimes_of(calibration, id);
  keep_usual(candidates);
  std::map<std::string, Family> families;
  for (const auto& [runtime, count] : candidates) {
    Measurement row;
    row.runtime = runtime;
    Family& family = families[situation_of(row).family];
    family.configurations += count;
    if (is_older(family.newest, runtime)) family.newest = runtime;
  }
  const auto most = std::ranges::max_element(families, {}, [](const auto& each) { return each.second.configurations; });
  return most == families.end() ? "ncnn" : most->second.newest;
}

}  // namespace

std::vector<Configuration> configurations(const Calibration& calibration) {
  std::vector<Configuration> all;
  for (const PopulationCalibration& population : calibration.populations) {
    for (const auto& [key, noise] : population.coefficients.noise) {
      std::vector<std::string> parts = base::split(key, '|');
      if (parts.size() != 3) continue;
      if (parts[1].ends_with(kHostInt8)) parts[1].resize(parts[1].size() - kHostInt8.size());
      all.push_back({parts[0], parts[1], std::atoi(parts[2].c_str())});
    }
  }
  return all;
}

Result<std::string> choose_runtime(const Calibration& calibration, const std::string& id, const std::string& wanted) {
  if (wanted.empty()) return default_runtime(calibration, id);
  std::string name(wanted);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  std::map<std::string, int> own = runtimes_of(calibration, id);
  if (own.contains(name)) return name;
  std::erase_if(own, [&](const auto& each) { return !each.first.starts_with(name); });
  keep_usual(own);
  const auto newest =
      std::ranges::max_element(own, is_older, [](const auto& each) { return std::string_view(each.first); });
  if (newest != own.end()) return newest->first;
  const std::set<std::string> all = all_runtimes(calibration);
  if (all.contains(name)) return name;
  for (const std::string& runtime : all) {
    if (runtime.starts_with(name)) return runtime;
  }
  const std::vector<std::string> names(all.begin(), all.end());
  const std::optional<std::string> nearest = base::nearest_word(name, names);
  return bad_input(fmt::format("no measurements of runtime '{}'{}", base::printable(wanted),
                               nearest ? fmt::format("; the nearest name is '{}'", *nearest) : ""));
}

}  // namespace netfit::calib
