// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace netfit::base {

/// Reports a bug of ours with its place and stops the program with exit code 70.
[[noreturn]] void report_bug(const char* file, int line, std::string_view what);

}  // namespace netfit::base

/// States what must be true whatever the input; a violation is a bug of ours, never the user's fault.
#define NETFIT_CHECK(condition)                                                              \
  do {                                                                                       \
    if (!(condition)) ::netfit::base::report_bug(__FILE__, __LINE__, "failed: " #condition); \
  } while (false)

#define NETFIT_UNREACHABLE() ::netfit::base::report_bug(__FILE__, __LINE__, "reached the unreachable")
