// SPDX-License-Identifier: Apache-2.0
#include "exec/shared_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

namespace netfit::exec {

Result<SharedLibrary> SharedLibrary::load(const std::filesystem::path& path) {
  // The loader itself gives back the same handle for the same file.
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) return missing_program(fmt::format("cannot load a library: {}", dlerror()));
  return SharedLibrary(handle, path);
}

Result<void*> SharedLibrary::find(const char* name) const {
  void* address = dlsym(handle_, name);
  if (address == nullptr) {
    return missing_program(fmt::format("'{}' has no function '{}', so its version does not fit", path_.string(), name));
  }
  return address;
}

}  // namespace netfit::exec
