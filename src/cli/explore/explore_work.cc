// SPDX-License-Identifier: Apache-2.0
// One file serves all devices: it is built once, judged on the data once, and then costed for each device, which takes
// milliseconds. What is judged and costed is the file itself, read back, so that a file that was built before a kill
// gives the same Runs as one that was built just now. A file from before is believed if a stored Run of the same work
// names its hash.
#include "cli/explore/explore_work.h"

#include <algorithm>
#include <chrono>
#include <ctime>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "calib/known_latency.h"
#include "cli/answers/making.h"
#include "cli/share_of_progress.h"
#include "eval/fill_run.h"
#include "exec/fast.h"
#include "formats/catalog.h"
#include "interp/interpreter.h"
#include "passes/pipelines.h"
#include "quant/recipe.h"
#include "store/content_key.h"

namespace netfit::cli {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

std::string now_utc() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[sizeof "2026-01-31T12:00:00Z"];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

// Building and judging do not look at the device.
bool same_but_device(const store::Run& a, const store::Run& b) {
  return a.candidate.graph == b.candidate.graph && a.candidate.scheme == b.candidate.scheme &&
         a.candidate.recipe == b.candidate.recipe && a.data == b.data && a.options == b.options && a.seed == b.seed &&
         a.tool_version == b.tool_version;
}

struct Context {
  const ExplorePlan& plan;
  store::Store& store;
  const ExploreOptions& options;
  const Environment& environment;
};

struct BuiltFile {
  store::DeployedFile record;
  ir::Graph graph;  // as its readers see it
};

// What is said of a file without looking at a device.
struct Judgement {
  std::vector<Reading> readings;
  std::vector<store::Unavailable> unavailable;
};

Result<std::optional<store::Run>> find_sibling(const Context& context, const PlannedFile& file) {
  if (context.options.known == Known::WorkAnew) return std::nullopt;
  const store::Run& work = file.runs.front().run;
  const std::vector<store::Run> runs = NETFIT_TRY(context.store.query(
      {.graph = work.candidate.graph, .scheme = work.candidate.scheme, .tool_version = work.tool_version}));
  const auto found = std::ranges::find_if(runs, [&](const store::Run& run) { return same_but_device(run, work); });
  if (found == runs.end()) return std::nullopt;
  return *found;
}

Result<ir::Graph> quantized(const ExploreSource& source, const Scheme& scheme, int threads, Progress& progress) {
  if (!scheme.calibrated) return apply_scheme(scheme, source.graph, std::nullopt, {});
  const CalibrationSamples& calibration = *source.calibration;
  const quant::Samples samples =
      NETFIT_TRY(as_samples(calibration.chosen, calibration.preprocessing, source.graph, threads, progress));
  const quant::PrecisionPlan plan{.everywhere = *quant::find_precision(scheme.name)};
  quant::Quantized made =
      NETFIT_TRY(quant::apply_recipe({.graph = source.graph, .plan = plan}, quant::Recipe{}, samples, nullptr));
  return std::move(made.graph);
}

std::optional<formats::MakingRecord> record_of(const ExploreSource& source, const Scheme& scheme) {
  if (scheme.name == "float32") return std::nullopt;
  if (!scheme.calibrated) return making_record(scheme.name);
  return making_record(scheme.name, quant::Recipe{}, source.calibration->chosen.count(), CalibrationWish{}.seed);
}

Result<base::Bytes> build(const Context& context, const PlannedFile& file, Progress& progress) {
  const ExploreSource& source = context.plan.sources[file.source];
  const ir::Graph graph = NETFIT_TRY(quantized(source, *file.scheme, context.options.threads, progress));
  const formats::Format* format = NETFIT_TRY(formats::format_for(file.name));
  return with_context(format->write(graph, record_of(source, *file.scheme)),
                      fmt::format("while exporting to {}", format->name));
}

Result<BuiltFile> import(const PlannedFile& file, const base::Bytes& bytes, std::string hash) {
  BuiltFile built{.record = {file.name, std::ssize(bytes), std::move(hash)}};
  built.graph = NETFIT_TRY(formats::read(bytes, file.name));
  NETFIT_TRY(passes::canonicalize(built.graph));
  NETFIT_TRY(passes::optimize(built.graph));
  return built;
}

std::string hash_of(const base::Bytes& bytes) {
  return store::digest({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<void> save(const fs::path& folder, const std::string& name, const base::Bytes& bytes) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) {
    return fail(
        Error(ErrorKind::BadInput, fmt::format("cannot make the folder: {}", failed.message())).at(folder.string()));
  }
  return base::write_file(folder / name, bytes);
}

// What a kill left half written, "NAME.tflite.aB3xYz"; another process may be writing such a file just now.
void remove_leftovers(const fs::path& folder) {
  constexpr std::string_view kPattern = ".tflite.XXXXXX";
  std::error_code ignored;
  std::vector<fs::path> leftovers;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    const bool temporary = name.size() > kPattern.size() && name.substr(name.size() - kPattern.size(), 8) == ".tflite.";
    if (!temporary) continue;
    std::error_code gone;
    const fs::file_time_type written = entry.last_write_time(gone);
    if (!gone && fs::file_time_type::clock::now() - written > std::chrono::hours(1)) leftovers.push_back(entry.path());
  }
  for (const fs::path& path : leftovers) fs::remove(path, ignored);
}

// The bytes of an earlier exploration, if they are still what its Run says.
std::optional<base::Bytes> kept_bytes(const Context& context, const PlannedFile& file,
                                      const std::optional<store::Run>& sibling) {
  if (!sibling) return std::nullopt;
  Result<base::Bytes> bytes = base::read_file(context.options.files / file.name);
  if (!bytes || hash_of(*bytes) != sibling->file.hash) return std::nullopt;
  return std::move(*bytes);
}

Result<Judgement> judge(const Context& context, const PlannedFile& file, const BuiltFile& built, Progress& progress) {
  const ExploreSource& source = context.plan.sources[file.source];
  Judgement judgement;
  if (source.test) {
    const auto executor =
        NETFIT_TRY(exec::create_fast(built.graph, {.threads = context.options.threads}, interp::make_node_runner()));
    judgement.readings.push_back(NETFIT_TRY(located(
        eval::measure_top1(*executor, built.graph, *source.test, source.graph.inputs.front().preprocessing, progress),
        base::printable(source.model.path))));
  } else {
    judgement.unavailable.push_back({Quantity::Top1, "no --data was given"});
  }
  return judgement;
}

Judgement judgement_of(const store::Run& sibling) {
  Judgement judgement;
  for (const Reading& reading : sibling.readings) {
    if (reading.quantity == Quantity::Top1) judgement.readings.push_back(reading);
  }
  for (const store::Unavailable& missing : sibling.unavailable) {
    if (missing.quantity == Quantity::Top1) judgement.unavailable.push_back(missing);
  }
  return judgement;
}

Result<store::Run> finished_run(const PlannedRun& planned, const ExploreTarget& target, const BuiltFile& built,
                                const Judgement& judgement) {
  store::Run run = planned.run;
  run.file = built.record;
  run.readings = judgement.readings;
  run.unavailable = judgement.unavailable;
  run.readings.push_back(
      Reading::exact(Quantity::FileSize, static_cast<double>(built.record.bytes), base::Source::Measured));
  std::optional<Reading> latency;
  if (target.calibration != nullptr) {
    latency = calib::known_latency(built.graph, target.device, target.runtime, static_cast<int>(run.threads),
                                   std::nullopt, *target.calibration);
  }
  NETFIT_TRY(eval::add_estimate(run, built.graph, target.device, target.runtime, latency));
  return run;
}

struct Ready {
  BuiltFile built;
  Judgement judgement;
};

void add_failure(const Context& context, const PlannedFile& file, const Error& error, Explored& explored) {
  const std::string what =
      fmt::format("{} in {}", base::printable(context.plan.sources[file.source].model.path), file.scheme->name);
  for (const base::Fault& fault : error.faults()) {
    explored.failures.push_back({fault.where.empty() ? what : fmt::format("{}: {}", what, fault.where), fault.what});
  }
}

// Nothing for a model that cannot be built in this scheme, which is noted down; a failure is the disk's or the store's.
Result<std::optional<Ready>> make_ready(const Context& context, const PlannedFile& file, Explored& explored,
                                        Progress& progress) {
  const std::optional<store::Run> sibling = NETFIT_TRY(find_sibling(context, file));
  std::optional<base::Bytes> bytes = kept_bytes(context, file, sibling);
  if (!bytes) {
    Result<base::Bytes> built = build(context, file, progress);
    if (!built && built.error().kind() == ErrorKind::Interrupted) return fail(built.error());
    if (!built) {
      add_failure(context, file, built.error(), explored);
      return std::nullopt;
    }
    bytes = *std::move(built);
    NETFIT_TRY(save(context.options.files, file.name, *bytes));
    ++explored.files_built;
  }
  Ready ready{.built = NETFIT_TRY(import(file, *bytes, hash_of(*bytes)))};
  if (sibling && sibling->file.hash == ready.built.record.hash) {
    ready.judgement = judgement_of(*sibling);
    return ready;
  }
  ready.judgement = NETFIT_TRY(judge(context, file, ready.built, progress));
  if (!ready.judgement.readings.empty()) ++explored.files_evaluated;
  return ready;
}

// The Runs of one file that the store does not have.
Result<void> work_on(const Context& context, const PlannedFile& file, Explored& explored, Progress& progress) {
  const bool anew = context.options.known == Known::WorkAnew;
  std::optional<Ready> ready;
  bool failed = false;
  Clock::time_point started = Clock::now();
  for (const PlannedRun& planned : file.runs) {
    // Asked here and not before: another process may have done it meanwhile.
    std::optional<store::Run> stored;
    if (!anew) stored = NETFIT_TRY(context.store.find(planned.key));
    if (stored) {
      explored.runs.push_back({Origin::Stored, *std::move(stored)});
      continue;
    }
    if (progress.stopped()) return base::interrupted();
    if (!ready && !failed) {
      ready = NETFIT_TRY(make_ready(context, file, explored, progress));
      failed = !ready;
    }
    if (failed) {
      explored.runs.push_back({Origin::Planned, planned.run});
      continue;
    }
    store::Run run =
        NETFIT_TRY(finished_run(planned, context.plan.targets[planned.target], ready->built, ready->judgement));
    run.created = now_utc();
    run.duration_ms = std::chrono::duration<double, std::milli>(Clock::now() - started).count();
    started = Clock::now();
    NETFIT_TRY(context.store.append({&run, 1}, anew ? store::Existing::Replace : store::Existing::Keep));
    explored.runs.push_back({Origin::Evaluated, std::move(run)});
  }
  return {};
}

}  // namespace

std::int64_t Explored::count(Origin origin) const { return std::ranges::count(runs, origin, &ExploredRun::origin); }

Result<Explored> look_up(const ExplorePlan& plan, store::Store& store) {
  Explored explored;
  for (const PlannedFile& file : plan.files) {
    for (const PlannedRun& planned : file.runs) {
      std::optional<store::Run> stored = NETFIT_TRY(store.find(planned.key));
      explored.runs.push_back(stored ? ExploredRun{Origin::Stored, *std::move(stored)}
                                     : ExploredRun{Origin::Planned, planned.run});
    }
  }
  return explored;
}

Result<Explored> explore(const ExplorePlan& plan, store::Store& store, const ExploreOptions& options,
                         const Environment& environment) {
  constexpr std::int64_t kShare = 1000;
  const Context context{plan, store, options, environment};
  Explored explored;
  remove_leftovers(options.files);
  environment.progress->begin("exploring", kShare * std::ssize(plan.files));
  for (const PlannedFile& file : plan.files) {
    ShareOfProgress share(*environment.progress, kShare, file.scheme->calibrated ? 2 : 1);
    NETFIT_TRY(work_on(context, file, explored, share));
  }
  return explored;
}

}  // namespace netfit::cli
