// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/answers/print_json.h"
#include "cli/commands.h"
#include "cli/flags/flags.h"
#include "cli/flags/store_flags.h"
#include "store/json_lines.h"

namespace netfit::cli {
namespace {

struct Options {
  std::string config;
  std::string store;
  std::string file;
  bool without_times = false;
  bool json = false;
};

Result<void> run_export(const Options& options, const Environment& environment) {
  const Config config = NETFIT_TRY(load_config(options.config));
  const std::filesystem::path path = store_path(options.store, config);
  const auto store = NETFIT_TRY(store::open_store(path, {.access = store::Access::Read}));
  const std::vector<store::Run> runs = NETFIT_TRY(store->all());
  const std::string text =
      store::write_json_lines(runs, options.without_times ? store::Times::Drop : store::Times::Keep);
  if (options.file == "-") {
    std::fwrite(text.data(), 1, text.size(), environment.out);
    return {};
  }
  NETFIT_TRY(base::write_file(options.file, text));
  if (options.json) {
    print_json({{"file", options.file}, {"runs", runs.size()}}, environment);
  } else {
    fmt::print(environment.out, "{}: {} Runs of {}\n", options.file, runs.size(), path.string());
  }
  return {};
}

Result<void> run_import(const Options& options, const Environment& environment) {
  const Config config = NETFIT_TRY(load_config(options.config));
  const std::filesystem::path path = store_path(options.store, config);
  const std::string text = NETFIT_TRY(base::read_text(options.file));
  const std::vector<store::Run> runs = NETFIT_TRY(store::read_json_lines(text, options.file));
  const auto store = NETFIT_TRY(store::open_store(path));
  const std::int64_t written = NETFIT_TRY(store->append(runs, store::Existing::Keep));
  if (options.json) {
    print_json({{"store", path.string()}, {"runs", runs.size()}, {"imported", written}}, environment);
  } else {
    fmt::print(environment.out, "{}: {} of {} Runs imported, the others were there already\n", path.string(), written,
               runs.size());
  }
  return {};
}

CLI::App* add_command(CLI::App& app, const char* name, const char* summary, Options& options) {
  CLI::App* command = app.add_subcommand(name, summary);
  command->add_option("file", options.file, "one Run a line, as JSON")->required()->type_name("FILE");
  add_store_flag(*command, options.store);
  add_config_flag(*command, options.config);
  add_json_flag(*command, options.json);
  return command;
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.require_subcommand(1);
  CLI::App* written = add_command(app, "export", "writes all Runs, sorted by key; - is standard output", *options);
  written->add_flag("--without-times", options->without_times, "leaves out when and how long: equal work, equal bytes");
  add_command(app, "import", "adds the Runs of such a file; what is there already stays", *options);
  return [options, written](const Environment& environment) {
    return written->parsed() ? run_export(*options, environment) : run_import(*options, environment);
  };
}

}  // namespace

constinit const Command kRuns{"runs", "Runs of the store as JSON lines: 'netfit runs export FILE'", &set_up};

}  // namespace netfit::cli
