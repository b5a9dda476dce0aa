// SPDX-License-Identifier: Apache-2.0
#include "calib/measurement.h"

#include <gtest/gtest.h>

#include "calib/csv.h"

namespace netfit::calib {
namespace {

constexpr std::string_view kHead = "device_id,runtime,model_id,precision,threads,latency_ms,notes\n";

MeasurementTable read(const std::string& rows) { return read_measurements(std::string(kHead) + rows).value(); }

// Why the only row of a table was skipped.
std::string skipped(const std::string& row) {
  const MeasurementTable table = read(row);
  EXPECT_TRUE(table.rows.empty());
  return table.skipped.size() == 1 ? table.skipped.front().reason : "";
}

TEST(Csv, ReadsQuotedCellsAndCountsLines) {
  CsvReader reader("a,\"b, \"\"c\"\"\nd\",\r\n\ne\n");
  EXPECT_EQ(reader.next().value(), (std::vector<std::string>{"a", "b, \"c\"\nd", ""}));
  EXPECT_EQ(reader.line(), 1);
  EXPECT_EQ(reader.next().value(), (std::vector<std::string>{"e"}));
  EXPECT_EQ(reader.line(), 4);
  EXPECT_FALSE(reader.next());
}

TEST(ReadMeasurements, FindsCoreAndClockInTheDevicesName) {
  const MeasurementTable table = read("pi/cortex-a76@2400,ncnn,ncnn/x.param,fp16?,4,6.5,hello\n");
  ASSERT_EQ(table.rows.size(), 1U);
  const Measurement& row = table.rows.front();
  EXPECT_EQ(row.row, 2);
  EXPECT_EQ(row.core, "cortex-a76");
  EXPECT_EQ(row.clock_mhz, 2400.0);
  EXPECT_EQ(row.precision, "fp16");
  EXPECT_EQ(row.threads, 4);
  EXPECT_EQ(row.best_latency_ms(), 6.5);
  EXPECT_FALSE(row.energy_mj);
}

TEST(ReadMeasurements, SkipsRowsWithTheReason) {
  EXPECT_EQ(skipped("d,ncnn,m,fp32,1,nan,\n"), "latency_ms is 'nan', not a positive number");
  EXPECT_EQ(skipped("d,ncnn,m,fp32,1,-3,\n"), "latency_ms is '-3', not a positive number");
  EXPECT_EQ(skipped("d,ncnn,m,fp32,1,1e999,\n"), "latency_ms is '1e999', not a positive number");
  EXPECT_EQ(skipped("d,ncnn,m,fp32,1,3ms,\n"), "latency_ms is '3ms', not a positive number");
  EXPECT_EQ(skipped("d,ncnn,m,fp32,1,1e300,\n"), "latency_ms is 1e300, which no device reaches");
  EXPECT_EQ(skipped("d/cortex-a53@0,ncnn,m,fp32,1,3,\n"), "a clock of 0 MHz, which no device has");
  EXPECT_EQ(skipped("d,ncnn,m,bf16,1,3,\n"), "precision 'bf16' is none of fp32, fp16, int8");
  EXPECT_EQ(skipped("d,ncnn,m,fp32,1.5,3,\n"), "threads is 1.5, not a whole number up to 1024");
  EXPECT_EQ(skipped("d,ncnn,,fp32,1,3,\n"), "model_id is empty");
  EXPECT_EQ(skipped("d,ncnn,m,fp32,1,,\n"),
            "nothing was measured: latency_ms, energy_mj, ram_kib and flash_kib are empty");
  EXPECT_EQ(skipped("d,ncnn,m\n"), "3 cells under 7 columns");
}

TEST(ReadMeasurements, RefusesWhatIsNoTable) {
  EXPECT_EQ(read_measurements("").error().text(), "error: the table is empty");
  EXPECT_EQ(
      read_measurements("a,b\n1,2\n").error().text(),
      "error: line 1: no column 'device_id' (a table of measurements has device_id, runtime, model_id, precision, "
      "latency_ms)");
}

}  // namespace
}  // namespace netfit::calib
