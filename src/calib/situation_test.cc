// SPDX-License-Identifier: Apache-2.0
#include "calib/situation.h"

#include <gtest/gtest.h>

#include "calib/printed_core.h"

namespace netfit::calib {
namespace {

Situation situation(const std::string& core, const std::string& runtime, const std::string& precision,
                    const std::string& notes = "") {
  Measurement row;
  row.device_id = "board/" + core + "@1000";
  row.core = core;
  row.runtime = runtime;
  row.precision = precision;
  row.notes = notes;
  return situation_of(row);
}

TEST(PrintedCore, KnowsKinAndMixtures) {
  EXPECT_EQ(canonical_core("kryo485-gold (cortex-a76 derivative)"), "cortex-a76");
  EXPECT_EQ(canonical_core("cortex-m0+"), "cortex-m0");
  EXPECT_EQ(canonical_core("cortex-a76+cortex-a55"), "cortex-a76");
  EXPECT_EQ(canonical_core("riscv-c906"), "riscv-c906");
  EXPECT_EQ(find_printed_core("riscv-c906"), nullptr);
  EXPECT_TRUE(is_mixture("cortex-a76|cortex-a55 (scheduler's choice)"));
  EXPECT_FALSE(is_mixture("cortex-m0+"));
  EXPECT_FALSE(is_mixture("cortex-a76"));
}

TEST(SituationOf, TellsPopulationsAndFamilies) {
  EXPECT_EQ(situation("cortex-a53", "ncnn", "fp32").population, Population::Ncnn);
  EXPECT_EQ(situation("gpu-volta", "ncnn-vulkan", "fp16").population, Population::Accelerator);
  EXPECT_EQ(situation("cortex-m7", "X-CUBE-AI v7.3.0", "int8").population, Population::Microcontroller);
  EXPECT_EQ(situation("cortex-m7", "x-cube-ai 10.0.0", "int8").family, "x-cube-ai");
  EXPECT_EQ(situation("cortex-a72", "TFLite v2.7.1 (ruy)", "fp32").family, "tflite-ruy");
  EXPECT_EQ(situation("apple-m1", "TFLite vmaster (xnnpack)", "fp32").family, "tflite-xnnpack");
  EXPECT_EQ(situation("cortex-m33", "tflite-micro", "int8").family, "tflite-micro");
}

TEST(SituationOf, TellsFilesOfUnsignedIntegersApart) {
  const Situation plain = situation("cortex-a72", "TFLite v2.7.1 (ruy)", "int8", "model id mobilenet-quant");
  const Situation other = situation("cortex-a72", "TFLite v2.7.1 (ruy)", "int8", "model id precision_uint8-1.0-224");
  EXPECT_NE(plain.key(), other.key());
}

TEST(SituationOf, ComputesInHalfPrecisionWhereNcnnAndTheCoreDo) {
  EXPECT_EQ(situation("cortex-a76", "ncnn", "int8").float_type, DType::Float16);
  EXPECT_EQ(situation("cortex-a53", "ncnn", "int8").float_type, DType::Float32);
  EXPECT_EQ(situation("cortex-a76", "TFLite v2.7.1 (ruy)", "int8").float_type, DType::Float32);
}

}  // namespace
}  // namespace netfit::calib
