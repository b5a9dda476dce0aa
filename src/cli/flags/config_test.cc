// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/config.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "support/temporary_folder.h"

namespace netfit::cli {
namespace {

Result<Config> config_of(const support::TemporaryFolder& folder, std::string_view text) {
  EXPECT_TRUE(base::write_file(folder / "netfit.toml", text));
  return load_config((folder / "netfit.toml").string());
}

TEST(Config, ReadsEveryKeyAndPlacesPathsBesideTheFile) {
  const support::TemporaryFolder folder;
  ASSERT_TRUE(base::write_file(folder / "images.npz", std::string_view("x")));
  const Config config = config_of(folder, R"(
models = ["a.onnx", "/elsewhere/b.onnx"]
schemes = ["int8"]
devices = ["stm32h747@400.5MHz", "boards/mine.toml"]
runtime = "x-cube-ai-10"
data = "images.npz"
preprocess = "cifar10"
limit = 500
store = "out/runs.db"
presets = ["iot"]
objective = "memory"
[constraints]
max_ram = "512KiB"
min_top1 = 94
rate = "5/s"
)")
                            .value();
  const std::string root = folder.path().string();
  EXPECT_EQ(config.models, (std::vector<std::string>{root + "/a.onnx", "/elsewhere/b.onnx"}));
  EXPECT_EQ(config.devices, (std::vector<std::string>{"stm32h747@400.5MHz", root + "/boards/mine.toml"}));
  EXPECT_EQ(config.schemes, std::vector<std::string>{"int8"});
  EXPECT_EQ(config.runtime, "x-cube-ai-10");
  EXPECT_EQ(config.data, root + "/images.npz");
  EXPECT_EQ(config.preprocess, "cifar10");
  EXPECT_EQ(config.limit, 500);
  EXPECT_EQ(config.store, folder / "out/runs.db");
  EXPECT_EQ(config.presets, std::vector<std::string>{"iot"});
  const select::Request request = request_of(config.wishes).value();
  EXPECT_EQ(request.ranking.objectives, std::vector<select::Objective>{select::Objective::Memory});
  ASSERT_EQ(request.constraints.limits.size(), 2U);
  EXPECT_EQ(request.constraints.limits[0].allowed, 524288.0);
  EXPECT_EQ(request.constraints.limits[1].allowed, 94.0);
  EXPECT_EQ(request.constraints.rate_per_s, 5.0);
}

TEST(Config, NamesEveryFaultWithLineAndColumn) {
  const support::TemporaryFolder folder;
  const Result<Config> config =
      config_of(folder, "modles = []\nschemes = 3\nlimit = 0\nconstraints = 1\n[presets]\nmax_ram = 3\n");
  ASSERT_FALSE(config);
  std::vector<std::string> faults;
  for (const base::Fault& fault : config.error().faults()) {
    faults.push_back(fault.where.substr(fault.where.find("toml")) + " " + fault.what);
  }
  const std::vector<std::string> expected{
      "toml:1:1 'modles' is not a known key, did you mean 'models'?", "toml:2:1 'schemes' is not a list of strings",
      "toml:3:1 'limit' is not a whole number above 0", "toml:4:1 'constraints' is not a table",
      "toml:5:2 'presets' is not a list of strings"};
  EXPECT_EQ(faults, expected);
  EXPECT_EQ(config.error().kind(), ErrorKind::BadInput);
}

TEST(Config, LocatesWhatIsNoToml) {
  const support::TemporaryFolder folder;
  const Result<Config> config = config_of(folder, "models = [\"a\"\nschemes = 1\n");
  ASSERT_FALSE(config);
  EXPECT_TRUE(config.error().faults()[0].where.ends_with("netfit.toml:2:1")) << config.error().text();
}

TEST(Config, SaysThatAGivenFileIsMissing) { EXPECT_FALSE(load_config("/nowhere/netfit.toml")); }

TEST(Wishes, OfFlagsWinOverThoseOfFiles) {
  Wishes file{.limits = {{select::Limited::Latency, {"1s", "f"}}, {select::Limited::Flash, {"1MiB", "f"}}},
              .objective = Wish{"memory", "f"}};
  file.add({.limits = {{select::Limited::Latency, {"5ms", "--max-latency"}}}, .rate = Wish{"1/s", "--rate"}});
  const select::Request request = request_of(file).value();
  EXPECT_EQ(request.constraints.limits[0].allowed, 5.0);
  EXPECT_EQ(request.constraints.limits[1].allowed, 1048576.0);
  EXPECT_EQ(request.constraints.rate_per_s, 1.0);
}

TEST(Wishes, ReportEveryFaultAndWhoseItIs) {
  const Wishes flags{.limits = {{select::Limited::Latency, {"3", "--max-latency"}},
                                {select::Limited::PeakRam, {"-1KiB", "--max-ram"}}}};
  const auto request = request_of(flags);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().faults().size(), 2U);
  EXPECT_EQ(request.error().kind(), ErrorKind::BadUsage);
  EXPECT_EQ(request_of({.rate = Wish{"5", "netfit.toml:3:1"}}).error().kind(), ErrorKind::BadInput);
}

}  // namespace
}  // namespace netfit::cli
