// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/run.h"

int main(int argc, char** argv) {
  netfit::cli::Environment environment = netfit::cli::real_environment();
  return netfit::cli::run(netfit::cli::commands(), {argv + 1, argv + argc}, environment);
}
