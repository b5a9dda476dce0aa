// SPDX-License-Identifier: Apache-2.0
#include "cli/environment.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/terminal_progress.h"

namespace netfit::cli {
namespace fs = std::filesystem;
namespace {

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

fs::path cache_folder() {
  if (const auto own = variable("NETFIT_CACHE")) return *own;
  if (const auto xdg = variable("XDG_CACHE_HOME")) return fs::path(*xdg) / "netfit";
  if (const auto home = variable("HOME")) return fs::path(*home) / ".cache" / "netfit";
  return fs::temp_directory_path() / "netfit-cache";
}

// The folder above the program that holds `below`: the repository for a build tree (build/<preset>/bin/netfit), or
// share/netfit of an installation.
std::optional<fs::path> beside_program(const fs::path& below) {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& root : {program / "../share/netfit", program / "../../.."}) {
    const fs::path candidate = (root / below).lexically_normal();
    if (fs::exists(candidate, ignored)) return candidate;
  }
  return std::nullopt;
}

// What tools/setup fetched, or what an installation brought.
fs::path vega_folder() {
  if (const auto own = variable("NETFIT_VEGA")) return *own;
  if (const auto fetched = beside_program("build/vega")) return *fetched;
  return beside_program("vega").value_or(fs::path());
}

void add_site_packages(const fs::path& environment, std::vector<fs::path>& found) {
  std::error_code ignored;
  std::vector<fs::path> pythons;
  for (const fs::directory_entry& entry : fs::directory_iterator(environment / "lib", ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("python3")) pythons.push_back(entry.path());
  }
  std::ranges::sort(pythons);
  for (const fs::path& python : pythons) {
    for (const char* folder : {"site-packages", "dist-packages"}) {
      if (fs::is_directory(python / folder, ignored)) found.push_back(python / folder);
    }
  }
}

// $NETFIT_SITE_PACKAGES alone if it is set; else what tools/setup made, the active virtual environment, the user's and
// the system's Python.
std::vector<fs::path> site_packages() {
  if (const auto own = variable("NETFIT_SITE_PACKAGES")) return {fs::path(*own)};
  std::vector<fs::path> found;
  if (const auto oracles = beside_program("build/oracles")) add_site_packages(*oracles, found);
  if (const auto active = variable("VIRTUAL_ENV")) add_site_packages(*active, found);
  if (const auto home = variable("HOME")) add_site_packages(fs::path(*home) / ".local", found);
  add_site_packages("/usr/local", found);
  add_site_packages("/usr", found);
  return found;
}

// The current directory if it holds descriptions of its own, then what was installed with the program.
std::vector<fs::path> device_roots() {
  std::error_code ignored;
  std::vector<fs::path> roots;
  if (fs::is_directory("devices", ignored) || fs::is_directory("runtimes", ignored)) roots.emplace_back(".");
  if (const auto shipped = beside_program("devices")) {
    const fs::path root = shipped->parent_path();
    if (roots.empty() || !fs::equivalent(roots.front(), root, ignored)) roots.push_back(root);
  }
  return roots;
}

}  // namespace

Environment real_environment() {
  Environment environment;
  environment.in = stdin;
  environment.out = stdout;
  environment.err = stderr;
  environment.color = isatty(STDOUT_FILENO) == 1 && !variable("NO_COLOR");
  environment.cache = cache_folder();
  environment.embedded = beside_program("data/cifar10_subset").value_or(fs::path());
  environment.device_roots = device_roots();
  environment.vega = vega_folder();
  environment.site_packages = site_packages();
  environment.progress = make_terminal_progress(stderr, isatty(STDERR_FILENO) == 1);
  return environment;
}

void note(const Environment& environment, const std::string& text) {
  // A command that opens the same data or device several times says what is to be said of it once.
  static std::mutex mutex;
  static std::set<std::string> told;
  const std::lock_guard lock(mutex);
  if (told.insert(text).second) fmt::print(environment.err, "note: {}\n", text);
}

}  // namespace netfit::cli
