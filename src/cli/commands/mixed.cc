// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "cli/answers/making.h"
#include "cli/answers/mixed_answer.h"
#include "cli/answers/table.h"
#include "cli/check_writable.h"
#include "cli/commands.h"
#include "cli/flags/choice.h"
#include "cli/flags/flags.h"
#include "cli/flags/recipe_file.h"
#include "cli/latency_cost.h"
#include "cli/mixed/mixed_curve.h"
#include "cli/model.h"
#include "formats/catalog.h"
#include "select/parse_limit.h"

namespace netfit::cli {
namespace {

const std::map<std::string, quant::Io> kIo{
    {"int8", quant::Io::Int8}, {"uint8", quant::Io::UInt8}, {"float32", quant::Io::Float32}};

struct Options {
  std::string model;
  std::string output;
  std::string candidates = "int8,int4";
  std::string recipe = "adaround";
  std::string curve;
  std::string max_bytes;
  std::string max_latency;
  std::optional<double> max_changed;
  std::string device;
  std::string runtime;
  int points = 12;
  MixedSetup setup{.samples = 512, .held_out = 1000};
  bool json = false;
};

Result<std::vector<quant::Precision>> parse_candidates(const std::string& text) {
  std::vector<std::string> names;
  for (const quant::NamedPrecision& named : quant::named_precisions()) names.emplace_back(named.name);
  std::vector<quant::Precision> candidates;
  for (const std::string_view word : base::split(text, ',')) {
    const std::optional<quant::Precision> found = quant::find_precision(base::trim(word));
    if (!found) {
      return bad_usage(fmt::format("--candidates: unknown precision '{}' (allowed: {})", base::printable(word),
                                   base::join(names, ", ")));
    }
    if (std::ranges::find(candidates, *found) != candidates.end()) {
      return bad_usage(fmt::format("--candidates names '{}' twice", quant::name(*found)));
    }
    candidates.push_back(*found);
  }
  if (candidates.size() < 2) return bad_usage("--candidates needs at least two precisions to choose between");
  return candidates;
}

Result<void> check_flags(const Options& options) {
  const int budgets = static_cast<int>(!options.max_bytes.empty()) + static_cast<int>(!options.max_latency.empty()) +
                      static_cast<int>(options.max_changed.has_value());
  if (budgets > 1) return bad_usage("one of --max-bytes, --max-latency and --max-changed, not several");
  if (budgets == 0 && !options.output.empty()) {
    return bad_usage("-o needs to know which assignment: --max-bytes, --max-latency or --max-changed");
  }
  if (budgets == 1 && options.output.empty()) return bad_usage("a budget is for the file that -o names");
  if (!options.max_latency.empty() && options.device.empty()) return bad_usage("--max-latency needs a --device");
  if (!options.max_bytes.empty() && !options.device.empty()) {
    return bad_usage("with --device the curve is one of latency, so the budget is --max-latency or --max-changed");
  }
  const formats::Format* format = options.output.empty() ? nullptr : NETFIT_TRY(formats::format_for(options.output));
  if (format != nullptr && format->name != "tflite") {
    return bad_usage(fmt::format("-o '{}': mixed precisions are written as .tflite", base::printable(options.output)));
  }
  const std::string extension = std::filesystem::path(options.curve).extension();
  if (!options.curve.empty() && extension != ".csv" && extension != ".svg") {
    return bad_usage(
        fmt::format("--curve '{}' is not of a known kind (allowed: .csv, .svg)", base::printable(options.curve)));
  }
  for (const std::string& path : {options.output, options.curve}) {
    if (!path.empty()) NETFIT_TRY(check_writable(path));
  }
  return {};
}

struct Budget {
  std::string wanted;
  double limit = 0.0;
};

Result<std::optional<Budget>> cost_budget(const Options& options) {
  if (!options.max_bytes.empty()) {
    const auto limit = NETFIT_TRY(select::parse_limit(select::Limited::Flash, options.max_bytes, "--max-bytes"));
    return Budget{fmt::format("allowed are {}", grouped(static_cast<std::int64_t>(limit.allowed))), limit.allowed};
  }
  if (!options.max_latency.empty()) {
    const auto limit = NETFIT_TRY(select::parse_limit(select::Limited::Latency, options.max_latency, "--max-latency"));
    return Budget{fmt::format("allowed are {:.4g} ms", limit.allowed), limit.allowed};
  }
  return std::nullopt;
}

Result<MixedFile> write_file(const Options& options, const std::optional<Budget>& budget, MixedNetwork& network,
                             const MixedCurve& curve) {
  const std::string unit = options.device.empty() ? "bytes" : "ms";
  MixedFile file{.path = options.output};
  if (budget) {
    file.wanted = budget->wanted;
    file.point = NETFIT_TRY(meet_cost(network, curve, budget->limit, unit));
  } else {
    file.wanted = fmt::format("at most {:g} % may change class", *options.max_changed);
    file.point = NETFIT_TRY(meet_accuracy(network, curve, *options.max_changed));
  }
  const ir::Graph graph = NETFIT_TRY(network.make(file.point.chosen));
  NETFIT_TRY(save_with_record(graph, options.output, network.record()));
  return file;
}

Result<void> run_mixed(Options options, const Environment& environment) {
  options.setup.candidates = NETFIT_TRY(parse_candidates(options.candidates));
  NETFIT_TRY(check_flags(options));
  const std::optional<Budget> budget = NETFIT_TRY(cost_budget(options));
  const RecipeFile recipe = NETFIT_TRY(load_recipe(options.recipe, environment));
  options.setup.recipe = recipe.recipe;
  const Model model = NETFIT_TRY(load_model(options.model, environment));
  NETFIT_TRY(check_float(model.graph, model.path));
  MixedCost cost{.what = "bytes", .unit = "bytes"};
  if (!options.device.empty()) {
    options.setup.cost = NETFIT_TRY(latency_cost({options.device, options.runtime}, environment));
    cost = {.what = "latency on " + options.device, .unit = "ms"};
  }
  options.setup.threads = thread_count(options.setup.threads);
  MixedNetwork network = NETFIT_TRY(MixedNetwork::create(model, options.setup, environment));
  const MixedCurve curve = NETFIT_TRY(draw_curve(network, options.points, *environment.progress));
  MixedAnswer answer{.model = model.name, .cost = cost, .network = network, .curve = curve};
  if (!options.output.empty()) answer.file = NETFIT_TRY(write_file(options, budget, network, curve));
  if (!options.curve.empty()) {
    const bool picture = std::filesystem::path(options.curve).extension() == ".svg";
    NETFIT_TRY(base::write_file(options.curve, picture ? mixed_svg(answer) : mixed_csv(answer)));
  }
  options.json ? print_mixed_json(answer, environment) : print_mixed_text(answer, environment);
  return {};
}

void add_search_flags(CLI::App& app, Options& options) {
  app.add_option("--candidates", options.candidates,
                 "what each layer may be in, two or more of: int8, int8-per-tensor, int4, int16x8,\n"
                 "weight-only, weight-only-int4, float16, float32")
      ->type_name("NAMES")
      ->capture_default_str();
  app.add_option("--max-bytes", options.max_bytes, "the file must not be larger: 400kB, 1.5MiB")->type_name("SIZE");
  app.add_option("--max-latency", options.max_latency, "predicted latency on --device must not be longer: 20ms")
      ->type_name("TIME");
  app.add_option("--max-changed", options.max_changed,
                 "so many percent of the held-out samples may change class: the cheapest such file")
      ->check(CLI::Range(0.0, 100.0))
      ->type_name("P");
  app.add_option("--device", options.device, "costs are predicted latencies on this device instead of bytes")
      ->type_name("DEVICE");
  app.add_option("--runtime", options.runtime, "a runtime by name or .toml file (default: the device's)")
      ->type_name("RUNTIME");
  app.add_option("--curve", options.curve, "the whole curve as .csv or .svg")->type_name("FILE");
  app.add_option("--points", options.points, "how many assignments of the curve are measured, besides the uniform ones")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("model", options->model, "a float .onnx or .tflite file")->required()->type_name("MODEL");
  app.add_option("-o,--output", options->output, "the .tflite file to write, within one budget")->type_name("OUT");
  add_search_flags(app, *options);
  add_data_flags(app, options->setup.data);
  app.remove_option(app.get_option("--limit"));
  app.add_option("--samples", options->setup.samples, "how many training samples calibrate")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 32))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--held-out", options->setup.held_out, "how many others judge; at most half of all")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 32))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--seed", options->setup.seed, "which samples are chosen")->type_name("N")->capture_default_str();
  app.add_option("--recipe", options->recipe,
                 "preparations, ranges and rounding by a recipe (name or .toml file); its learned\n"
                 "rounding is for int4 only, its correction of biases for none")
      ->type_name("RECIPE")
      ->capture_default_str();
  app.add_option("--io", options->setup.io, "what the model takes and gives: int8, uint8 or float32")
      ->transform(one_of(kIo))
      ->type_name("TYPE")
      ->default_str("int8");
  add_threads_flag(app, options->setup.threads);
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_mixed(*options, environment); };
}

}  // namespace

constinit const Command kMixed{"mixed", "a precision for each layer, by a budget on size, latency or accuracy",
                               &set_up};

}  // namespace netfit::cli
