// SPDX-License-Identifier: Apache-2.0
#include "calib/board.h"

#include <gtest/gtest.h>

namespace netfit::calib {
namespace {

constexpr const char* kBoard = "nucleo/cortex-m4@120";

Calibration measured_with(const std::vector<std::string>& runtimes) {
  Calibration calibration;
  PopulationCalibration& known = calibration.of(Population::Microcontroller);
  known.boards.insert(kBoard);
  for (const std::string& runtime : runtimes) {
    known.coefficients.noise[std::string(kBoard) + "|" + runtime + "|1"] = 1.0;
  }
  return calibration;
}

std::string runtime_for(const Calibration& calibration, const std::string& wanted) {
  return find_board(calibration, {.device = "nucleo", .runtime = wanted}).value().situation.runtime;
}

const Calibration kSeveral =
    measured_with({"hale 1.0", "x-cube-ai v7.3.0", "x-cube-ai v10.2", "tflite v2.7.1", "tflite v2.11.0 uint8"});

TEST(FindBoard, TakesTheNewestOfTheFamilyThatWasMeasuredMost) {
  EXPECT_EQ(runtime_for(kSeveral, ""), "x-cube-ai v10.2");
  EXPECT_EQ(runtime_for(measured_with({"x-cube-ai v9.0", "x-cube-ai v10.2", "x-cube-ai v10.2.1"}), ""),
            "x-cube-ai v10.2.1");
}

TEST(FindBoard, TakesTheNewestThatBeginsAsTheNameDoes) {
  EXPECT_EQ(runtime_for(kSeveral, "X-CUBE-AI"), "x-cube-ai v10.2");
  EXPECT_EQ(runtime_for(kSeveral, "x-cube-ai v7"), "x-cube-ai v7.3.0");
  EXPECT_EQ(runtime_for(kSeveral, "tflite"), "tflite v2.7.1") << "files of unsigned integers have to be asked for";
  EXPECT_EQ(runtime_for(kSeveral, "tflite v2.11.0 uint8"), "tflite v2.11.0 uint8");
  EXPECT_EQ(runtime_for(kSeveral, "tflite v2.11"), "tflite v2.11.0 uint8") << "there is no other";
}

TEST(ListBoards, HasEveryRuntimeAndTheMostThreads) {
  Calibration calibration = kSeveral;
  calibration.of(Population::Ncnn).coefficients.noise = {{"pi/cortex-a53@1400|ncnn|1", 1.0},
                                                         {"pi/cortex-a53@1400|ncnn|4", 1.0}};
  const std::vector<BoardSummary> boards = list_boards(calibration);
  ASSERT_EQ(boards.size(), 2U);
  EXPECT_EQ(boards[0].id, kBoard);
  EXPECT_EQ(boards[0].runtimes.size(), 5U);
  EXPECT_EQ(boards[1].core, "cortex-a53");
  EXPECT_EQ(boards[1].clock_mhz, 1400);
  EXPECT_EQ(boards[1].threads, 4);
}

}  // namespace
}  // namespace netfit::calib
