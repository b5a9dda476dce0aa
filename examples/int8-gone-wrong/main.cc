// SPDX-License-Identifier: Apache-2.0
//
// Breaks sound int8 networks on purpose, lets the diagnosis say how, and judges what it says.

#include <cstdio>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/files.h"
#include "base/parallel.h"
#include "confusion.h"
#include "formats/catalog.h"
#include "gallery.h"
#include "runs.h"
#include "table.h"

namespace netfit::gone_wrong {
namespace {

struct Options {
  GalleryOptions gallery;
  RunOptions run;
  std::optional<std::uint64_t> table_seeds;
  std::optional<std::uint64_t> confusion_seeds;
  std::string into;   ///< page with the markers
  std::string pages;  ///< folder for the table and the chart
  std::string write;  ///< a broken file
  std::string log;    ///< of trials
  int threads = base::available_threads();
};

void print(const Trial& trial) {
  const bool right = trial.named_right() && trial.place_right;
  fmt::print("{:5} {:20} {:3} {:8} {:5.1f} % of {:5.1f} %  says {}{}{}  [{}]{}\n", right ? "" : "WRONG",
             diagnose::entry(trial.truth.kind).name, trial.seed, trial.network, trial.seen_percent, trial.sound_percent,
             diagnose::entry(trial.said).name, trial.said_layer.empty() ? "" : " in " + trial.said_layer,
             trial.fixed_percent ? fmt::format(", fixed {:.1f} %", *trial.fixed_percent)
                                 : (trial.not_fixed.empty() ? "" : ", not fixed: " + trial.not_fixed),
             trial.truth.done, trial.truth.layer.empty() ? "" : " " + trial.truth.layer);
  std::fflush(stdout);
}

// What a trial's figures depend on beside its own name.
Result<TrialLog> open_log(const Options& options, const RunOptions& run) {
  return TrialLog::open(options.log,
                        fmt::format("--test {} --training {} --diagnose-test {}{}", options.gallery.test_samples,
                                    options.gallery.training_samples, run.trial.diagnose_samples,
                                    run.trial.fix == Fix::Yes ? ", fixed" : ""));
}

Result<void> make_table(const Options& options, const std::vector<Workbench>& benches) {
  RunOptions run = options.run;
  run.seeds = *options.table_seeds;
  run.trial.fix = Fix::Yes;
  TrialLog log = NETFIT_TRY(open_log(options, run));
  const std::vector<Trial> trials = NETFIT_TRY(try_faults(benches, run, log, print));
  const Setting setting{
      .network = benches.front().name(),
      .test_samples = benches.front().test().count(),
      .seeds = run.seeds,
      .command = fmt::format(
          "int8_gone_wrong --table {} --networks {} --test {} --diagnose-test {} --training {} --pages docs", run.seeds,
          benches.front().name(), benches.front().test().count(), run.trial.diagnose_samples,
          benches.front().training().count())};
  const std::string page = table_page(trials, setting);
  fmt::print("{}", page);
  if (options.pages.empty()) return {};
  NETFIT_TRY(base::write_file(options.pages + "/int8-gone-wrong.md", page));
  return base::write_file(options.pages + "/int8-gone-wrong.svg", table_chart(trials, setting));
}

Result<void> make_confusion(const Options& options, const std::vector<Workbench>& benches) {
  RunOptions run = options.run;
  run.seeds = *options.confusion_seeds;
  TrialLog log = NETFIT_TRY(open_log(options, run));
  std::vector<Trial> trials = NETFIT_TRY(try_faults(benches, run, log, print));
  for (const Trial& trial : NETFIT_TRY(try_sound_files(benches, run, log, print))) trials.push_back(trial);
  const std::string text = confusion_text(trials);
  fmt::print("\n{}", text);
  return options.into.empty() ? Result<void>() : write_between_markers(options.into, text);
}

// A broken file to try the command on.
Result<void> write_broken(const Options& options, const Workbench& bench) {
  const auto kind = options.run.faults.empty() ? std::nullopt : diagnose::find_fault(options.run.faults.front());
  const auto is_wanted = [&](const Injector& injector) { return injector.kind == kind; };
  const auto injector = std::ranges::find_if(injectors(), is_wanted);
  if (injector == injectors().end()) return bad_usage("--write needs --faults with the name of one fault");
  const Broken broken = NETFIT_TRY(inject(*injector, bench, options.run.first_seed));
  const formats::Format* format = NETFIT_TRY(formats::format_for(options.write));
  const base::Bytes bytes = NETFIT_TRY(format->write(broken.subject.subject.graph));
  NETFIT_TRY(base::write_file(options.write, std::span<const std::byte>(bytes)));
  fmt::print("{}: {}{}{}\n", options.write, broken.truth.done, broken.truth.layer.empty() ? "" : ", ",
             broken.truth.layer);
  return {};
}

Result<void> run(const Options& options) {
  const diagnose::Tools tools = make_tools(options.threads, base::no_progress());
  const std::vector<Workbench> benches = NETFIT_TRY(open_gallery(options.gallery, tools));
  if (!options.write.empty()) return write_broken(options, benches.front());
  if (options.table_seeds) return make_table(options, benches);
  if (options.confusion_seeds) return make_confusion(options, benches);
  return bad_usage("nothing to do (allowed: --table, --confusion, --write)");
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("--table", options.table_seeds, "what each fault costs, so many cases a fault");
  app.add_option("--confusion", options.confusion_seeds, "what is said of each fault, so many cases a fault");
  app.add_option("--write", options.write, "writes one broken file and says what is wrong with it");
  app.add_option("--pages", options.pages, "folder for the table's page and chart");
  app.add_option("--into", options.into, "page with markers for the confusion matrix");
  app.add_option("--log", options.log, "file of trials that are done: they are not run again");
  app.add_option("--faults", options.run.faults, "names; all if absent")->delimiter(',');
  app.add_option("--networks", options.gallery.networks, "450k, w1.0, resnet8; all if absent")->delimiter(',');
  app.add_option("--first-seed", options.run.first_seed, "of the cases");
  app.add_option("--test", options.gallery.test_samples, "test images for accuracy");
  app.add_option("--training", options.gallery.training_samples, "training images");
  app.add_option("--diagnose-test", options.run.trial.diagnose_samples, "test images that the diagnosis sees");
  app.add_option("--threads", options.threads, "workers");
}

}  // namespace
}  // namespace netfit::gone_wrong

int main(int argc, char** argv) {
  CLI::App app{"breaks sound int8 networks on purpose, lets the diagnosis say how, and judges what it says"};
  netfit::gone_wrong::Options options;
  netfit::gone_wrong::add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  const netfit::Result<void> done = netfit::gone_wrong::run(options);
  if (done) return 0;
  fmt::print(stderr, "{}\n", done.error().text());
  return 1;
}
