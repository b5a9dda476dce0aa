// SPDX-License-Identifier: Apache-2.0
#include "store/content_key.h"

#include <functional>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "store/test_runs.h"

namespace netfit::store {
namespace {

using Change = std::function<void(store::Run&)>;

TEST(ContentKey, StaysTheSameForEver) {
  // A stored key that no longer comes out here would make every old store do its work again.
  EXPECT_EQ(content_key(sample_run()), "6d8b2061e3385e27cea624d515325deb");
}

TEST(ContentKey, DiffersForEverythingThatDefinesTheWork) {
  const std::vector<Change> changes{
      [](store::Run& run) { run.candidate.graph += "0"; },
      [](store::Run& run) { run.candidate.scheme = "float16"; },
      [](store::Run& run) { run.candidate.recipe.pop_back(); },
      [](store::Run& run) { std::swap(run.candidate.recipe[0], run.candidate.recipe[1]); },
      [](store::Run& run) { run.candidate.recipe[0].value = "no"; },
      [](store::Run& run) { run.data.name = "cifar100"; },
      [](store::Run& run) { run.data.split = "train"; },
      [](store::Run& run) { run.data.count = 500; },
      [](store::Run& run) { run.data.hash = ""; },
      [](store::Run& run) { run.device.name = "apple-m1"; },
      [](store::Run& run) { run.device.hash = "edited"; },
      [](store::Run& run) { run.runtime.name = "litert"; },
      [](store::Run& run) { run.runtime.version = "10.1"; },
      [](store::Run& run) { run.runtime.hash = "edited"; },
      [](store::Run& run) { run.threads = 2; },
      [](store::Run& run) { run.options[0].value = "480"; },
      [](store::Run& run) { run.options[0].name = "clock"; },
      [](store::Run& run) { run.options.clear(); },
      [](store::Run& run) { run.seed = 2; },
      [](store::Run& run) { run.tool_version = "0.2.0"; },
      // The same characters, cut elsewhere.
      [](store::Run& run) {
        run.device = {"stm32h747a", "b12"};
      },
  };
  std::set<std::string> keys{content_key(sample_run())};
  for (const Change& change : changes) {
    store::Run run = sample_run();
    change(run);
    keys.insert(content_key(run));
  }
  EXPECT_EQ(keys.size(), changes.size() + 1);
}

TEST(ContentKey, IgnoresResultsTimesNamesAndTheOrderOfOptions) {
  const std::vector<Change> changes{
      [](store::Run& run) { run.candidate.model = "copy of cnn_small"; },
      [](store::Run& run) { run.readings.clear(); },
      [](store::Run& run) { run.unavailable.clear(); },
      [](store::Run& run) { run.file = {}; },
      [](store::Run& run) { run.layers.clear(); },
      [](store::Run& run) { run.created = ""; },
      [](store::Run& run) { run.duration_ms = 0; },
      [](store::Run& run) { std::swap(run.options[0], run.options[1]); },
  };
  for (const Change& change : changes) {
    store::Run run = sample_run();
    change(run);
    EXPECT_EQ(content_key(run), content_key(sample_run()));
  }
}

}  // namespace
}  // namespace netfit::store
