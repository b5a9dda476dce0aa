// SPDX-License-Identifier: Apache-2.0
#include "device/runtime_file.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace netfit::device {
namespace {

constexpr std::string_view kRuntime = R"(name = "r"
title = "R"
version = "1"
isas = ["armv7e-m"]
arithmetic = ["int8"]
float16_weights = false
dynamic_range = true
float32_as_float16 = false
in_place = true
fused_activations = ["relu"]
parallel_share = 0.5

[overhead]
per_layer = "100 cycles"
code = "30 KiB"
code_per_layer = "0.5 KiB"
code_per_channel = "5 B"
ram = "4 KiB"
ram_per_layer = "400 B"

[efficiency.int8]
conv = 0.5
pool = 1
)";

std::string changed(std::string_view start_of_line, std::string_view line) {
  std::string text;
  for (const std::string& old : base::split(kRuntime, '\n')) {
    text += std::string(old.starts_with(start_of_line) ? line : old) + "\n";
  }
  EXPECT_NE(text, std::string(kRuntime) + "\n") << start_of_line;
  return text;
}

std::string faults(const std::string& text) {
  const Result<Runtime> runtime = parse_runtime(text, "r.toml");
  if (runtime) return "no fault";
  std::vector<std::string> lines;
  for (const base::Fault& fault : runtime.error().faults()) lines.push_back(fault.where + ": " + fault.what);
  return base::join(lines, "\n");
}

TEST(RuntimeFile, ReadsFiguresInTheirOwnUnits) {
  const Result<Runtime> runtime = parse_runtime(kRuntime, "r.toml");
  ASSERT_TRUE(runtime) << runtime.error().text();
  EXPECT_EQ(runtime->name, "r");
  EXPECT_EQ(runtime->arithmetic, std::vector<DType>{DType::Int8});
  EXPECT_TRUE(runtime->dynamic_range);
  EXPECT_FALSE(runtime->float16_weights);
  EXPECT_TRUE(runtime->in_place);
  EXPECT_EQ(runtime->layer_overhead_cycles, 100.0);
  EXPECT_EQ(runtime->code_bytes, 30 * 1024);
  EXPECT_EQ(runtime->code_bytes_per_layer, 512);
  EXPECT_EQ(runtime->code_bytes_per_channel, 5.0);
  EXPECT_EQ(runtime->ram_bytes, 4096);
  EXPECT_EQ(runtime->ram_bytes_per_layer, 400);
  const auto& shares = runtime->efficiency.at(DType::Int8);
  EXPECT_EQ(shares.size(), 2U);
  EXPECT_EQ(shares.at(KernelClass::Conv), 0.5);
  EXPECT_EQ(shares.at(KernelClass::Pool), 1.0);
}

TEST(RuntimeFile, HashDependsOnFiguresAndNotOnTheTitle) {
  const std::string hash = parse_runtime(kRuntime, "r.toml")->hash;
  EXPECT_EQ(parse_runtime(changed("title", "title = \"S\""), "r.toml")->hash, hash);
  EXPECT_NE(parse_runtime(changed("conv", "conv = 0.6"), "r.toml")->hash, hash);
  EXPECT_NE(parse_runtime(changed("conv", "stem = 0.5"), "r.toml")->hash, hash);
  EXPECT_NE(parse_runtime(changed("in_place", "in_place = false"), "r.toml")->hash, hash);
  EXPECT_NE(parse_runtime(changed("version", "version = \"2\""), "r.toml")->hash, hash);
}

TEST(RuntimeFile, EveryKernelClassHasAName) {
  EXPECT_EQ(kernel_classes().size(), 11U);
  for (const KernelClass kernel : kernel_classes()) EXPECT_EQ(find_kernel_class(name(kernel)), kernel);
  EXPECT_EQ(find_kernel_class("convolution"), std::nullopt);
}

TEST(RuntimeFile, NamesEachFaultWithItsPlace) {
  EXPECT_EQ(faults(changed("version", "version = 1")), "r.toml:3:1: 'version' is not a text of 1 to 1000 bytes");
  EXPECT_EQ(faults(changed("in_place", "in_place = 1")), "r.toml:9:1: 'in_place' is neither true nor false");
  EXPECT_EQ(faults(changed("parallel", "parallel_share = 1.5")),
            "r.toml:11:1: 'parallel_share' is 1.5, which is implausible (allowed: 0 to 1)");
  EXPECT_EQ(faults(changed("code =", "code = \"30 kB\"")),
            "r.toml:15:1: 'overhead.code' '30 kB' has the unit 'kB' (allowed units: B, KiB, MiB, GiB, MB, GB)");
  EXPECT_EQ(faults(changed("isas", "isas = []")), "r.toml:4:1: 'isas' names no instruction set");
  EXPECT_EQ(faults(changed("conv", "convs = 0.5")),
            "r.toml:22:1: 'efficiency.int8.convs' is no kind of kernel, did you mean 'conv'?");
  EXPECT_EQ(faults(changed("conv", "conv = 0")),
            "r.toml:22:1: 'efficiency.int8.conv' is 0, which is implausible (allowed: 1e-05 to 4)");
  EXPECT_EQ(faults(changed("arithmetic", "arithmetic = [\"int8\", \"int4\"]")),
            "r.toml:5:1: 'arithmetic' has 'int4' (allowed: float32, float16, int8)");
}

TEST(RuntimeFile, WantsSharesForEachTypeOfArithmeticAndNoOther) {
  const std::string text = faults(changed("arithmetic", "arithmetic = [\"float32\"]"));
  EXPECT_NE(text.find("'efficiency.int8' is none of the types in 'arithmetic'"), std::string::npos) << text;
  EXPECT_NE(text.find("'efficiency.float32' is missing, and 'arithmetic' names it"), std::string::npos) << text;
}

}  // namespace
}  // namespace netfit::device
