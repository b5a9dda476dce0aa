// SPDX-License-Identifier: Apache-2.0
#include "cli/host/calibrate_host.h"

#include <gtest/gtest.h>

#include "cli/host/networks.h"

namespace netfit::cli {
namespace {

TEST(HostMeasurements, AreReadBackAsTheyWereWritten) {
  std::vector<calib::Observation> rows;
  for (const bool int8 : {false, true}) {
    const Model model = timeable_model("blocks:stages=conv_c8_s2+ds_c16,resolution=16", int8).value();
    rows.push_back(host_observation(model, int8, {.ms = int8 ? 0.125 : 0.25}));
  }
  const calib::MeasurementTable table = calib::read_measurements(measurements_csv(rows)).value();
  ASSERT_TRUE(table.skipped.empty());
  ASSERT_EQ(table.rows.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(table.rows[i].model_id, rows[i].row.model_id);
    EXPECT_EQ(table.rows[i].best_latency_ms(), rows[i].row.latency_ms);
    EXPECT_EQ(calib::situation_of(table.rows[i]).key(), rows[i].situation.key());
    EXPECT_EQ(rows[i].situation.population, calib::Population::Host);
  }
}

}  // namespace
}  // namespace netfit::cli
