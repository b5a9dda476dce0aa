// SPDX-License-Identifier: Apache-2.0
#include "diagnose/diagnose.h"

#include <array>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/answers/diagnosis.h"
#include "cli/answers/making.h"
#include "cli/check_writable.h"
#include "cli/commands.h"
#include "cli/flags/flags.h"
#include "cli/model.h"
#include "data/npy.h"
#include "data/preprocess.h"
#include "data/subset.h"
#include "formats/catalog.h"
#include "interp/interpreter.h"
#include "quant/check_samples.h"

namespace netfit::cli {
namespace {

constexpr std::int64_t kSamples = 1000;   // one point is ten of them
constexpr std::int64_t kTraining = 2048;  // ranges settle on a few hundred, batch-norm statistics on these

struct Options {
  std::string file;
  std::string reference;
  std::string observed;
  std::string output;
  DataFlags data{.limit = kSamples};
  int threads = 0;
  bool json = false;
};

// The raw outputs that the user's runs gave: the only array of the file, or the one called "outputs".
Result<Tensor> load_observed(const std::string& path, const data::Dataset& test, const ir::Graph& graph) {
  const std::map<std::string, Tensor> arrays = NETFIT_TRY(data::load_npz(path));
  const auto named = arrays.find("outputs");
  if (named == arrays.end() && arrays.size() != 1) {
    return bad_input(
        fmt::format("{} arrays and none called 'outputs' (allowed: one array, or one of that name)", arrays.size()));
  }
  const Tensor& outputs = named == arrays.end() ? arrays.begin()->second : named->second;
  const Shape& wanted = graph.value(graph.outputs.front().value).shape;
  const bool fits = outputs.shape().rank() >= 1 && outputs.shape()[0] >= 1 &&
                    outputs.element_count() == outputs.shape()[0] * wanted.element_count();
  if (!fits) {
    return bad_input(
        fmt::format("outputs are {}, the network gives {} a sample", to_string(outputs.shape()), to_string(wanted)));
  }
  return outputs.slice(0, std::min(outputs.shape()[0], test.count()));
}

// The reference's pixels are those of its own record, else what the file's are.
diagnose::Fed reference_of(const Model& model, const ir::Graph& subject,
                           const std::optional<ir::Preprocessing>& users_word) {
  diagnose::Fed fed{.graph = model.graph};
  if (model.graph.inputs.front().preprocessing || model.graph.inputs.size() != 1) return fed;
  fed.preprocessing = subject.inputs.front().preprocessing ? subject.inputs.front().preprocessing : users_word;
  return fed;
}

// A network that takes or gives something else is not what the file was made from.
Result<void> check_reference(const Model& reference, const Model& file) {
  const auto taken = [](const ir::Graph& graph) { return graph.value(graph.inputs.front().value).shape; };
  const auto given = [](const ir::Graph& graph) { return graph.value(graph.outputs.front().value).shape; };
  const Shape theirs = given(reference.graph);
  const Shape ours = given(file.graph);
  std::string fault;
  if (taken(reference.graph) != taken(file.graph)) {
    fault =
        fmt::format("takes {}, but the file takes {}", to_string(taken(reference.graph)), to_string(taken(file.graph)));
  } else if (theirs.element_count() != ours.element_count()) {
    fault = fmt::format("gives {}, but the file gives {}", to_string(theirs), to_string(ours));
  }
  return fault.empty() ? Result<void>() : located<void>(bad_input(fault), base::printable(reference.path));
}

Result<diagnose::Case> make_case(const Options& options, const Model& file, const Environment& environment) {
  if (file.graph.inputs.size() != 1) {
    return located(Result<diagnose::Case>(
                       bad_input(fmt::format("the network has {} inputs (allowed: 1)", file.graph.inputs.size()))),
                   options.file);
  }
  diagnose::Case given{.subject = {.graph = file.graph},
                       .test = NETFIT_TRY(open_data(options.data, data::Split::Test, file.graph, environment))};
  if (!options.data.preprocess.empty()) {
    given.subject.preprocessing = NETFIT_TRY(data::load_preprocessing(options.data.preprocess));
  }
  DataFlags all = options.data;
  all.limit.reset();
  given.training =
      data::choose_samples(NETFIT_TRY(open_data(all, data::Split::Train, file.graph, environment)), kTraining, 0);
  NETFIT_TRY(located(quant::check_samples(file.graph, std::array{given.training->samples}), given.training->name));
  if (!options.reference.empty()) {
    const Model reference = NETFIT_TRY(load_model(options.reference, environment));
    NETFIT_TRY(check_reference(reference, file));
    given.reference = reference_of(reference, file.graph, given.subject.preprocessing);
  }
  if (!options.observed.empty()) {
    given.observed = NETFIT_TRY(located(load_observed(options.observed, given.test, file.graph), options.observed));
  }
  return given;
}

// What was changed; how the file was made before is no longer true of it.
formats::MakingRecord record_of(const diagnose::Repair& repair) {
  constexpr std::size_t kMostBytes = 100;
  constexpr std::size_t kMostChanges = 8;
  formats::MakingRecord record = making_record("repaired by diagnose --fix");
  for (const std::string& change : repair.changes) {
    if (record.techniques.size() < kMostChanges) record.techniques.push_back(base::printable(change, kMostBytes));
  }
  return record;
}

Result<void> fix(const Options& options, const diagnose::Case& given, const diagnose::Tools& tools,
                 DiagnosisAnswer& answer) {
  const diagnose::Finding& finding = answer.diagnosis.findings.front();
  if (finding.kind == diagnose::FaultKind::Healthy) {
    answer.not_fixed = "there is nothing to fix";
    return {};
  }
  const Result<diagnose::Repair> repaired = diagnose::repair(given, finding, tools);
  if (!repaired) {
    answer.not_fixed = repaired.error().text();
    return {};
  }
  FixAnswer fixed{.output = options.output, .changes = repaired->changes};
  diagnose::Case after = given;
  after.subject = {.graph = repaired->graph};
  after.observed.reset();
  const diagnose::Diagnosis again = NETFIT_TRY(diagnose::diagnose(after, tools));
  const auto last = [](const diagnose::Diagnosis& diagnosis) {
    const diagnose::Rung* rung = nullptr;
    for (const diagnose::Rung& candidate : diagnosis.ladder) {
      if (candidate.unavailable.empty()) rung = &candidate;
    }
    return *rung;
  };
  fixed.top1_before = last(answer.diagnosis).top1_percent;
  fixed.top1_after = last(again).top1_percent;
  fixed.agreement_before = last(answer.diagnosis).agreement_percent;
  fixed.agreement_after = last(again).agreement_percent;
  fixed.bytes = NETFIT_TRY(save_with_record(repaired->graph, options.output, record_of(*repaired)));
  answer.fix = std::move(fixed);
  return {};
}

Result<void> run_diagnose(const Options& options, const Environment& environment) {
  if (!options.output.empty()) {
    NETFIT_TRY(formats::format_for(options.output));
    NETFIT_TRY(check_writable(options.output));
  }
  const Model file = NETFIT_TRY(load_model(options.file, environment));
  const diagnose::Case given = NETFIT_TRY(make_case(options, file, environment));
  const exec::ExecutorOptions workers{.threads = thread_count(options.threads)};
  const diagnose::Tools tools{
      .engine = {workers, interp::make_node_runner()},
      .reference = [workers](const ir::Graph& graph) { return interp::create_interpreter(graph, workers); },
      .progress = *environment.progress};
  DiagnosisAnswer answer{.file = options.file,
                         .reference = options.reference,
                         .data = given.test.name,
                         .samples = given.test.count(),
                         .diagnosis = NETFIT_TRY(located(diagnose::diagnose(given, tools), options.file))};
  if (!options.output.empty()) NETFIT_TRY(fix(options, given, tools, answer));
  options.json ? print_diagnosis_object(answer, environment) : print_diagnosis(answer, environment);
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("file", options->file,
                 "the quantized .tflite or .onnx file that does not do what it should; the exit\ncode is 0 whether or "
                 "not a fault is found")
      ->required()
      ->type_name("FILE");
  app.add_option("--reference", options->reference,
                 "the float network that the file was made from; without it only what the\n"
                 "file and the data show is found")
      ->type_name("MODEL");
  add_data_flags(app, options->data);
  app.get_option("--limit")->default_str("1000");
  app.get_option("--preprocess")
      ->description(
          "what your program does to pixels before they enter the file: cifar10, imagenet,\n"
          "pixels or a .toml file (default: what the file's record says)");
  app.add_option("--observed", options->observed,
                 "an .npz with the raw outputs that your own runs gave for the first samples of\n"
                 "the data: how the file is fed and read there")
      ->type_name("FILE.npz");
  app.add_option("--fix", options->output, "write the repaired file, .tflite or .onnx")->type_name("OUT");
  add_threads_flag(app, options->threads);
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_diagnose(*options, environment); };
}

}  // namespace

constinit const Command kDiagnose{"diagnose", "says what is wrong with a quantized file, and repairs it", &set_up};

}  // namespace netfit::cli
