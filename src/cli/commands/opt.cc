// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/model.h"
#include "ir/printer.h"
#include "passes/catalog.h"
#include "passes/pipelines.h"

namespace netfit::cli {
namespace {

struct Options {
  std::string model;
  std::string passes;
  bool print = false;
  bool constants = false;
};

Result<std::vector<const passes::PassSpec*>> parse_passes(const std::string& names) {
  std::vector<const passes::PassSpec*> found;
  if (names.empty()) return found;
  for (const std::string& name : base::split(names, ',')) found.push_back(NETFIT_TRY(passes::find_pass(name)));
  return found;
}

Result<void> run_opt(const Options& options, const Environment& environment) {
  const std::vector<const passes::PassSpec*> selected = NETFIT_TRY(parse_passes(options.passes));
  Model model = NETFIT_TRY(load_structure(options.model, environment));
  // What comes in as text goes out whole, so that the output is an input again.
  const bool whole = options.constants || model.format == "text";
  const ir::Constants constants = whole ? ir::Constants::Full : ir::Constants::Elided;
  if (options.print) fmt::print(environment.out, "# before\n{}\n", ir::print(model.graph, constants));
  const passes::PipelineReport report = NETFIT_TRY(passes::run_passes(model.graph, selected));
  for (const passes::PipelineReport::Step& step : report.steps) {
    note(environment, fmt::format("{}: {}", step.pass, step.change == passes::Change::Made ? "changed" : "no change"));
  }
  if (options.print) fmt::print(environment.out, "# after\n");
  fmt::print(environment.out, "{}", ir::print(model.graph, constants));
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("model", options->model,
                 "an .onnx, .tflite or ncnn .param file, an architecture by name, the text form, or -\n"
                 "for the text form on stdin")
      ->required()
      ->type_name("MODEL");
  app.add_option("--passes", options->passes, "passes to run, in this order ('netfit docs passes' lists them)")
      ->type_name("A,B");
  app.add_flag("--print", options->print, "print the graph before the passes as well");
  app.add_flag("--constants", options->constants, "print the elements of constants (the text form always does)");
  return [options](const Environment& environment) { return run_opt(*options, environment); };
}

}  // namespace

constinit const Command kOpt{"opt", "runs passes on a model and prints the graph as text", &set_up};

}  // namespace netfit::cli
