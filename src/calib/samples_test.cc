// SPDX-License-Identifier: Apache-2.0
#include "calib/samples.h"

#include <gtest/gtest.h>

namespace netfit::calib {
namespace {

using cost::Term;

TEST(WithClasses, TellsTheDataSetThatAFileIsOf) {
  const std::string model = "mobilenet_v2:alpha=0.35,resolution=128";
  EXPECT_EQ(with_classes(model, "model file: a/flowers/b"), model + ",classes=5");
  EXPECT_EQ(with_classes(model, "model file: ST_pretrainedmodel/food-101/b"), model + ",classes=101");
  EXPECT_EQ(with_classes(model, "nothing"), model);
  EXPECT_EQ(with_classes("ncnn/x.param", "flowers"), "ncnn/x.param");
}

MeasurementTable table_of(const std::string& core, const std::string& runtime) {
  MeasurementTable table;
  for (const std::string_view file : {"flowers/a.tflite", "ImageNet/b.tflite"}) {
    Measurement row{.device_id = "board/" + core + "@400", .core = core, .clock_mhz = 400.0};
    row.runtime = runtime;
    row.precision = "int8";
    row.model_id = "mobilenet_v2:alpha=0.35,resolution=96";
    row.latency_ms = 1.0;
    row.notes = "model file: " + std::string(file);
    table.rows.push_back(row);
  }
  return table;
}

// Two files of one architecture: a fit that hides it hides both, but their classifiers differ.
TEST(Observe, CountsTheClassifierOfEachFile) {
  ModelSource models("");
  const Observations seen = observe(table_of("cortex-m7", "x-cube-ai 10.0.0"), models);
  ASSERT_EQ(seen.rows.size(), 2U);
  EXPECT_EQ(seen.rows[0].row.model_id, seen.rows[1].row.model_id);
  EXPECT_EQ(seen.rows[0].counts[Term::Int8FullyConnected], 1280.0 * 5);
  EXPECT_EQ(seen.rows[1].counts[Term::Int8FullyConnected], 1280.0 * 1000);
}

TEST(Observe, TakesLargeWeightsOfMicrocontrollersForExternal) {
  ModelSource models("");
  const Observations small = observe(table_of("cortex-m7", "x-cube-ai 10.0.0"), models);
  EXPECT_EQ(small.rows[0].counts[Term::WeightsExternal], 0) << "0.4 MB of weights";
  EXPECT_GT(small.rows[1].counts[Term::WeightsExternal], 1.6e6);
  const Observations phone = observe(table_of("cortex-a53", "tflite"), models);
  EXPECT_EQ(phone.rows[1].counts[Term::WeightsExternal], 0);
}

}  // namespace
}  // namespace netfit::calib
