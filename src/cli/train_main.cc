// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/run.h"

namespace {

// Each step asks for the same hundreds of megabytes again: pages that went back to the system in between would be
// cleared each time, which takes longer than the computing.
void keep_freed_memory() {
  constexpr int kNever = -1;
  constexpr int kGrowBy = 256 << 20;
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, kNever);
  mallopt(M_TOP_PAD, kGrowBy);
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  netfit::cli::Environment environment = netfit::cli::real_environment();
  return netfit::cli::run(netfit::cli::commands(), {argv + 1, argv + argc}, environment);
}
