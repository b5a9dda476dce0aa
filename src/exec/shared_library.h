// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/result.h"

namespace netfit::exec {

/// A shared library loaded at run time, once for each path and process, and never unloaded: the runtimes keep threads
/// and static state that do not survive that.
class SharedLibrary {
 public:
  /// Fails with MissingProgram and the loader's reason.
  static Result<SharedLibrary> load(const std::filesystem::path& path);

  /// Function must be a pointer type that fits the symbol. Fails with MissingProgram if there is no such symbol.
  template <typename Function>
  Result<Function> symbol(const char* name) const {
    void* address = NETFIT_TRY(find(name));
    return reinterpret_cast<Function>(address);
  }

 private:
  SharedLibrary(void* handle, std::filesystem::path path) : handle_(handle), path_(std::move(path)) {}
  Result<void*> find(const char* name) const;

  void* handle_;
  std::filesystem::path path_;
};

}  // namespace netfit::exec
