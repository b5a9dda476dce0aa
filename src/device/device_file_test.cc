// SPDX-License-Identifier: Apache-2.0
#include "device/device_file.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/text.h"

namespace netfit::device {
namespace {

constexpr std::string_view kBoard = R"(name = "board"
title = "A board"
core = "cortex-m4"
isa = "armv7e-m"
cores = 2
clock = "100 MHz"
max_clock = "200 MHz"
default_runtime = "x"

[simd]
width = "32 bit"

[simd.macs_per_cycle]
int8 = 2

[[cache]]
name = "l1d"
size = "4 KiB"
line = "32 B"
bytes_per_cycle = 4
shared_by = 1

[[memory]]
name = "sram"
kind = "ram"
size = "128 KiB"
bytes_per_cycle = 4

[[memory]]
name = "psram"
kind = "ram"
size = "8 MiB"
bandwidth = "50 MB/s"

[[memory]]
name = "flash"
kind = "flash"
size = "1 MB"
bytes_per_cycle = 1

[power]
scope = "the chip"
active = "100 mW"
per_further_core = "20 mW"
idle = "20 mW"
factor = 2
)";

// The board with one line replaced, or removed where `line` is empty.
std::string changed(std::string_view start_of_line, std::string_view line) {
  std::string text;
  bool found = false;
  for (const std::string& old : base::split(kBoard, '\n')) {
    const bool hit = !found && old.starts_with(start_of_line);
    if (!hit) text += old + "\n";
    if (hit && !line.empty()) text += std::string(line) + "\n";
    found = found || hit;
  }
  EXPECT_TRUE(found) << start_of_line;
  return text;
}

// "where: what" of every fault, one a line.
std::string faults(const std::string& text) {
  const Result<Device> device = parse_device(text, "b.toml");
  if (device) return "no fault";
  std::vector<std::string> lines;
  for (const base::Fault& fault : device.error().faults()) lines.push_back(fault.where + ": " + fault.what);
  return base::join(lines, "\n");
}

Device board() {
  Result<Device> device = parse_device(kBoard, "b.toml");
  EXPECT_TRUE(device) << device.error().text();
  return *std::move(device);
}

TEST(DeviceFile, ReadsFiguresInTheirOwnUnits) {
  const Device device = board();
  EXPECT_EQ(device.name, "board");
  EXPECT_EQ(device.clock_mhz, 100.0);
  EXPECT_EQ(device.cores, 2);
  EXPECT_EQ(device.simd.bits, 32);
  EXPECT_EQ(device.simd.macs_per_cycle.at(DType::Int8), 2.0);
  ASSERT_EQ(device.caches.size(), 1U);
  EXPECT_EQ(device.caches[0].bytes, 4096);
  ASSERT_EQ(device.regions.size(), 3U);
  EXPECT_EQ(device.regions[0].bytes, 131'072);
  EXPECT_DOUBLE_EQ(device.regions[0].bandwidth_gb_s, 0.4);
  EXPECT_DOUBLE_EQ(device.regions[1].bandwidth_gb_s, 0.05);
  EXPECT_DOUBLE_EQ(device.regions[1].core_bandwidth_gb_s, 0.05);
  EXPECT_EQ(device.regions[2].kind, MemoryKind::Flash);
  EXPECT_EQ(device.regions[2].bytes, 1'000'000);
  EXPECT_EQ(device.power.active_mw, 100.0);
  EXPECT_TRUE(device.aliases.empty());
  EXPECT_TRUE(device.remark.empty());
  EXPECT_EQ(device.hash.size(), 32U);
}

TEST(DeviceFile, HashDependsOnEachFigureAndNotOnWords) {
  const std::string hash = board().hash;
  for (const auto& [start, line] :
       std::vector<std::pair<std::string_view, std::string_view>>{{"core =", "core = \"cortex-m7\""},
                                                                  {"clock", "clock = \"120 MHz\""},
                                                                  {"int8", "int8 = 3"},
                                                                  {"line", "line = \"16 B\""},
                                                                  {"size", "size = \"8 KiB\""},
                                                                  {"bandwidth", "bandwidth = \"40 MB/s\""},
                                                                  {"active", "active = \"101 mW\""},
                                                                  {"factor", "factor = 2.5"}}) {
    const Result<Device> other = parse_device(changed(start, line), "b.toml");
    ASSERT_TRUE(other) << other.error().text();
    EXPECT_NE(other->hash, hash) << line;
  }
  EXPECT_EQ(parse_device(changed("title", "title = \"Another word\" # and a comment"), "b.toml")->hash, hash);
  EXPECT_EQ(parse_device(changed("size", "size = \"4096 B\""), "b.toml")->hash, hash);
}

TEST(DeviceFile, ClockScalesWhatFollowsIt) {
  const Device slow = board();
  const Result<Device> fast = at_clock(slow, 200.0);
  ASSERT_TRUE(fast);
  EXPECT_EQ(fast->clock_mhz, 200.0);
  EXPECT_DOUBLE_EQ(fast->regions[0].bandwidth_gb_s, 0.8);
  EXPECT_DOUBLE_EQ(fast->regions[0].core_bandwidth_gb_s, 0.8);
  EXPECT_DOUBLE_EQ(fast->regions[1].bandwidth_gb_s, 0.05);
  EXPECT_EQ(fast->simd.macs_per_cycle, slow.simd.macs_per_cycle);
  EXPECT_DOUBLE_EQ(fast->power.active_mw, 180.0);
  EXPECT_DOUBLE_EQ(fast->power.per_further_core_mw, 40.0);
  EXPECT_DOUBLE_EQ(fast->power.idle_mw, 20.0);
  EXPECT_NE(fast->hash, slow.hash);
}

TEST(DeviceFile, TheClockOfTheFileChangesNothing) {
  const Device device = board();
  const Result<Device> same = at_clock(device, 100.0);
  ASSERT_TRUE(same);
  EXPECT_EQ(same->hash, device.hash);
}

TEST(DeviceFile, RefusesClocksOutsideTheRange) {
  const Device device = board();
  EXPECT_TRUE(at_clock(device, 0.5));
  for (const double clock : {0.0, -1.0, 200.5}) {
    const Result<Device> other = at_clock(device, clock);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().kind(), ErrorKind::BadUsage);
    EXPECT_NE(other.error().what().find("allowed: above 0 and up to 200 MHz"), std::string::npos);
  }
}

TEST(DeviceFile, LocatesWhatIsNoToml) {
  EXPECT_EQ(faults("name = \"a\" clock").substr(0, 12), "b.toml:1:12:");
  EXPECT_EQ(faults("name = \"a\"\nname = \"b\"").substr(0, 11), "b.toml:2:8:");
}

struct Case {
  std::string_view start;
  std::string_view line;
  std::string_view fault;
};

class OneFault : public testing::TestWithParam<Case> {};

TEST_P(OneFault, IsNamedWithItsPlace) {
  EXPECT_EQ(faults(changed(GetParam().start, GetParam().line)), GetParam().fault);
}

INSTANTIATE_TEST_SUITE_P(
    DeviceFile, OneFault,
    testing::Values(
        Case{"cores", "", "b.toml:1:1: 'cores' is missing"},
        Case{"cores", "cores = 0", "b.toml:5:1: 'cores' is 0, which is implausible (allowed: 1 to 1024)"},
        Case{"cores", "cores = -4", "b.toml:5:1: 'cores' is -4, which is implausible (allowed: 1 to 1024)"},
        Case{"cores", "cores = 2.0", "b.toml:5:1: 'cores' is not an integer"},
        Case{"clock", "clock = \"201 MHz\"", "b.toml:6:1: 'clock' is 201 MHz, above 'max_clock' (200 MHz)"},
        Case{"clock", "clock = 100", "b.toml:6:1: 'clock' is not a text with a unit, like \"8 MHz\""},
        Case{"clock", "clock = \"100\"", "b.toml:6:1: 'clock' '100' has no unit (allowed units: MHz, GHz)"},
        Case{"clock", "clock = \"100 mhz\"",
             "b.toml:6:1: 'clock' '100 mhz' has the unit 'mhz' (allowed units: MHz, GHz)"},
        Case{"clock", "clock = \"-100 MHz\"", "b.toml:6:1: 'clock' '-100 MHz' is not allowed (allowed: 0 or more)"},
        Case{"clock", "clock = \"nan MHz\"", "b.toml:6:1: 'clock' 'nan MHz' is not allowed (allowed: 0 or more)"},
        Case{"name", "name = \"../board\"",
             "b.toml:1:1: 'name' is '../board', which is no name (allowed: up to 64 of a-z, 0-9, '.', '-' and '_')"},
        Case{"title", "title = \"\"", "b.toml:2:1: 'title' is not a text of 1 to 1000 bytes"},
        Case{"title", "titl = \"A board\"",
             "b.toml:1:1: 'title' is missing\nb.toml:2:1: 'titl' is not known, did you mean 'title'?"},
        Case{"title", "title = \"A board\"\nsockets = 3",
             "b.toml:3:1: 'sockets' is not known (allowed: aliases, cache, clock, core, cores, default_runtime, isa, "
             "max_clock, memory, name, power, remark, simd, title)"},
        Case{"int8", "int4 = 2",
             "b.toml:14:1: 'simd.macs_per_cycle.int4' is no type of arithmetic (allowed: float32, float16, int8)"},
        Case{"int8", "", "b.toml:13:7: 'simd.macs_per_cycle' is empty"},
        Case{"int8", "float32 = 4\nfloat16 = 2",
             "b.toml:15:1: 'simd.macs_per_cycle.float16' is 2, below 'float32' (4)"},
        Case{"line", "line = \"24 B\"", "b.toml:19:1: 'cache.line' is 24 bytes (allowed: a power of two)"},
        Case{"size", "size = \"4.01 KiB\"",
             "b.toml:18:1: 'cache.size' is 4106 bytes, no multiple of 'line' (32 bytes)"},
        Case{"size", "size = \"16 MiB\"",
             "b.toml:16:3: 'cache' has 'l1d' with 16777216 bytes, more than all RAM (8519680 bytes)"},
        Case{"shared_by", "shared_by = 3", "b.toml:21:1: 'cache.shared_by' is 3, more than 'cores' (2)"},
        Case{"kind", "kind = \"rom\"", "b.toml:25:1: 'memory.kind' is 'rom' (allowed: ram, flash)"},
        Case{"bandwidth", "bandwidth = \"0 MB/s\"",
             "b.toml:33:1: 'memory.bandwidth' is '0 MB/s', which is implausible (allowed: 0.001 GB/s to 100000 GB/s)"},
        Case{"bandwidth", "bandwidth = \"50 MB/s\"\nbytes_per_cycle = 1",
             "b.toml:34:1: 'memory.bytes_per_cycle' stands beside 'bandwidth' (allowed: one of the two)"},
        Case{"bandwidth", "bandwidth = \"50 MB/s\"\ncore_bandwidth = \"60 MB/s\"",
             "b.toml:34:1: 'memory.core_bandwidth' is 0.06 GB/s, more than 'bandwidth' (0.05 GB/s)"},
        Case{"bandwidth", "bandwidth = \"1 GB/s\"",
             "b.toml:30:1: 'memory.name' is 'psram', which is faster (1 GB/s) than 'sram' before it (0.4 GB/s); the "
             "fastest comes first"},
        Case{"idle", "idle = \"200 mW\"", "b.toml:45:1: 'power.idle' is 200 mW, more than 'active' (100 mW)"},
        Case{"factor", "factor = 0.5", "b.toml:46:1: 'power.factor' is 0.5, which is implausible (allowed: 1 to 10)"},
        Case{"factor", "factor = \"2\"", "b.toml:46:1: 'power.factor' is not a number"},
        Case{"default_runtime", "default_runtime = \"x\"\naliases = [\"board\", \"c\", \"c\"]",
             "b.toml:9:1: 'aliases' has 'board', the device's own name\n"
             "b.toml:9:26: 'aliases' has an element that stands there twice"}));

TEST(DeviceFile, NamesTwinsOfCachesAndMemories) {
  std::string text(kBoard);
  text.replace(text.find("psram"), 5, "sram");
  EXPECT_EQ(faults(text), "b.toml:30:1: 'memory.name' is 'sram' a second time");
}

TEST(DeviceFile, WantsRamAndFlash) {
  std::string text(kBoard);
  text.replace(text.find("\"flash\"\nsize"), 7, "\"ram\"  ");
  EXPECT_NE(faults(text).find("'memory' has no region of kind 'flash'"), std::string::npos);
}

TEST(DeviceFile, WantsLargerCachesFartherFromTheCore) {
  std::string text(kBoard);
  text.insert(text.find("[[memory]]"),
              "[[cache]]\nname = \"l2\"\nsize = \"2 KiB\"\nline = \"32 B\"\nbytes_per_cycle = 2\nshared_by = 2\n\n");
  EXPECT_EQ(faults(text), "b.toml:25:1: 'cache.size' is 2048 bytes, less than that of 'l1d' before it (4096 bytes)");
}

TEST(DeviceFile, ListsAllFaultsOfAnEmptyFileAtOnce) {
  const Result<Device> device = parse_device("", "b.toml");
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().faults().size(), 11U);
}

TEST(DeviceFile, BoundsSizeAndDepth) {
  EXPECT_EQ(faults(std::string(300'000, '#')), "b.toml:1:1: the file has 300000 bytes (allowed: up to 262144)");
  EXPECT_EQ(faults("größe = 1"), "b.toml:1:3: a character beyond ASCII stands outside strings and comments");
  std::string deep = "a";
  for (int i = 0; i < 10'000; ++i) deep += ".a";
  EXPECT_EQ(faults(deep + " = 1"), "b.toml:1:1: the line has 10000 dots (allowed: up to 64)");
  EXPECT_NE(faults("a = " + std::string(10'000, '[')).find("b.toml:1:"), std::string::npos);
  std::string tables = "a = ";
  for (int i = 0; i < 1000; ++i) tables += "{a=";
  EXPECT_NE(faults(tables).find("b.toml:1:"), std::string::npos);
}

}  // namespace
}  // namespace netfit::device
