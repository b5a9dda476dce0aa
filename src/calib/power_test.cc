// SPDX-License-Identifier: Apache-2.0
#include "calib/power.h"

#include <cmath>

#include <gtest/gtest.h>

#include "calib/memory_figures.h"

namespace netfit::calib {
namespace {

Observation row(const std::string& board, double volts, double watts, double ms) {
  Observation observation;
  observation.row.latency_ms = ms;
  observation.row.energy_mj = watts * ms;
  observation.situation.population = Population::Microcontroller;
  observation.situation.board = board;
  observation.situation.core = "cortex-m4";
  observation.situation.family = observation.situation.runtime = "x-cube-ai";
  observation.situation.clock_mhz = 120.0;
  observation.situation.volts = volts;
  return observation;
}

TEST(FitPower, TellsBoardsAndVoltagesApart) {
  // A linear regulator: the same current at either voltage.
  const std::vector<Observation> rows{row("a", 1.8, 0.036, 10), row("a", 1.8, 0.036, 50), row("a", 3.0, 0.06, 20),
                                      row("b", 3.0, 0.02, 20), row("b", 3.0, 0.02, 5)};
  Coefficients coefficients;
  fit_power(rows, std::vector<std::size_t>{0, 1, 2, 3, 4}, coefficients);
  for (const Observation& each : rows) {
    EXPECT_NEAR(power_watts(each.situation, coefficients) * *each.row.latency_ms / *each.row.energy_mj, 1.0, 0.05);
  }
  EXPECT_TRUE(knows_power_of_board(rows[0].situation, coefficients));
  const Situation other = row("c", 3.0, 1.0, 1.0).situation;
  EXPECT_FALSE(knows_power_of_board(other, coefficients));
  EXPECT_TRUE(knows_power_of_core(other, coefficients));
}

TEST(FitPower, LooksAtTheChosenRowsAlone) {
  const std::vector<Observation> rows{row("a", 3.0, 0.06, 20), row("b", 3.0, 0.02, 20)};
  Coefficients coefficients;
  fit_power(rows, std::vector<std::size_t>{0}, coefficients);
  EXPECT_FALSE(knows_power_of_board(rows[1].situation, coefficients));
}

TEST(MemoryFigures, OfXCubeAiAreNearThoseOfItsModelZoo) {
  Situation situation = row("a", 3.0, 1.0, 1.0).situation;
  ModelSource models("measurements/models");
  const auto graph = models.find("mobilenet_v1:alpha=0.5,resolution=224,classes=5").value();
  const std::optional<MemoryFigures> figures = memory_figures(*graph, situation);
  ASSERT_TRUE(figures);
  // X-CUBE-AI 8.1 in its model zoo: 423.14 and 899.97 KiB.
  EXPECT_NEAR(*figures->ram_kib, 423.14, 0.02 * 423.14);
  EXPECT_NEAR(*figures->flash_kib, 899.97, 0.02 * 899.97);
  situation.family = "tvm";
  EXPECT_FALSE(memory_figures(*graph, situation));
}

TEST(MemoryFigures, OfTinyEngineOverwriteTheInputsOfDepthwiseConvolutions) {
  Situation situation = row("a", 3.0, 1.0, 1.0).situation;
  situation.family = "tinyengine";
  ModelSource models("measurements/models");
  const auto graph = models.find("mobilenet_v2:alpha=0.35,resolution=144").value();
  const std::optional<MemoryFigures> figures = memory_figures(*graph, situation);
  ASSERT_TRUE(figures);
  // Its README: 300.78 KiB. The convolution that widens 72 x 72 x 8 to 48 channels needs most.
  EXPECT_DOUBLE_EQ(*figures->ram_kib, 72.0 * 72 * (8 + 48) / 1024);
  EXPECT_FALSE(figures->flash_kib);
}

}  // namespace
}  // namespace netfit::calib
