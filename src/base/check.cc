// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace netfit::base {

void report_bug(const char* file, int line, std::string_view what) {
  // The one place below cli that writes and exits: after a broken invariant nothing else can be trusted to.
  std::fprintf(stderr, "%s:%d: internal error: %.*s\n  note: this is a bug in netfit, please report it\n", file, line,
               static_cast<int>(what.size()), what.data());
  std::fflush(nullptr);
  std::_Exit(70);
}

}  // namespace netfit::base
