// SPDX-License-Identifier: Apache-2.0
#include "runs.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "accuracy.h"
#include "gallery.h"
#include "healthy.h"

namespace netfit::gone_wrong {
namespace {

/// Tries cases one by one, unless the log knows them.
class Runner {
 public:
  Runner(const RunOptions& options, TrialLog& log, const OnTrial& done) : options_(options), log_(log), done_(done) {}

  template <typename Make>
  Result<void> run(const std::string& name, const Workbench& bench, std::uint64_t seed, const Make& make) {
    std::optional<Trial> trial = log_.find(name);
    if (!trial) {
      const Broken broken = NETFIT_TRY(make());
      const double sound = NETFIT_TRY(sound_percent(bench));
      trial = NETFIT_TRY(try_case(broken, bench, sound, options_.trial));
      trial->seed = seed;
      NETFIT_TRY(log_.add(name, *trial));
    }
    done_(*trial);
    trials_.push_back(std::move(*trial));
    return {};
  }

  std::vector<Trial> take() { return std::move(trials_); }

 private:
  // Top-1 of the sound int8 file.
  Result<double> sound_percent(const Workbench& bench) {
    const auto known = percents_.find(bench.name());
    if (known != percents_.end()) return known->second;
    const ir::Graph graph = NETFIT_TRY(bench.int8());
    const double percent = NETFIT_TRY(accuracy(graph, bench.record(), bench.test(), bench.tools()));
    percents_.emplace(bench.name(), percent);
    return percent;
  }

  const RunOptions& options_;
  TrialLog& log_;
  const OnTrial& done_;
  std::map<std::string, double> percents_;
  std::vector<Trial> trials_;
};

Result<void> check_names(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (!diagnose::find_fault(name)) return bad_usage(fmt::format("no fault is called '{}'", name));
  }
  return {};
}

bool wanted(const RunOptions& options, diagnose::FaultKind kind) {
  return options.faults.empty() ||
         std::ranges::find(options.faults, diagnose::entry(kind).name) != options.faults.end();
}

}  // namespace

Result<std::vector<Trial>> try_faults(const std::vector<Workbench>& benches, const RunOptions& options, TrialLog& log,
                                      const OnTrial& done) {
  NETFIT_TRY(check_names(options.faults));
  Runner runner(options, log, done);
  for (const Injector& injector : injectors()) {
    const std::vector<const Workbench*> fitting = applicable(injector, benches);
    if (fitting.empty() || !wanted(options, injector.kind)) continue;
    for (std::uint64_t seed = options.first_seed; seed < options.first_seed + options.seeds; ++seed) {
      const Workbench& bench = *fitting[seed % fitting.size()];
      const std::string name = fmt::format("{} {} {}", diagnose::entry(injector.kind).name, bench.name(), seed);
      NETFIT_TRY(runner.run(name, bench, seed, [&] { return inject(injector, bench, seed); }));
    }
  }
  return runner.take();
}

Result<std::vector<Trial>> try_sound_files(const std::vector<Workbench>& benches, const RunOptions& options,
                                           TrialLog& log, const OnTrial& done) {
  if (!wanted(options, diagnose::FaultKind::Healthy)) return std::vector<Trial>();
  Runner runner(options, log, done);
  for (const Workbench& bench : benches) {
    for (const SoundWay& way : sound_ways()) {
      for (const Beside beside : {Beside::Reference, Beside::Nothing}) {
        const std::string name =
            fmt::format("{} {}{}", bench.name(), way.name, beside == Beside::Reference ? "" : ", alone");
        NETFIT_TRY(runner.run(name, bench, 0, [&] { return make_sound(bench, way, beside); }));
      }
    }
  }
  return runner.take();
}

}  // namespace netfit::gone_wrong
