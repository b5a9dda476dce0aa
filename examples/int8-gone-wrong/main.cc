// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "accuracy.h"
#include "base/parallel.h"
#include "gallery.h"

namespace netfit::gone_wrong {
namespace {

struct Options {
  GalleryOptions gallery;
  std::int64_t first_seed = 0;
  std::int64_t seeds = 3;
  int threads = base::available_threads();
};

// What each injector does, one line a case.
Result<void> list(const Options& options, const std::vector<Workbench>& benches) {
  for (const Injector& injector : injectors()) {
    const std::vector<const Workbench*> fitting = applicable(injector, benches);
    for (std::int64_t seed = options.first_seed; seed < options.first_seed + options.seeds; ++seed) {
      if (fitting.empty()) continue;
      const Workbench& bench = *fitting[static_cast<std::size_t>(seed) % fitting.size()];
      const Broken broken = NETFIT_TRY(inject(injector, bench, static_cast<std::uint64_t>(seed)));
      const double seen = NETFIT_TRY(seen_accuracy(broken.subject, bench.tools()));
      fmt::print("{:20} {:3} {:8} {:6.2f} %  {}{}{}\n", diagnose::entry(injector.kind).name, seed, bench.name(), seen,
                 broken.truth.done, broken.truth.layer.empty() ? "" : ": ", broken.truth.layer);
      std::fflush(stdout);
    }
  }
  return {};
}

Result<void> run(const Options& options) {
  const diagnose::Tools tools = make_tools(options.threads, base::no_progress());
  const std::vector<Workbench> benches = NETFIT_TRY(open_gallery(options.gallery, tools));
  return list(options, benches);
}

}  // namespace
}  // namespace netfit::gone_wrong

int main(int argc, char** argv) {
  using namespace netfit::gone_wrong;
  CLI::App app{"breaks sound int8 networks on purpose"};
  Options options;
  app.add_option("--seeds", options.seeds, "cases of each fault");
  app.add_option("--first-seed", options.first_seed, "of those");
  app.add_option("--networks", options.gallery.networks, "450k, w1.0, resnet8; all if absent")->delimiter(',');
  app.add_option("--test", options.gallery.test_samples, "test images");
  app.add_option("--threads", options.threads, "workers");
  CLI11_PARSE(app, argc, argv);
  const netfit::Result<void> done = run(options);
  if (done) return 0;
  fmt::print(stderr, "{}\n", done.error().text());
  return 1;
}
