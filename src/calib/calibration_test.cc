// SPDX-License-Identifier: Apache-2.0
#include "calib/calibration.h"

#include <gtest/gtest.h>

#include "calib/statistics.h"

namespace netfit::calib {
namespace {

TEST(Calibration, ComesBackAsItWasWritten) {
  Calibration calibration;
  PopulationCalibration& ncnn = calibration.of(Population::Ncnn);
  ncnn.coefficients.deviations = {{"core/cortex-a53/conv1x1", 0.25}, {"core/a, \"b\"", 1e-6}};
  ncnn.coefficients.noise = {{"board|ncnn|1", 1.5}};
  ncnn.widths = {{"model/odd", 0.4}};
  ncnn.exercised = {{"conv1x1", 7}};
  ncnn.models = {"ncnn/a.param"};
  ncnn.boards = {"board"};
  ncnn.new_boards = {"board"};
  ncnn.cores = {"cortex-a53"};
  ncnn.adapted = {{"mine", 3}};
  const std::string text = write_calibration(calibration);
  const Calibration read = read_calibration(text).value();
  EXPECT_EQ(write_calibration(read), text);
  const PopulationCalibration& back = read.of(Population::Ncnn);
  EXPECT_EQ(back.coefficients.deviations.size(), 1U) << "what is negligible is left out";
  EXPECT_EQ(back.coefficients.deviations.at("core/cortex-a53/conv1x1"), 0.25);
  EXPECT_EQ(back.exercised.at("conv1x1"), 7);
  EXPECT_TRUE(back.new_boards.contains("board"));
  EXPECT_EQ(back.adapted.at("mine"), 3);
}

std::string fault(const std::string& rows) {
  return read_calibration("population,kind,key,value\n" + rows).error().text();
}

TEST(Calibration, NamesTheLineThatIsWrong) {
  EXPECT_EQ(read_calibration("hello\n").error().text(), "error: line 1: not 'population,kind,key,value'");
  EXPECT_EQ(fault("ncnn,width,model,0.1\nncnn,width,model\n"), "error: line 3: not 4 cells");
  EXPECT_EQ(fault("tpu,width,model,0.1\n"), "error: line 2: no population 'tpu'");
  EXPECT_EQ(fault("ncnn,colour,model,0.1\n"), "error: line 2: no kind 'colour'");
  EXPECT_EQ(fault("ncnn,width,model,inf\n"), "error: line 2: 'inf' is no number of a calibration");
}

TEST(Statistics, AreThoseOfTheirNames) {
  EXPECT_EQ(median({3, 1, 2}), 2.0);
  EXPECT_EQ(median({4, 1, 2, 3}), 2.5);
  EXPECT_EQ(median({}), 0.0);
  EXPECT_DOUBLE_EQ(spearman(std::vector<double>{1, 2, 3}, std::vector<double>{10, 20, 90}), 1.0);
  EXPECT_DOUBLE_EQ(spearman(std::vector<double>{1, 2, 3}, std::vector<double>{3, 2, 1}), -1.0);
  // Ties share their mean rank (1.5, 1.5, 3): computed by hand.
  EXPECT_NEAR(spearman(std::vector<double>{1, 1, 2}, std::vector<double>{1, 2, 3}), 0.866, 1e-3);
}

}  // namespace
}  // namespace netfit::calib
