// SPDX-License-Identifier: Apache-2.0
#include "cli/training_program.h"

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <unistd.h>

#include "cli/commands/prune_job.h"
#include "cli/commands/sparse_job.h"
#include "cli/commands/train_job.h"

namespace netfit::cli {

namespace {

bool trains(std::string_view command) { return command == "train" || command == "prune"; }

}  // namespace

void become_training_program(char** argv) {
  if (argv[0] == nullptr || argv[1] == nullptr || !trains(argv[1])) return;
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return;
  // Both are read before main. Large pages for tensors (glibc 2.35); and threads that soon sleep while they wait for
  // each other: beside another busy program, looping ones hold each other up for whole time slices.
  ::setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 0);
  if (::getenv("OMP_WAIT_POLICY") == nullptr) ::setenv("GOMP_SPINCOUNT", "1000", 0);
  ::execv((self.parent_path() / "netfit-train").c_str(), argv);
}

// Where it could not.
Result<void> run_training(const TrainJob&, const Environment&) {
  return missing_program("the program netfit-train does not lie beside netfit");
}

Result<void> run_pruning(const PruneJob&, const Environment& environment) { return run_training({}, environment); }

Result<void> run_sparse_pruning(const SparseJob&, const Environment& environment) {
  return run_training({}, environment);
}

}  // namespace netfit::cli
