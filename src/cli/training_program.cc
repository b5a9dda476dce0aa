// SPDX-License-Identifier: Apache-2.0
#include "cli/training_program.h"

#include <filesystem>
#include <string_view>

#include <unistd.h>

#include "cli/commands/train_job.h"

namespace netfit::cli {

void become_training_program(char** argv) {
  if (argv[0] == nullptr || argv[1] == nullptr || std::string_view(argv[1]) != "train") return;
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) ::execv((self.parent_path() / "netfit-train").c_str(), argv);
}

// Where it could not.
Result<void> run_training(const TrainJob&, const Environment&) {
  return missing_program("the program netfit-train does not lie beside netfit");
}

}  // namespace netfit::cli
