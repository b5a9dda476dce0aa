// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "store/run.h"
#include "support/temporary_folder.h"

// For tests only: Runs to store.
namespace netfit::store {

/// A Run with every field filled; another `seed` is other work.
inline Run sample_run(std::uint64_t seed = 1) {
  Run run;
  run.candidate = {"cnn_small", "00112233445566778899aabbccddeeff", "int8", {{"fold", "yes"}, {"observer", "minmax"}}};
  run.data = {"cifar10", "test", 10'000, "d0d0"};
  run.device = {"stm32h747", "ab12"};
  run.runtime = {"x-cube-ai", "10.0", "cd34"};
  run.options = {{"clock_mhz", "400"}, {"batch", "1"}};
  run.seed = seed;
  run.tool_version = "0.1.0";
  run.readings = {{Quantity::Top1, 92.5, 91.9, 93.0, base::Source::Measured, "10000 images"},
                  {Quantity::Latency, 45.25, 30.0, 61.0, base::Source::Analytic, ""},
                  Reading::exact(Quantity::Flash, 501'760, base::Source::Analytic)};
  run.unavailable = {{Quantity::Energy, "the device states no energy figures"}};
  run.file = {"cnn_small.int8.tflite", 501'760, "ef56"};
  run.layers = {{"conv_0", "conv2d", 1'327'104, 12.5, 1.75, "compute", 0.41, 40'960},
                {"pool_1", "avg_pool2d", 0, 0.125, 0.0, "memory", 0.0, 20'480}};
  run.created = "2026-01-31T12:00:00Z";
  run.duration_ms = 1234.5;
  return run;
}

using support::TemporaryFolder;

}  // namespace netfit::store
