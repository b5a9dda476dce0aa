// SPDX-License-Identifier: Apache-2.0
// Latency of one sample on this host. No Python is involved: LiteRT and ONNX Runtime are called through their C
// interfaces, and only their own invocation is timed.
#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/reading.h"
#include "base/text.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/commands.h"
#include "cli/executors.h"
#include "cli/flags/flags.h"
#include "cli/flags/inputs.h"
#include "cli/model.h"
#include "eval/host.h"
#include "eval/measure_latency.h"
#include "exec/cpu.h"
#include "ir/absent_weights.h"
#include "select/parse_limit.h"
#include "tensor/random_tensor.h"

namespace netfit::cli {
namespace {

constexpr std::uint64_t kInputSeed = 1;
// Beyond these the user is told: the p50 wanders, or other processes had the CPU.
constexpr double kNoisyPercent = 10.0;
constexpr double kOwnCpuPercent = 90.0;

struct Options {
  std::string model;
  std::string runtimes;
  std::vector<std::string> inputs;
  std::string preprocess;
  std::string budget = "2s";
  std::int64_t warmup = 20;
  std::int64_t runs = 0;
  int threads = 1;
  bool json = false;
};

/// One runtime's part of the answer.
struct Row {
  std::string runtime;
  std::unique_ptr<exec::Invocation> invocation;
  eval::MeasuredLatency latency;
};

struct Answer {
  std::vector<Row> rows;
  std::string input;  ///< in words
  bool complete = true;
  eval::Host host;
  std::optional<double> load_before;
  std::optional<double> load_after;
};

Result<std::vector<std::string>> choose_runtimes(const Options& options, const Model& model) {
  if (options.runtimes.empty()) {
    return std::vector<std::string>{model.format == "tflite" ? "litert"
                                    : model.format == "onnx" ? "onnxruntime"
                                                             : "netfit"};
  }
  const std::vector<std::string> known{"litert", "netfit", "onnxruntime"};
  std::vector<std::string> runtimes = base::split(options.runtimes, ',');
  for (const std::string& runtime : runtimes) {
    if (std::ranges::find(known, runtime) == known.end()) {
      return bad_usage(fmt::format("--runtime: '{}' is not a runtime of this host (allowed: {})",
                                   base::printable(runtime, 40), base::join(known, ", ")));
    }
    if (runtime == "netfit" && options.threads > 1) {
      return bad_usage(fmt::format("--threads: {} given, netfit's executor computes a sample on 1", options.threads));
    }
  }
  return runtimes;
}

Result<std::vector<Tensor>> choose_inputs(const Options& options, const Model& model, const Environment& environment) {
  std::vector<Tensor> inputs;
  if (options.inputs.empty()) {
    for (const ir::GraphInput& input : model.graph.inputs) {
      const ir::Value& value = model.graph.value(input.value);
      inputs.push_back(tensor::random_tensor(kInputSeed + inputs.size(), value.dtype, value.shape));
    }
    return inputs;
  }
  inputs = NETFIT_TRY(load_inputs(options.inputs, options.preprocess, model, environment));
  for (Tensor& input : inputs) {
    if (input.shape()[0] == 0) return bad_input("--input has no samples, one is timed");
    input = input.slice(0, 1);
  }
  return inputs;
}

Result<eval::LatencyOptions> latency_options(const Options& options) {
  const select::Limit budget = NETFIT_TRY(select::parse_limit(select::Limited::Latency, options.budget, "--budget"));
  eval::LatencyOptions chosen{.warmup_runs = options.warmup, .budget_seconds = budget.allowed / 1e3};
  if (options.runs > 0) chosen.runs = options.runs;
  return chosen;
}

Result<Answer> measure(const Options& options, const Model& model, const Environment& environment) {
  const std::vector<std::string> runtimes = NETFIT_TRY(choose_runtimes(options, model));
  const eval::LatencyOptions how = NETFIT_TRY(latency_options(options));
  const std::vector<Tensor> inputs = NETFIT_TRY(choose_inputs(options, model, environment));
  Answer answer{.input = options.inputs.empty() ? fmt::format("random, seed {}", kInputSeed)
                                                : base::join(options.inputs, ", ")};
  std::vector<eval::Subject> subjects;
  for (const std::string& runtime : runtimes) {
    auto invocation = NETFIT_TRY(make_invocation(runtime, model, options.threads, environment));
    exec::Invocation* const door = invocation.get();
    subjects.push_back(
        {.load = [door, &inputs] { return door->load(inputs); }, .invoke = [door] { return door->invoke(); }});
    answer.rows.push_back({.runtime = runtime, .invocation = std::move(invocation)});
  }
  answer.host = eval::describe_host();
  answer.load_before = eval::load_average();
  eval::LatencyMeasurement measured = NETFIT_TRY(eval::measure_latency(subjects, how, *environment.progress));
  answer.load_after = eval::load_average();
  answer.complete = measured.complete;
  for (std::size_t i = 0; i < answer.rows.size(); ++i) answer.rows[i].latency = std::move(measured.subjects[i]);
  return answer;
}

std::string interval_method(const eval::LatencySummary& timed) {
  return fmt::format("order statistics of the p50s of {} sub-batches", timed.sub_batch_p50s_ms.size());
}

constexpr const char* kNoInterval = "unavailable: fewer than 5 sub-batches cannot give 90 %";

nlohmann::ordered_json maybe(const auto& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

double p50_of(std::vector<double> values) {
  std::ranges::sort(values);
  return eval::quantile(values, 0.5);
}

nlohmann::ordered_json object_of(const Row& row, int threads) {
  const eval::LatencySummary& timed = row.latency.timed;
  nlohmann::ordered_json latency{{"value", timed.p50_ms}};
  if (timed.interval) {
    latency["low"] = timed.interval->low;
    latency["high"] = timed.interval->high;
    latency["interval"] = interval_method(timed);
  } else {
    latency["low"] = nullptr;
    latency["high"] = nullptr;
    latency["interval"] = kNoInterval;
  }
  latency["source"] = base::name(base::Source::Measured);
  nlohmann::ordered_json warmup{{"runs", row.latency.warmup_ms.size()}};
  if (!row.latency.warmup_ms.empty()) {
    warmup["first_ms"] = row.latency.warmup_ms.front();
    warmup["p50_ms"] = p50_of(row.latency.warmup_ms);
  }
  return {{"runtime", row.runtime},
          {"executor", row.invocation->name()},
          {"threads", threads},
          {"latency_ms", latency},
          {"p50_ms", timed.p50_ms},
          {"p90_ms", timed.p90_ms},
          {"min_ms", timed.min_ms},
          {"max_ms", timed.max_ms},
          {"mean_ms", timed.mean_ms},
          {"interquartile_range_ms", timed.iqr_ms},
          {"runs", timed.runs},
          {"sub_batch_p50s_ms", timed.sub_batch_p50s_ms},
          {"noise_percent", timed.noise_percent},
          {"cpu_percent", row.latency.cpu_percent},
          {"warmup", warmup},
          {"fallback_nodes", row.invocation->fallback_nodes()}};
}

void print_object(const Options& options, const Model& model, const Answer& answer, const Environment& environment) {
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  for (const Row& row : answer.rows) results.push_back(object_of(row, options.threads));
  print_json({{"model", model.name},
              {"input", answer.input},
              {"samples_per_run", 1},
              {"complete", answer.complete},
              {"host",
               {{"cpu", maybe(answer.host.cpu)},
                {"cpus", answer.host.cpus},
                {"isa", exec::cpu_features()},
                {"governor", maybe(answer.host.governor)},
                {"load_before", maybe(answer.load_before)},
                {"load_after", maybe(answer.load_after)}}},
              {"results", results}},
             environment);
}

// Four significant digits, but whole milliseconds in full.
std::string ms(double value) {
  if (value >= 1000) return fmt::format("{:.0f}", value);
  return fmt::format("{:.{}f}", value, value >= 100 ? 1 : value >= 10 ? 2 : value >= 1 ? 3 : 4);
}

void print_row(const Row& row, int threads, std::FILE* out) {
  const eval::LatencySummary& timed = row.latency.timed;
  const bool ours = row.runtime == "netfit";
  fmt::print(out, "\n{}, {} thread{}{}\n", row.invocation->name(), threads, threads == 1 ? "" : "s",
             ours ? ": netfit's executor for this host, not what runs on a device" : "");
  if (timed.interval) {
    fmt::print(out, "  p50    {} ms, 90 % interval {} to {} ({})\n", ms(timed.p50_ms), ms(timed.interval->low),
               ms(timed.interval->high), interval_method(timed));
  } else {
    fmt::print(out, "  p50    {} ms, 90 % interval {}\n", ms(timed.p50_ms), kNoInterval);
  }
  fmt::print(out, "  runs   {} timed: min {}, p90 {}, mean {}, interquartile range {} ms\n", grouped(timed.runs),
             ms(timed.min_ms), ms(timed.p90_ms), ms(timed.mean_ms), ms(timed.iqr_ms));
  const std::vector<double>& warmup = row.latency.warmup_ms;
  if (!warmup.empty()) {
    fmt::print(out, "  warm   {} run(s) before: first {}, p50 {} ms\n", grouped(std::ssize(warmup)), ms(warmup.front()),
               ms(p50_of(warmup)));
  }
  fmt::print(out, "  noise  p50s of sub-batches differ by {:.1f} %; {:.0f} % of a CPU used\n", timed.noise_percent,
             row.latency.cpu_percent);
}

std::string load_text(const std::optional<double>& load) { return load ? fmt::format("{:.2f}", *load) : "unavailable"; }

void print_text(const Options& options, const Model& model, const Answer& answer, const Environment& environment) {
  for (const Row& row : answer.rows) {
    note_fallbacks(row.invocation->name(), row.invocation->fallback_nodes(), environment);
  }
  std::FILE* out = environment.out;
  const std::vector<std::string> isa = exec::cpu_features();
  fmt::print(out, "{}: latency of one sample, measured on this host\n", base::printable(model.name, 50));
  fmt::print(out, "  input  {}\n", base::printable(answer.input, 80));
  fmt::print(out, "  cpu    {}, {} CPU(s)\n", base::printable(answer.host.cpu.value_or("of an unknown model"), 70),
             answer.host.cpus);
  fmt::print(out, "  isa    {}\n",
             isa.empty() ? "no vector extensions that matter" : fmt::format("{}", fmt::join(isa, " ")));
  fmt::print(out, "  load   {} before, {} after; frequency governor {}\n", load_text(answer.load_before),
             load_text(answer.load_after), answer.host.governor.value_or("unavailable: the kernel shows none"));
  for (const Row& row : answer.rows) print_row(row, options.threads, out);
  const bool disturbed = std::ranges::any_of(answer.rows, [](const Row& row) {
    return row.latency.timed.noise_percent > kNoisyPercent || row.latency.cpu_percent < kOwnCpuPercent;
  });
  if (disturbed) note(environment, "the machine is busy or noisy: min and p50 say more than mean and p90");
}

Result<void> run_bench(const Options& options, const Environment& environment) {
  const Model model = NETFIT_TRY(load_model(options.model, environment));
  NETFIT_TRY(located(ir::require_weights(model.graph), base::printable(model.path)));
  const Answer answer = NETFIT_TRY(measure(options, model, environment));
  if (options.json) {
    print_object(options, model, answer, environment);
  } else {
    print_text(options, model, answer, environment);
  }
  if (!answer.complete) return base::interrupted();
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("model", options->model, "an .onnx or .tflite file")->required()->type_name("MODEL");
  app.add_option("--runtime", options->runtimes,
                 "litert (default for .tflite), onnxruntime (default for .onnx) or netfit (the\n"
                 "fast executor); several, as litert,onnxruntime, are measured in turns")
      ->type_name("NAME,...");
  app.add_option("--threads", options->threads, "threads of the runtime within the one sample")
      ->check(CLI::Range(1, 1024))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--warmup", options->warmup, "runs before any is timed")
      ->check(CLI::Range(0, 1000000))
      ->type_name("N")
      ->capture_default_str();
  auto* runs = app.add_option("--runs", options->runs, "timed runs of each runtime, instead of a budget")
                   ->check(CLI::Range(1, 1000000))
                   ->type_name("N");
  app.add_option("--budget", options->budget, "time for the timed runs of each runtime; at least 5 are made")
      ->type_name("TIME")
      ->capture_default_str()
      ->excludes(runs);
  app.add_option("--input", options->inputs,
                 "the sample: the first of an .npy file in the model's own type and layout, or a\n"
                 "PNG or JPEG; NAME=FILE for a model with several inputs (default: random)")
      ->type_name("[NAME=]FILE");
  app.add_option("--preprocess", options->preprocess, "for images: cifar10, imagenet, pixels or a .toml file")
      ->type_name("NAME|FILE");
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_bench(*options, environment); };
}

}  // namespace

constinit const Command kBench{"bench", "latency of a model on this host, with its noise", &set_up};

}  // namespace netfit::cli
