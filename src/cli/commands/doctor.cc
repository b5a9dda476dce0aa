// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/parallel.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/commands.h"
#include "cli/flags/flags.h"
#include "cli/version.h"
#include "data/dataset.h"
#include "exec/cpu.h"
#include "exec/fast.h"
#include "exec/runtime.h"
#include "interp/interpreter.h"
#include "ir/parser.h"
#include "report/libraries.h"

namespace netfit::cli {
namespace {

/// One thing that netfit can use: whether it is there, which it is, and what its absence costs.
struct Finding {
  std::string what;
  bool present = false;
  std::string detail;
  std::string cost;
};

Finding find_library(std::string what, const Result<exec::RuntimeLibrary>& found, std::string cost) {
  if (found) return {std::move(what), true, fmt::format("{} in {}", found->version, found->path.string()), ""};
  return {std::move(what), false, "not found (tools/setup installs it, or set NETFIT_SITE_PACKAGES)", std::move(cost)};
}

Finding find_data(std::string what, const data::OpenOptions& options, std::string cost) {
  const Result<data::Dataset> dataset = data::open("cifar10", options);
  if (dataset) return {std::move(what), true, fmt::format("{} test images", dataset->count()), ""};
  return {std::move(what), false, "not found", std::move(cost)};
}

Finding find_vega(const Environment& environment) {
  std::string what = "charts of HTML reports";
  if (report::load_libraries(environment.vega)) return {std::move(what), true, environment.vega.string(), ""};
  return {std::move(what), false, "Vega was not found (tools/setup fetches it, or set NETFIT_VEGA)",
          "netfit report writes no .html"};
}

// Which backend `fast` chooses here, asked of a network with one node.
Finding find_backend(std::string what, std::string_view network) {
  const Result<ir::Graph> graph = ir::parse(network);
  NETFIT_CHECK(graph.has_value());
  const auto executor = exec::create_fast(*graph, {}, interp::make_node_runner());
  if (executor) return {std::move(what), true, (*executor)->name(), ""};
  return {std::move(what), false, executor.error().what(), "only the slow interpreter runs such models"};
}

std::vector<Finding> examine(const Environment& environment) {
  return {
      {"executor reference", true, "the interpreter, built in", ""},
      find_backend("executor fast, float32", "graph main(%x: f32[1,4]) -> (%y) { %y = relu(%x) }"),
      find_backend("executor fast, int8", "graph main(%x: i8[1,4] q(1, 0)) -> (%y) { %y: i8[1,4] q(1, 0) = relu(%x) }"),
      find_library("executor litert", exec::find_litert(environment.site_packages),
                   "verify cannot judge .tflite files"),
      find_library("executor onnxruntime", exec::find_onnxruntime(environment.site_packages),
                   "verify cannot judge .onnx files"),
      find_data("CIFAR-10, complete", {.cache = {environment.cache / "cifar10"}},
                "--data cifar10 uses 2,000 test images ('netfit data fetch cifar10' gets all 10,000)"),
      find_data("CIFAR-10, embedded", {.embedded = environment.embedded}, "--data cifar10 needs the complete data set"),
      find_vega(environment),
  };
}

Result<void> run_doctor(bool json, const Environment& environment) {
  const std::vector<Finding> findings = examine(environment);
  const std::vector<std::string> isa = exec::cpu_features();
  if (json) {
    nlohmann::ordered_json answer{{"version", kVersion},
                                  {"threads", base::available_threads()},
                                  {"isa", isa},
                                  {"cache", environment.cache.string()},
                                  {"findings", nlohmann::ordered_json::array()}};
    for (const Finding& finding : findings) {
      answer["findings"].push_back({{"what", finding.what},
                                    {"present", finding.present},
                                    {"detail", finding.detail},
                                    {"cost_of_absence", finding.cost}});
    }
    print_json(answer, environment);
    return {};
  }
  fmt::print(environment.out, "netfit {}, {} CPUs, {}\ncache {}\n\n", kVersion, base::available_threads(),
             isa.empty() ? "no vector extensions that matter" : fmt::format("{}", fmt::join(isa, " ")),
             environment.cache.string());
  for (const Finding& finding : findings) {
    fmt::print(environment.out, "{}  {:<24} {}\n", finding.present ? "ok     " : "missing", finding.what,
               finding.detail);
    if (!finding.cost.empty()) fmt::print(environment.out, "{:<34}without it: {}\n", "", finding.cost);
  }
  return {};
}

Action set_up(CLI::App& app) {
  const auto json = std::make_shared<bool>(false);
  add_json_flag(app, *json);
  return [json](const Environment& environment) { return run_doctor(*json, environment); };
}

}  // namespace

constinit const Command kDoctor{"doctor", "what is installed, what is missing, and what that costs", &set_up};

}  // namespace netfit::cli
