// SPDX-License-Identifier: Apache-2.0
// Compares the analytic model with published measurements (measurements/platforms.csv). Run in the repository's root:
//
//   published_rows fit RUNTIME   figures of a runtime fitted to its rows, as its .toml has them
//   published_rows intervals     src/cost/interval_table.inc: how wide the intervals must be
//   published_rows report        docs/analytic-latency.md: predicted against published
//   published_rows check         fails unless the intervals cover 90 % of the rows of each platform
//   published_rows structure F   the structure of a model file as text, without weights
//
// In this order: new figures change the intervals, and both the report.
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/files.h"
#include "cases.h"
#include "fit.h"
#include "formats/catalog.h"
#include "ir/printer.h"
#include "passes/pipelines.h"
#include "report.h"

namespace netfit::published {
namespace {

Result<void> print_fit(const std::string& runtime) {
  const Cases cases = NETFIT_TRY(load_cases("."));
  std::vector<Case> own;
  for (const Case& made : cases.used) {
    if (made.row.runtime == runtime && made.row.latency_ms > 0) own.push_back(made);
  }
  if (own.empty()) return bad_input(fmt::format("no row speaks of runtime '{}'", runtime));
  const Figures figures = fit(equations_of(own));
  fmt::print("# from {} rows\nparallel_share = {:.3f}\nper_layer = \"{:.0f} cycles\"\n", own.size(),
             figures.parallel_share, figures.overhead_cycles);
  DType type = DType::Bool;
  for (const auto& [key, share] : figures.efficiency) {
    if (key.first != type) fmt::print("[efficiency.{}]\n", tensor::name(key.first));
    type = key.first;
    fmt::print("{} = {:.3g}\n", name(key.second), share);
  }
  return {};
}

Result<void> print_structure(const std::string& path) {
  const base::Bytes bytes = NETFIT_TRY(base::read_file(path));
  ir::Graph graph = NETFIT_TRY(formats::read(bytes, path));
  NETFIT_TRY(passes::canonicalize(graph));
  graph.weights = ir::Weights::Absent;
  fmt::print("{}", ir::print(graph));
  return {};
}

Result<void> print_judgement(std::string_view mode) {
  const Cases cases = NETFIT_TRY(load_cases("."));
  const std::vector<Outcome> outcomes = NETFIT_TRY(judge(cases.used));
  fmt::print("{}", mode == "report" ? report(outcomes, cases.left_out) : interval_table(outcomes));
  return {};
}

// Latencies, energies, RAM and flash alike.
Result<void> check() {
  const Cases cases = NETFIT_TRY(load_cases("."));
  const std::vector<Outcome> outcomes = NETFIT_TRY(judge(cases.used));
  std::map<std::pair<std::string, Quantity>, std::pair<int, int>> counts;  // inside, all
  for (const Outcome& outcome : outcomes) {
    auto& [inside, all] = counts[{platform_of(outcome.made->row), outcome.quantity}];
    inside += outcome.inside() ? 1 : 0;
    ++all;
  }
  std::vector<base::Fault> faults;
  for (const auto& [key, count] : counts) {
    const auto& [inside, all] = count;
    fmt::print("{} {}: {} of {} rows inside\n", key.first, base::name(key.second), inside, all);
    if (10 * inside < 9 * all)
      faults.push_back({key.first, fmt::format("{} covers less than 90 %", base::name(key.second))});
  }
  if (!faults.empty()) return fail(Error(ErrorKind::CheckFailed, std::move(faults)));
  return {};
}

Result<void> run(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0] == "fit") return print_fit(words[1]);
  if (words.size() == 2 && words[0] == "structure") return print_structure(words[1]);
  if (words.size() == 1 && words[0] == "check") return check();
  if (words.size() == 1 && (words[0] == "report" || words[0] == "intervals")) return print_judgement(words[0]);
  return bad_usage("say fit RUNTIME, intervals, report, check or structure FILE");
}

}  // namespace
}  // namespace netfit::published

int main(int argc, char** argv) {
  const netfit::Result<void> done = netfit::published::run({argv + 1, argv + argc});
  if (!done) fmt::print(stderr, "error: {}\n", done.error().text());
  return done ? 0 : 1;
}
