// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"
#include "store/test_runs.h"

// For tests only: stores in files, and other processes that use them.
namespace netfit::store {

inline std::unique_ptr<Store> open_or_die(const std::filesystem::path& path, Access access = Access::Write) {
  Result<std::unique_ptr<Store>> store = open_store(path, {.access = access});
  if (!store) throw std::runtime_error(store.error().text());
  return std::move(*store);
}

inline void fill(const std::filesystem::path& path, std::uint64_t runs) {
  const std::unique_ptr<Store> store = open_or_die(path);
  for (std::uint64_t seed = 1; seed <= runs; ++seed) store->append(sample_run(seed)).value();
}

/// Why a store cannot be opened; empty if it can.
inline std::string why_not(const std::filesystem::path& path, Access access = Access::Write) {
  const Result<std::unique_ptr<Store>> store =
      open_store(path, {.access = access, .patience = std::chrono::milliseconds(100)});
  return store ? "" : store.error().text();
}

/// Runs `work` in a process of its own; its exit code is what `work` returns.
template <typename Work>
pid_t in_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  return child;
}

inline int exit_code_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace netfit::store
