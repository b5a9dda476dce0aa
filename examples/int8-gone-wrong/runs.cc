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

// Top-1 of the sound int8 file of each network.
Result<std::map<std::string, double>> sound_accuracies(const std::vector<Workbench>& benches) {
  std::map<std::string, double> percents;
  for (const Workbench& bench : benches) {
    const ir::Graph graph = NETFIT_TRY(bench.int8());
    percents[bench.name()] = NETFIT_TRY(accuracy(graph, bench.record(), bench.test(), bench.tools()));
  }
  return percents;
}

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

Result<std::vector<Trial>> try_faults(const std::vector<Workbench>& benches, const RunOptions& options,
                                      const OnTrial& done) {
  NETFIT_TRY(check_names(options.faults));
  const std::map<std::string, double> sound = NETFIT_TRY(sound_accuracies(benches));
  std::vector<Trial> trials;
  for (const Injector& injector : injectors()) {
    const std::vector<const Workbench*> fitting = applicable(injector, benches);
    if (fitting.empty() || !wanted(options, injector.kind)) continue;
    for (std::uint64_t seed = options.first_seed; seed < options.first_seed + options.seeds; ++seed) {
      const Workbench& bench = *fitting[seed % fitting.size()];
      const Broken broken = NETFIT_TRY(inject(injector, bench, seed));
      trials.push_back(NETFIT_TRY(try_case(broken, bench, sound.at(bench.name()), options.trial)));
      trials.back().seed = seed;
      done(trials.back());
    }
  }
  return trials;
}

Result<std::vector<Trial>> try_sound_files(const std::vector<Workbench>& benches, const RunOptions& options,
                                           const OnTrial& done) {
  if (!wanted(options, diagnose::FaultKind::Healthy)) return std::vector<Trial>();
  const std::map<std::string, double> sound = NETFIT_TRY(sound_accuracies(benches));
  std::vector<Trial> trials;
  for (const Workbench& bench : benches) {
    for (const SoundWay& way : sound_ways()) {
      for (const Beside beside : {Beside::Reference, Beside::Nothing}) {
        const Broken file = NETFIT_TRY(make_sound(bench, way, beside));
        trials.push_back(NETFIT_TRY(try_case(file, bench, sound.at(bench.name()), options.trial)));
        done(trials.back());
      }
    }
  }
  return trials;
}

}  // namespace netfit::gone_wrong
