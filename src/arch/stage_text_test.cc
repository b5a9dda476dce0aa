// SPDX-License-Identifier: Apache-2.0
#include "arch/stage_text.h"

#include <array>

#include <gtest/gtest.h>

#include "base/random.h"

namespace netfit::arch {
namespace {

template <typename T, std::size_t n>
T one_of(base::Random& random, const std::array<T, n>& choices) {
  return choices[static_cast<std::size_t>(random.integer(0, n - 1))];
}

Stage random_stage(base::Random& random) {
  Stage stage{.kind = one_of(
                  random, std::array{StageKind::Conv, StageKind::Separable, StageKind::Inverted, StageKind::Residual}),
              .kernel = random.integer(1, 11),
              .channels = random.integer(1, 8192),
              .stride = random.integer(1, 4),
              .repeats = random.integer(1, 64),
              .function = one_of(random, std::array{Function::Relu, Function::Relu6, Function::HardSwish})};
  if (stage.kind != StageKind::Inverted) return stage;
  stage.expansion = random.chance(50) ? static_cast<double>(random.integer(1, 16)) : random.real(1, 16);
  stage.excites = random.chance(50);
  return stage;
}

std::string fault_of(std::string_view text) {
  const Result<std::vector<Stage>> stages = parse_stages(text);
  return stages ? "" : stages.error().text();
}

TEST(StageText, ReadsWhatItWrites) {
  base::Random random(1);
  for (int i = 0; i < 1000; ++i) {
    std::vector<Stage> stages(static_cast<std::size_t>(random.integer(1, 64)));
    for (Stage& stage : stages) stage = random_stage(random);
    const std::string text = print_stages(stages);
    const Result<std::vector<Stage>> read = parse_stages(text);
    ASSERT_TRUE(read) << text << ": " << read.error().text();
    ASSERT_EQ(*read, stages) << text;
    ASSERT_EQ(print_stages(*read), text);
  }
}

TEST(StageText, HasNoCharacterThatAShellReads) {
  base::Random random(2);
  const std::string text = print_stages(std::array{random_stage(random), random_stage(random), random_stage(random)});
  EXPECT_EQ(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_+."), std::string::npos) << text;
}

TEST(StageText, TakesPartsInAnyOrderAndFillsInTheRest) {
  EXPECT_EQ(parse_stages("ir_n2_c24_hswish_se_k5").value(), (std::vector{Stage{.kind = StageKind::Inverted,
                                                                               .kernel = 5,
                                                                               .channels = 24,
                                                                               .repeats = 2,
                                                                               .function = Function::HardSwish,
                                                                               .excites = true}}));
  EXPECT_EQ(print_stages(parse_stages("conv_c8+ds_c16").value()), "conv_k3_c8_s1_n1_relu6+ds_k3_c16_s1_n1_relu6");
}

TEST(StageText, NamesTheStageThatIsNone) {
  EXPECT_EQ(fault_of(""), "error: stage 1 '': unknown kind '' (allowed: conv, ds, ir, res)");
  EXPECT_EQ(fault_of("ds_c8+"), "error: stage 2 '': unknown kind '' (allowed: conv, ds, ir, res)");
  EXPECT_EQ(fault_of("vgg_c8"), "error: stage 1 'vgg_c8': unknown kind 'vgg' (allowed: conv, ds, ir, res)");
  EXPECT_EQ(fault_of("ds_c8+ir_k3"), "error: stage 2 'ir_k3': c, the number of channels, is not given");
  EXPECT_EQ(fault_of("ir_c8_q7"),
            "error: stage 1 'ir_c8_q7': unknown part 'q7' (allowed: k, e, c, s, n with a number, relu, relu6, "
            "hswish, se)");
  EXPECT_EQ(fault_of("ds_c8_"),
            "error: stage 1 'ds_c8_': unknown part '' (allowed: k, c, s, n with a number, relu, relu6, "
            "hswish)");
  EXPECT_EQ(fault_of("ir_c8_c8"), "error: stage 1 'ir_c8_c8': c is given twice");
  EXPECT_EQ(fault_of("ir_c8_se_se"), "error: stage 1 'ir_c8_se_se': se is given twice");
  EXPECT_EQ(fault_of("ir_c8_relu_relu6"), "error: stage 1 'ir_c8_relu_relu6': activation is given twice");
}

TEST(StageText, KeepsExpansionAndExcitationToInvertedResiduals) {
  for (const char* text : {"conv_c8_e6", "ds_c8_e6", "res_c8_e6", "conv_c8_se", "ds_c8_se", "res_c8_se"}) {
    EXPECT_NE(fault_of(text).find("unknown part"), std::string::npos) << text;
  }
}

TEST(StageText, KeepsNumbersWithinTheirBounds) {
  EXPECT_EQ(fault_of("ir_c0"), "error: stage 1 'ir_c0': c '0' is not allowed (allowed: whole numbers, 1 to 8192)");
  for (const char* text : {"ir_c8_e0.5", "ir_c8_e17", "ir_c8_e-1", "ir_c8_k0", "ir_c8_k12", "ir_c8_k2.5", "ir_c8193",
                           "ir_c", "ir_c-8", "ir_c8x", "ir_c8_s5", "ir_c8_n65", "ir_c99999999999999999999"}) {
    EXPECT_NE(fault_of(text).find("is not allowed"), std::string::npos) << text;
  }
}

TEST(StageText, BoundsTheNumberOfStages) {
  std::string text = "ds_c8";
  for (int i = 1; i < 65; ++i) text += "+ds_c8";
  EXPECT_EQ(fault_of(text), "error: there are 65 stages (allowed: 64)");
}

TEST(StageText, ShowsHostileTextCutAndEscaped) {
  const std::string fault = fault_of("ds_\x1b[31m" + std::string(500, 'x'));
  EXPECT_EQ(fault.find('\x1b'), std::string::npos);
  EXPECT_LT(fault.size(), 300U);
}

}  // namespace
}  // namespace netfit::arch
