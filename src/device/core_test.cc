// SPDX-License-Identifier: Apache-2.0
#include "device/core.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace netfit::device {
namespace {

constexpr std::string_view kCore = R"(name = "core"
title = "A core"
isa = "armv8-a"
out_of_order = true
dot_product = false

[simd]
width = "128 bit"

[simd.macs_per_cycle]
float32 = 4

[[cache]]
name = "l1d"
size = "32 KiB"
line = "64 B"
bytes_per_cycle = 16
ways = 4
shared_by = 1

[[memory]]
name = "dram"
kind = "ram"
size = "1 GiB"
bandwidth = "2 GB/s"

[[memory]]
name = "card"
kind = "flash"
size = "8 GiB"
bandwidth = "0.05 GB/s"
)";

std::string faults_of(std::string text, const std::string& replaced, const std::string& by) {
  text.replace(text.find(replaced), replaced.size(), by);
  const Result<Core> core = parse_core(text, "core.toml");
  return core ? "" : core.error().text();
}

TEST(Cores, CarryEveryNameOnce) {
  std::set<std::string> names;
  for (const Core& core : cores()) {
    EXPECT_TRUE(names.insert(core.name).second) << core.name;
    for (const std::string& alias : core.aliases) EXPECT_TRUE(names.insert(alias).second) << alias;
    EXPECT_EQ(find_core(core.name), &core);
  }
  for (const char* name :
       {"apple-m1", "cortex-a7", "cortex-a53", "cortex-a55", "cortex-a57", "cortex-a72", "cortex-a73", "cortex-a76",
        "cortex-a77", "cortex-a78", "cortex-a720", "carmel", "cortex-m0+", "cortex-m4", "cortex-m7", "cortex-m33"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(Cores, AreFoundByTheNamesOfTheirKin) {
  ASSERT_NE(find_core("kryo485-gold"), nullptr);
  EXPECT_EQ(find_core("kryo485-gold")->name, "cortex-a76");
  EXPECT_EQ(find_core("riscv-c906"), nullptr);
}

// What the fits rest on: products of one cycle in the type that the core is programmed in.
TEST(Cores, HaveAPeak) {
  EXPECT_EQ(find_core("cortex-a76")->peak_macs(), 8);
  EXPECT_EQ(find_core("cortex-m7")->peak_macs(), 0.9);
  for (const Core& core : cores()) {
    EXPECT_GT(core.peak_macs(), 0) << core.name;
    EXPECT_EQ(core.isa.find("-m") != std::string::npos, core.name.starts_with("cortex-m")) << core.name;
  }
}

// A vector that is loaded for each product is the least that the nearest level gives.
TEST(Cores, HaveLevelsThatGetLargerAndSlower) {
  for (const Core& core : cores()) {
    for (std::size_t i = 1; i < core.caches.size(); ++i) {
      EXPECT_GT(core.caches[i].bytes, core.caches[i - 1].bytes) << core.name;
      EXPECT_LT(core.caches[i].bytes_per_cycle, core.caches[i - 1].bytes_per_cycle) << core.name;
    }
  }
}

TEST(ParseCore, NamesWhatIsWrong) {
  ASSERT_TRUE(parse_core(kCore, "core.toml").has_value());
  const std::string text(kCore);
  EXPECT_NE(faults_of(text, "float32 = 4", "int4 = 4").find("core.toml:11:1"), std::string::npos);
  EXPECT_NE(faults_of(text, "out_of_order = true", "").find("out_of_order"), std::string::npos);
  EXPECT_NE(faults_of(text, "title", "clock").find("clock"), std::string::npos);
  EXPECT_NE(faults_of(text, "\"32 KiB\"", "\"32 Kib\"").find("core.toml:15:"), std::string::npos);
  EXPECT_NE(faults_of(text, "\"flash\"", "\"ram\"").find("no region of kind 'flash'"), std::string::npos);
}

}  // namespace
}  // namespace netfit::device
