// SPDX-License-Identifier: Apache-2.0
#include "store/run.h"

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/test_runs.h"

namespace netfit::store {
namespace {

struct Case {
  std::function<void(store::Run&)> change;
  const char* message;
};

TEST(CheckRun, AcceptsACompleteAndABareRun) {
  EXPECT_TRUE(check_run(sample_run()));
  store::Run bare;
  bare.candidate = {"m", "g", "float32", {}};
  bare.device.name = "d";
  bare.tool_version = "0.1.0";
  EXPECT_TRUE(check_run(bare));
}

TEST(CheckRun, AcceptsSeveralSourcesOfOneQuantity) {
  store::Run run = sample_run();
  run.readings.push_back(Reading::exact(Quantity::Latency, 44.0, base::Source::Measured));
  EXPECT_TRUE(check_run(run));
}

TEST(CheckRun, RefusesWhatNoHonestRunHolds) {
  const std::vector<Case> cases{
      {[](store::Run& run) { run.candidate.model = ""; }, "'candidate.model' is empty"},
      {[](store::Run& run) { run.device.name = ""; }, "'device.name' is empty"},
      {[](store::Run& run) { run.threads = 0; }, "'threads' is 0 (allowed: 1 or more)"},
      {[](store::Run& run) { run.data.count = -1; }, "'data.count' is negative: -1"},
      {[](store::Run& run) {
         run.options.push_back({"batch", "2"});
       },
       "'options' names 'batch' twice"},
      {[](store::Run& run) {
         run.options.push_back({"", "2"});
       },
       "'options' is empty"},
      {[](store::Run& run) { run.readings[0].value = std::numeric_limits<double>::quiet_NaN(); },
       "the reading of top1 is not a finite number"},
      {[](store::Run& run) { run.readings[1].high = std::numeric_limits<double>::infinity(); },
       "the reading of latency is not a finite number"},
      {[](store::Run& run) { run.readings[1].low = -1; }, "the reading of latency is negative: -1"},
      {[](store::Run& run) { run.readings[1].value = 62; },
       "the reading of latency is outside its interval: 62 in [30, 61]"},
      {[](store::Run& run) { run.readings[0] = Reading::exact(Quantity::Top1, 100.5, base::Source::Measured); },
       "the reading of top1 is over 100 %: 100.5"},
      {[](store::Run& run) { run.unavailable[0].reason = ""; }, "'unavailable.reason' is empty"},
      {[](store::Run& run) { run.unavailable[0].quantity = Quantity::Flash; }, "flash is both read and unavailable"},
      {[](store::Run& run) { run.unavailable.push_back(run.unavailable[0]); }, "energy is unavailable twice"},
      {[](store::Run& run) { run.layers[1].latency_ms = std::numeric_limits<double>::infinity(); },
       "a figure of layer 'pool_1' is inf (allowed: 0 or more)"},
      {[](store::Run& run) { run.layers[0].macs = -1; }, "a count of layer 'conv_0' is negative"},
      {[](store::Run& run) { run.layers.resize(10'001); }, "'layers' has 10001 entries (allowed: 10000)"},
      {[](store::Run& run) { run.created = "yesterday"; },
       "'created' is 'yesterday' (allowed: the form 2026-01-31T12:00:00Z)"},
      {[](store::Run& run) { run.duration_ms = -1; }, "'duration_ms' is -1 (allowed: 0 or more)"},
      {[](store::Run& run) { run.file.bytes = -5; }, "'file.bytes' is negative: -5"},
      {[](store::Run& run) { run.file.name = std::string((1 << 20) + 1, 'x'); },
       "'file.name' has 1048577 bytes (allowed: 1048576)"},
  };
  for (const Case& fault : cases) {
    store::Run run = sample_run();
    fault.change(run);
    const Result<void> checked = check_run(run);
    ASSERT_FALSE(checked) << fault.message;
    EXPECT_EQ(checked.error().what(), fault.message);
  }
}

}  // namespace
}  // namespace netfit::store
