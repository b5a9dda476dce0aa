// SPDX-License-Identifier: Apache-2.0
#include "eval/host.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "support/temporary_folder.h"

namespace netfit::eval {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  ASSERT_TRUE(base::write_file(path, text));
}

TEST(Host, IsReadFromTheKernelsFiles) {
  const support::TemporaryFolder folder;
  write(folder / "proc/cpuinfo",
        "processor\t: 0\nmodel\t\t: 7\nmodel name\t: Some CPU @ 2.0GHz\n\nprocessor\t: 1\nmodel name\t: Another\n");
  write(folder / "proc/loadavg", "2.24 2.59 3.08 4/106 29747\n");
  write(folder / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  const Host host = describe_host(folder.path());
  EXPECT_EQ(host.cpu, "Some CPU @ 2.0GHz");
  EXPECT_EQ(host.governor, "powersave");
  EXPECT_GE(host.cpus, 1);
  EXPECT_EQ(load_average(folder.path()), 2.24);
}

TEST(Host, LeavesOutWhatIsNotThere) {
  const support::TemporaryFolder folder;
  EXPECT_FALSE(describe_host(folder.path()).cpu);
  EXPECT_FALSE(describe_host(folder.path()).governor);
  EXPECT_FALSE(load_average(folder.path()));
}

TEST(Host, LeavesOutWhatIsNoAnswer) {
  const support::TemporaryFolder folder;
  write(folder / "proc/cpuinfo", "model name\t:\nCPU implementer\t: 0x41\n");
  write(folder / "proc/loadavg", "busy 2.59\n");
  write(folder / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "\n");
  EXPECT_FALSE(describe_host(folder.path()).cpu);
  EXPECT_FALSE(describe_host(folder.path()).governor);
  EXPECT_FALSE(load_average(folder.path()));
}

}  // namespace
}  // namespace netfit::eval
