// SPDX-License-Identifier: Apache-2.0
// A Run's key must be known before the work, and cheaply: it is made of hashes of what goes in (source graph, test and
// training samples, descriptions of device and runtime) and of the options, never of what comes out.
#include "cli/explore/explore_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/measured.h"
#include "cli/version.h"
#include "device/catalog.h"
#include "ir/hash.h"
#include "store/content_key.h"

namespace netfit::cli {
namespace fs = std::filesystem;
namespace {

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Samples, their form and their labels.
std::string hash_of(const data::Dataset& dataset) {
  const std::span<const std::int64_t> labels(dataset.labels);
  return store::digest(fmt::format("{} {} {} {}", name(dataset.samples.dtype()), to_string(dataset.samples.shape()),
                                   store::digest(text_of(dataset.samples.bytes())),
                                   store::digest(text_of(std::as_bytes(labels)))));
}

// As an answer calls it: a file or folder by its own name, so that a Run does not depend on where it lies.
std::string short_name(const data::Dataset& dataset, const std::string& source) {
  return dataset.name == source && source != "cifar10" ? fs::path(source).lexically_normal().filename().string()
                                                       : dataset.name;
}

Result<void> open_source_data(ExploreSource& source, const ExploreRequest& request, bool calibrated,
                              const Environment& environment) {
  data::Dataset test = NETFIT_TRY(open_data(request.data, data::Split::Test, source.graph, environment));
  if (!test.labelled()) {
    return bad_input(fmt::format("'{}' has no labels; accuracy needs them", base::printable(request.data.source)));
  }
  const auto chosen = NETFIT_TRY(choose_preprocessing(request.data, test, source.graph, environment));
  // What the user says of the pixels becomes the model's own record, so that every file carries it.
  if (chosen) source.graph.inputs.front().preprocessing = chosen;
  source.test_ref = {short_name(test, request.data.source), "test", test.count(), hash_of(test)};
  source.test = std::move(test);
  if (!calibrated) return {};
  DataFlags training = request.data;
  training.limit.reset();  // --limit is about judging
  source.calibration =
      NETFIT_TRY(choose_calibration(training, {.samples = kCalibrationSamples}, source.graph, environment));
  source.calibration_hash = hash_of(source.calibration->chosen);
  return {};
}

Result<ExploreSource> open_source(const std::string& path, const ExploreRequest& request, bool calibrated,
                                  const Environment& environment) {
  ExploreSource source{.model = NETFIT_TRY(load_model(path, environment))};
  source.graph = NETFIT_TRY(optimized(source.model));
  NETFIT_TRY(check_float(source.graph, source.model.path));
  if (!request.data.source.empty()) NETFIT_TRY(open_source_data(source, request, calibrated, environment));
  source.hash = ir::canonical_hash(source.graph);
  return source;
}

Result<ExploreTarget> open_target(const std::string& spec, const std::string& runtime, const Environment& environment) {
  device::FoundDevice found = NETFIT_TRY(device::load_device(spec, environment.device_roots));
  for (const std::string& remark : found.notes) note(environment, remark);
  ExploreTarget target{.device = std::move(found.device)};
  target.calibration = calibration_for(target.device, environment);
  target.ref = device_ref(target.device, environment);
  target.runtime = NETFIT_TRY(device::load_runtime(runtime, target.device, environment.device_roots));
  return target;
}

store::Run work_of(const ExploreSource& source, const Scheme& scheme, const ExploreTarget& target) {
  store::Run run;
  run.candidate = {source.model.name, source.hash, std::string(scheme.name), {}};
  run.data = source.test_ref;
  run.device = target.ref;
  run.runtime = {target.runtime.name, target.runtime.version, target.runtime.hash};
  if (scheme.calibrated) {
    run.options = {{"calibration", source.calibration_hash},
                   {"calibration_samples", std::to_string(source.calibration->chosen.count())},
                   {"io", "int8"},
                   {"ranges", "mse"}};
  }
  run.tool_version = std::string(kVersion);
  return run;
}

// "cnn.int8.1a2b3c4d.tflite": readable, and another name for other work.
std::string file_name(const store::Run& run) {
  std::string work = run.candidate.graph + run.candidate.scheme + run.tool_version;
  for (const store::Setting& option : run.options) work += fmt::format(";{}={}", option.name, option.value);
  std::string stem = run.candidate.model.substr(0, 100);
  std::ranges::replace_if(
      stem, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_' && c != '.'; },
      '_');
  return fmt::format("{}.{}.{}.tflite", stem, run.candidate.scheme, store::digest(work).substr(0, 8));
}

PlannedFile plan_file(const ExplorePlan& plan, std::size_t source, const Scheme& scheme) {
  PlannedFile file{.source = source, .scheme = &scheme};
  for (std::size_t target = 0; target < plan.targets.size(); ++target) {
    PlannedRun planned{.target = target, .run = work_of(plan.sources[source], scheme, plan.targets[target])};
    planned.key = store::content_key(planned.run);
    file.name = file_name(planned.run);
    file.runs.push_back(std::move(planned));
  }
  return file;
}

Result<std::vector<const Scheme*>> wanted_schemes(const ExploreRequest& request) {
  std::vector<const Scheme*> wanted;
  for (const std::string& name : request.schemes) {
    const Scheme* scheme = NETFIT_TRY(find_scheme(name));
    if (scheme->calibrated && request.data.source.empty()) {
      return bad_usage(fmt::format("scheme {} needs --data: its ranges are calibrated on training samples", name));
    }
    if (std::ranges::count(wanted, scheme) == 0) wanted.push_back(scheme);
  }
  return wanted;
}

}  // namespace

std::int64_t ExplorePlan::run_count() const { return std::ssize(files) * std::ssize(targets); }

Result<ExplorePlan> make_plan(const ExploreRequest& request, const Environment& environment) {
  ExplorePlan plan;
  const std::vector<const Scheme*> wanted = NETFIT_TRY(wanted_schemes(request));
  for (const std::string& spec : request.devices) {
    ExploreTarget target = NETFIT_TRY(open_target(spec, request.runtime, environment));
    const auto same = [&](const ExploreTarget& other) { return other.device.hash == target.device.hash; };
    if (std::ranges::none_of(plan.targets, same)) plan.targets.push_back(std::move(target));
  }
  const bool calibrated = std::ranges::any_of(wanted, &Scheme::calibrated);
  for (const std::string& path : request.models) {
    ExploreSource source = NETFIT_TRY(open_source(path, request, calibrated, environment));
    const auto same = [&](const ExploreSource& other) { return other.hash == source.hash; };
    const auto known = std::ranges::find_if(plan.sources, same);
    if (known == plan.sources.end()) {
      plan.sources.push_back(std::move(source));
    } else {
      note(environment,
           fmt::format("{} is the same network as {}", base::printable(path), base::printable(known->model.path)));
    }
  }
  for (std::size_t source = 0; source < plan.sources.size(); ++source) {
    for (const Scheme* scheme : wanted) plan.files.push_back(plan_file(plan, source, *scheme));
  }
  return plan;
}

}  // namespace netfit::cli
