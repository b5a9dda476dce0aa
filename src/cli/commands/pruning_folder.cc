// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/pruning_folder.h"

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"
#include "cli/trained_model.h"

namespace netfit::cli {
namespace fs = std::filesystem;

Result<void> check_pruning_folder(const TrainJob& job, const std::string& plan) {
  const fs::path file = fs::path(job.folder) / "pruning.json";
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return {};
  const std::string shown = base::printable(job.folder);
  if (!job.resume) {
    return fail(Error(ErrorKind::BadUsage, "holds a pruning already (allowed: another folder, or --resume)").at(shown));
  }
  if (NETFIT_TRY(base::read_text(file)) == plan) return {};
  return fail(Error(ErrorKind::BadUsage, "holds another pruning: the network, the aim or the data differ").at(shown));
}

Result<void> begin_pruning_folder(const TrainJob& job, const std::string& plan) {
  NETFIT_TRY(make_folder(job.folder));
  return base::write_file(fs::path(job.folder) / "pruning.json", plan);
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) return {};
  return located(Result<void>(bad_input(error.message())), base::printable(folder.string()));
}

Result<std::optional<Trained>> find_finished_run(const fs::path& run) {
  std::error_code ignored;
  if (!fs::exists(run / "result.json", ignored)) return std::nullopt;
  Trained trained{.result = {.graph = NETFIT_TRY(load_trained(run / "network.safetensors"))}};
  const std::string text = NETFIT_TRY(base::read_text(run / "result.json"));
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_object() && json.contains("test_top1") && json["test_top1"].is_number())
    trained.test_top1 = json["test_top1"].get<double>();
  return trained;
}

}  // namespace netfit::cli
