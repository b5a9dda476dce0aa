// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "calib/measurement.h"
#include "cost/count_terms.h"
#include "tensor/dtype.h"

namespace netfit::calib {

/// Rows whose coefficients are fitted together, because their runtimes work alike.
enum class Population : std::uint8_t {
  Ncnn,             ///< ncnn on CPUs
  Mobile,           ///< TensorFlow Lite, Arm NN, Paddle Lite and their like on application processors
  Microcontroller,  ///< int8 runtimes on M profile cores
  Accelerator,      ///< GPUs, NPUs, edge TPUs
  Host,             ///< the computer that netfit runs on, measured by `calibrate --host`
};
inline constexpr int kPopulationCount = 5;
std::string_view name(Population population);
std::optional<Population> find_population(std::string_view name);

/// What a latency belongs to beside the model: device, runtime, version, arithmetic and threads.
struct Situation {
  Population population = Population::Ncnn;
  std::string board;    ///< the device_id: board, core and clock
  std::string core;     ///< canonical_core()
  std::string family;   ///< of the runtime: "ncnn", "tflite-ruy", "x-cube-ai"
  std::string runtime;  ///< with version, and with the kind of quantized file where that changes the kernels
  double clock_mhz = 0.0;
  double volts = 0.0;           ///< of the supply in which energy was measured; 0: the source does not say
  int threads = 1;              ///< 0: the source does not say
  bool mixture = false;         ///< several kinds of cores
  bool generation_new = false;  ///< a recent build, told from the models that it could run (ncnn prints no version)
  DType float_type = DType::Float32;
  bool int8 = false;

  /// How a model's work is counted for it.
  cost::CountingRules rules() const;
  /// Everything but int8: rows of one device, runtime and number of threads share coefficients.
  std::string key() const;
};

/// The situation of a row. `clock_mhz` falls back to 1000 where the row has none (a GPU's is rarely printed); the
/// coefficients of the device then mean cycles of such a clock.
Situation situation_of(const Measurement& row);

}  // namespace netfit::calib
