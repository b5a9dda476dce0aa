// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/answers/print_json.h"
#include "cli/commands.h"
#include "cli/flags/flags.h"
#include "data/fetch.h"

namespace netfit::cli {
namespace {

struct Options {
  std::string name;
  std::string from;
  bool json = false;
};

Result<void> run_fetch(const Options& options, const Environment& environment) {
  data::FetchOptions fetch{.folder = environment.cache / "cifar10"};
  if (!options.from.empty()) fetch.from = options.from;
  const data::Fetched fetched = NETFIT_TRY(data::fetch_cifar10(fetch, *environment.progress));
  if (options.json) {
    print_json({{"name", options.name}, {"folder", fetched.folder.string()}, {"was_there", fetched.was_there}},
               environment);
  } else {
    fmt::print(environment.out, "{}: complete and checked in {}{}\n", options.name, fetched.folder.string(),
               fetched.was_there ? " (was there already)" : "");
  }
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.require_subcommand(1);
  CLI::App* fetch = app.add_subcommand("fetch", "downloads a data set into the cache and checks it");
  fetch->add_option("name", options->name, "cifar10")->required()->check(CLI::IsMember({"cifar10"}))->type_name("NAME");
  fetch->add_option("--from", options->from, "take it from this archive or folder instead of the network")
      ->type_name("FILE|DIR");
  add_json_flag(*fetch, options->json);
  return [options](const Environment& environment) { return run_fetch(*options, environment); };
}

}  // namespace

constinit const Command kData{"data", "data sets: 'netfit data fetch cifar10'", &set_up};

}  // namespace netfit::cli
