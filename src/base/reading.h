// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace netfit::base {

/// What a number says. Each has one unit (unit_of), so that a number cannot travel with a wrong one.
enum class Quantity : std::uint8_t {
  Top1,      ///< percent
  Latency,   ///< ms
  PeakRam,   ///< bytes: arena and runtime
  Arena,     ///< bytes: activations
  Flash,     ///< bytes: weights and code
  FileSize,  ///< bytes of the deployed file
  Energy,    ///< mJ per inference
  Macs,      ///< multiply-accumulates of one sample
  Params,    ///< learned numbers
};

/// Where a number comes from. A simulated count is never a time, a prediction never a measurement.
enum class Source : std::uint8_t { Analytic, Calibrated, Simulated, Measured, Published };

/// One number with all that it needs to be believed. [low, high] holds 90 %; a number that is exact has low == high.
struct Reading {
  Quantity quantity = Quantity::Top1;
  double value = 0.0;
  double low = 0.0;
  double high = 0.0;
  Source source = Source::Analytic;
  std::string note;

  static Reading exact(Quantity quantity, double value, Source source, std::string note = {}) {
    return {quantity, value, value, value, source, std::move(note)};
  }
  friend bool operator==(const Reading&, const Reading&) = default;
};

/// "top1", "latency", "peak_ram", ...: the name in files, columns and flags.
std::string_view name(Quantity quantity);
std::optional<Quantity> find_quantity(std::string_view name);
/// "%", "ms", "bytes", "mJ", "" for counts.
std::string_view unit_of(Quantity quantity);

std::string_view name(Source source);
std::optional<Source> find_source(std::string_view name);

}  // namespace netfit::base

namespace netfit {
using base::Quantity;
using base::Reading;
}  // namespace netfit
