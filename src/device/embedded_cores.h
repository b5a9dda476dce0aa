// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace netfit::device {

struct EmbeddedFile {
  std::string_view name;  ///< "cores/cortex-a76.toml"
  std::string_view text;
};

/// cores/*.toml, made into embedded_cores.cc by the build.
std::span<const EmbeddedFile> embedded_cores();

}  // namespace netfit::device
