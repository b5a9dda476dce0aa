// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/run.h"

namespace netfit::store {

/// Which Runs are asked for; what is left open matches all.
struct Filter {
  std::optional<std::string> model;
  std::optional<std::string> graph;
  std::optional<std::string> scheme;
  std::optional<std::string> data;
  std::optional<std::string> device;
  std::optional<std::string> runtime;
  std::optional<std::string> tool_version;
};

/// What `append` does with a Run whose key is already there.
enum class Existing : std::uint8_t {
  Keep,     ///< equal key is equal work: the first stays
  Replace,  ///< the work was done anew on purpose
};

/// The Runs that were ever evaluated. Every call may come from any thread.
class Store {
 public:
  virtual ~Store() = default;

  /// Adds all of `runs` or, when it fails, none; a Run is refused by check_run. When it returns, they survive whatever
  /// happens to the process. Returns how many were written.
  virtual Result<std::int64_t> append(std::span<const Run> runs, Existing existing) = 0;
  /// The Run with that content_key.
  virtual Result<std::optional<Run>> find(std::string_view key) = 0;
  /// Sorted by key.
  virtual Result<std::vector<Run>> query(const Filter& filter) = 0;

  Result<std::int64_t> append(const Run& run) { return append({&run, 1}, Existing::Keep); }
  Result<std::vector<Run>> all() { return query({}); }
};

/// Holds everything in memory, and nothing after its end.
std::unique_ptr<Store> make_memory_store();

enum class Access : std::uint8_t {
  Write,  ///< made where there is none, with its folder
  Read,   ///< must be there; works in a read-only folder too
};

struct StoreOptions {
  Access access = Access::Write;
  /// How long to wait for another process that writes.
  std::chrono::milliseconds patience{10'000};
};

/// A store in an SQLite file (docs/decisions/0004-store-format.md). Several processes may use one at once.
Result<std::unique_ptr<Store>> open_store(const std::filesystem::path& path, const StoreOptions& options = {});

}  // namespace netfit::store
