// SPDX-License-Identifier: Apache-2.0
// What every Store does, run over the SQLite file and its twin in memory.
#include "store/store.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/content_key.h"
#include "store/test_runs.h"

namespace netfit::store {
namespace {

enum class Kind { Memory, Sqlite };

class StoreTest : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam() == Kind::Memory) {
      store_ = make_memory_store();
    } else {
      Result<std::unique_ptr<Store>> opened = open_store(folder_ / "runs.db");
      ASSERT_TRUE(opened) << opened.error().text();
      store_ = std::move(*opened);
    }
  }

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
};

std::vector<std::string> keys_of(const std::vector<store::Run>& runs) {
  std::vector<std::string> keys;
  for (const store::Run& run : runs) keys.push_back(content_key(run));
  return keys;
}

TEST_P(StoreTest, StartsEmpty) {
  EXPECT_TRUE(store_->all()->empty());
  EXPECT_FALSE(store_->find(content_key(sample_run()))->has_value());
}

TEST_P(StoreTest, GivesBackWhatWasAppended) {
  EXPECT_EQ(store_->append(sample_run()).value(), 1);
  EXPECT_EQ(store_->find(content_key(sample_run())).value(), sample_run());
  EXPECT_EQ(store_->all().value(), std::vector<store::Run>{sample_run()});
}

TEST_P(StoreTest, KeepsTheFirstOfEqualWork) {
  store::Run again = sample_run();
  again.readings.clear();
  ASSERT_TRUE(store_->append(sample_run()));
  EXPECT_EQ(store_->append(again).value(), 0);
  EXPECT_EQ(store_->all().value(), std::vector<store::Run>{sample_run()});
}

TEST_P(StoreTest, ReplacesEqualWorkOnDemand) {
  store::Run again = sample_run();
  again.candidate.model = "renamed";
  ASSERT_TRUE(store_->append(sample_run()));
  EXPECT_EQ(store_->append({&again, 1}, Existing::Replace).value(), 1);
  EXPECT_EQ(store_->all().value(), std::vector<store::Run>{again});
  EXPECT_EQ(store_->query({.model = "renamed"})->size(), 1U);
  EXPECT_TRUE(store_->query({.model = "cnn_small"})->empty());
}

TEST_P(StoreTest, AppendsAllOrNothing) {
  store::Run bad = sample_run(3);
  bad.threads = 0;
  const std::vector<store::Run> runs{sample_run(1), sample_run(2), bad};
  const Result<std::int64_t> written = store_->append(runs, Existing::Keep);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().what(), "'threads' is 0 (allowed: 1 or more)");
  EXPECT_TRUE(store_->all()->empty());
}

TEST_P(StoreTest, CountsOnlyWhatIsNewInABatch) {
  ASSERT_TRUE(store_->append(sample_run(2)));
  const std::vector<store::Run> runs{sample_run(1), sample_run(2), sample_run(1), sample_run(3)};
  EXPECT_EQ(store_->append(runs, Existing::Keep).value(), 2);
}

TEST_P(StoreTest, AnswersSortedByKey) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) ASSERT_TRUE(store_->append(sample_run(seed)));
  const std::vector<std::string> keys = keys_of(store_->all().value());
  EXPECT_EQ(keys.size(), 50U);
  EXPECT_TRUE(std::ranges::is_sorted(keys));
}

TEST_P(StoreTest, FiltersByEveryFieldAndByAllTogether) {
  store::Run other = sample_run();
  other.candidate.model = "resnet8";
  other.candidate.graph = "ff";
  other.candidate.scheme = "float32";
  other.data.name = "imagenet";
  other.device.name = "apple-m1";
  other.runtime.name = "litert";
  other.tool_version = "0.2.0";
  ASSERT_TRUE(store_->append(sample_run()));
  ASSERT_TRUE(store_->append(other));
  const std::vector<Filter> filters{
      {.model = "resnet8"},      {.graph = "ff"},
      {.scheme = "float32"},     {.data = "imagenet"},
      {.device = "apple-m1"},    {.runtime = "litert"},
      {.tool_version = "0.2.0"}, {.model = "resnet8", .scheme = "float32", .device = "apple-m1"}};
  for (const Filter& filter : filters) EXPECT_EQ(store_->query(filter).value(), std::vector<store::Run>{other});
  EXPECT_TRUE(store_->query({.model = "resnet8", .device = "stm32h747"})->empty());
  EXPECT_TRUE(store_->query({.model = ""})->empty());
}

TEST_P(StoreTest, GivesBackHostileTextAsItWas) {
  const std::vector<std::string> texts{"'; DROP TABLE run; --",
                                       "<script>alert(1)</script>",
                                       "=cmd()",
                                       std::string(10'000, 'x'),
                                       std::string("nul\0inside", 10),
                                       "\x01\x1b[31m\x7f",
                                       "\xff\xfe not utf-8 \xc3",
                                       "\xed\xa0\x80",
                                       "%s %n {} \\u0000 \"",
                                       "{\"hex\": \"00\"}",
                                       "日本語 \xf0\x9f\x98\x80"};
  std::vector<store::Run> runs;
  for (const std::string& text : texts) {
    store::Run run = sample_run();
    run.candidate.model = run.candidate.graph = run.device.name = run.data.name = text;
    run.options.push_back({text, text});
    run.readings[0].note = run.unavailable[0].reason = run.file.name = text;
    run.layers[0].name = run.layers[0].op = run.layers[0].bound = text;
    runs.push_back(run);
  }
  ASSERT_EQ(store_->append(runs, Existing::Keep).value(), std::ssize(texts));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(store_->query({.model = texts[i], .device = texts[i]}).value(), std::vector<store::Run>{runs[i]})
        << texts[i];
    EXPECT_EQ(store_->find(content_key(runs[i])).value(), runs[i]);
  }
}

TEST_P(StoreTest, GivesBackEveryDigitOfEveryNumber) {
  store::Run run = sample_run();
  run.seed = ~std::uint64_t{0};
  run.file.bytes = std::int64_t{1} << 62;
  run.duration_ms = 0.1 + 0.2;
  run.readings = {{Quantity::Latency, 1.0 / 3.0, 5e-324, 1.7976931348623157e308, base::Source::Calibrated, ""}};
  run.layers[0].latency_ms = 1.0 / 7.0;
  run.layers[0].energy_mj = 5e-324;
  run.layers[0].utilisation = 2.0 / 3.0;
  run.layers[0].macs = run.layers[0].live_bytes = (std::int64_t{1} << 62) + 1;
  ASSERT_TRUE(store_->append(run));
  EXPECT_EQ(store_->all().value(), std::vector<store::Run>{run});
}

TEST_P(StoreTest, GivesBackARunWithoutLayers) {
  store::Run run = sample_run();
  run.layers.clear();
  ASSERT_TRUE(store_->append(run));
  EXPECT_EQ(store_->all().value(), std::vector<store::Run>{run});
}

INSTANTIATE_TEST_SUITE_P(Both, StoreTest, testing::Values(Kind::Memory, Kind::Sqlite),
                         [](const auto& kind) { return kind.param == Kind::Memory ? "Memory" : "Sqlite"; });

}  // namespace
}  // namespace netfit::store
