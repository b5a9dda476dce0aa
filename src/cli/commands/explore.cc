// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/answers/explore_answer.h"
#include "cli/commands.h"
#include "cli/explore/explore_plan.h"
#include "cli/explore/explore_work.h"
#include "cli/flags/config.h"
#include "cli/flags/flags.h"
#include "cli/flags/store_flags.h"

namespace netfit::cli {
namespace {

struct Options {
  std::string config;
  ExploreRequest request;
  std::string store;
  bool dry_run = false;
  bool fresh = false;
  int threads = 0;
  bool json = false;
};

void default_to(std::vector<std::string>& given, const std::vector<std::string>& configured) {
  if (given.empty()) given = configured;
}
void default_to(std::string& given, const std::string& configured) {
  if (given.empty()) given = configured;
}

// What flags leave open, the config says; which schemes to try need not be said.
Result<ExploreRequest> complete(const Options& options, const Config& config) {
  ExploreRequest request = options.request;
  default_to(request.models, config.models);
  default_to(request.schemes, config.schemes);
  default_to(request.devices, config.devices);
  default_to(request.runtime, config.runtime);
  default_to(request.data.source, config.data);
  default_to(request.data.preprocess, config.preprocess);
  if (!request.data.limit) request.data.limit = config.limit;
  request.threads = thread_count(options.threads);
  const std::string place = config.file.empty() ? "" : fmt::format(" in {}", config.file.string());
  if (request.models.empty()) return bad_usage(fmt::format("no model is given (--models, or models = [...]{})", place));
  if (request.devices.empty()) {
    return bad_usage(fmt::format("no device is given (--devices, or devices = [...]{})", place));
  }
  if (request.schemes.empty()) {
    for (const Scheme& scheme : schemes()) {
      if (!scheme.explored) continue;
      if (!scheme.calibrated || !request.data.source.empty()) request.schemes.emplace_back(scheme.name);
    }
  }
  return request;
}

Result<Explored> plan_only(const ExplorePlan& plan, const std::filesystem::path& store) {
  std::error_code ignored;
  if (!std::filesystem::exists(store, ignored)) return look_up(plan, *store::make_memory_store());
  const auto opened = NETFIT_TRY(store::open_store(store, {.access = store::Access::Read}));
  return look_up(plan, *opened);
}

// The failure with what the user needs to know to go on.
base::Failure with_progress(const Error& error, const ExplorePlan& plan, store::Store& store,
                            const std::filesystem::path& path) {
  Error told = error;
  const Result<Explored> known = look_up(plan, store);
  if (!known) return fail(std::move(told));
  return fail(std::move(told).note(fmt::format("{} of {} Runs are stored in {}; the same command goes on from there",
                                               known->count(Origin::Stored), plan.run_count(), path.string())));
}

Result<void> run_explore(const Options& options, const Environment& environment) {
  const Config config = NETFIT_TRY(load_config(options.config));
  const ExploreRequest request = NETFIT_TRY(complete(options, config));
  const std::filesystem::path path = store_path(options.store, config);
  const ExplorePlan plan = NETFIT_TRY(make_plan(request, environment));
  const std::filesystem::path files = files_folder(path);
  if (options.dry_run) {
    const Explored known = NETFIT_TRY(plan_only(plan, path));
    print_explored({plan, known, path, files}, options.json, environment);
    return {};
  }
  const auto store = NETFIT_TRY(store::open_store(path));
  const ExploreOptions work{
      .known = options.fresh ? Known::WorkAnew : Known::Reuse, .files = files, .threads = request.threads};
  const Result<Explored> explored = explore(plan, *store, work, environment);
  if (!explored) return with_progress(explored.error(), plan, *store, path);
  print_explored({plan, *explored, path, files}, options.json, environment);
  if (explored->failures.empty()) return {};
  return fail(Error(ErrorKind::BadInput, explored->failures));
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  ExploreRequest& request = options->request;
  add_config_flag(app, options->config);
  app.add_option("--models", request.models, "float .onnx or .tflite files")->delimiter(',')->type_name("FILE,...");
  app.add_option("--schemes", request.schemes,
                 "float32, float16, int16x8, weight-only, dynamic, int8, int8-per-tensor,\n"
                 "weight-only-int4, int4 (default: float32, float16, dynamic, int8)")
      ->delimiter(',')
      ->type_name("NAME,...");
  app.add_option("--devices", request.devices,
                 "what 'netfit devices list' names, with or without @CLOCK, or .toml files")
      ->delimiter(',')
      ->type_name("NAME,...");
  app.add_option("--runtime", request.runtime, "for all devices (default: each device's own)")->type_name("NAME");
  add_data_flags(app, request.data);
  app.get_option("--data")->required(false);
  add_store_flag(app, options->store);
  app.add_flag("--dry-run", options->dry_run, "only says what would be done and what is there already");
  app.add_flag("--fresh", options->fresh, "evaluates anew what is there already, and replaces it");
  add_threads_flag(app, options->threads);
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_explore(*options, environment); };
}

}  // namespace

constinit const Command kExplore{"explore", "evaluates models in several schemes on several devices", &set_up};

}  // namespace netfit::cli
