// SPDX-License-Identifier: Apache-2.0
#include "report/scale.h"

#include <gtest/gtest.h>

namespace netfit::report {
namespace {

TEST(Ticks, AreAtRoundNumbersInsideTheAxis) {
  EXPECT_EQ(ticks_of({.low = 0.0, .high = 10.6}, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(ticks_of({.low = 93.7, .high = 94.9}, 6).size(), 6);
  EXPECT_EQ(ticks_of({.logarithmic = true, .low = 1.5, .high = 70.0}, 6), (std::vector<double>{2, 5, 10, 20, 50}));
  EXPECT_EQ(ticks_of({.logarithmic = true, .low = 0.5, .high = 2e6}, 6).size(), 7) << "decades only";
}

TEST(Ticks, AreFewOnAnyAxis) {
  for (double low = 1e-9; low < 1e9; low *= 7.3) {
    for (double factor = 1.0001; factor < 1e6; factor *= 3.7) {
      for (const bool logarithmic : {false, true}) {
        const Axis axis{.logarithmic = logarithmic, .low = low, .high = low * factor};
        const std::vector<double> ticks = ticks_of(axis, 6);
        EXPECT_LE(ticks.size(), 16U) << low << " " << factor;
        for (const double tick : ticks) {
          EXPECT_GE(place_on(axis, tick), -1e-6);
          EXPECT_LE(place_on(axis, tick), 1.0 + 1e-6);
        }
      }
    }
  }
}

TEST(AxisAround, LeavesRoomAndIsLogarithmicForWideRangesOnly) {
  const std::vector<Span> near{{10, 5, 20}, {15, 12, 18}};
  const Axis linear = axis_around("latency (ms)", near);
  EXPECT_FALSE(linear.logarithmic);
  EXPECT_LT(linear.low, 5.0);
  EXPECT_GT(linear.high, 20.0);
  const std::vector<Span> wide{{10, 5, 20}, {1500, 1200, 1800}};
  EXPECT_TRUE(axis_around("latency (ms)", wide).logarithmic);
}

TEST(AxisAround, OneFigureStandsInside) {
  for (const double value : {0.0, 3.0, 1e9}) {
    const std::vector<Span> one{{value, value, value}};
    const Axis axis = axis_around("x", one);
    EXPECT_LT(axis.low, axis.high);
    EXPECT_GE(place_on(axis, value), 0.0);
    EXPECT_LE(place_on(axis, value), 1.0);
  }
}

TEST(PlotUnit, FitsTheLargestFigure) {
  EXPECT_EQ(plot_unit(Quantity::Flash, 600e3).name, "KiB");
  EXPECT_EQ(plot_unit(Quantity::Flash, 2e6).name, "MiB");
  EXPECT_EQ(plot_unit(Quantity::Latency, 0.4).name, "us");
  EXPECT_EQ(plot_unit(Quantity::Energy, 12.0).name, "mJ");
}

}  // namespace
}  // namespace netfit::report
