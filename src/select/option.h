// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/reading.h"
#include "store/run.h"

namespace netfit::select {

/// A Run as something to choose: one Reading per quantity, and for the rest the reason why there is none.
struct Option {
  std::string label;  ///< model, scheme and recipe, for people
  std::string key;    ///< of the Run
  std::string model;
  std::string scheme;
  std::string device;
  std::string runtime;
  std::string file;
  std::map<Quantity, Reading> readings;
  std::map<Quantity, std::string> missing;

  const Reading* find(Quantity quantity) const;
  /// For a quantity without reading.
  std::string why_missing(Quantity quantity) const;
  friend bool operator==(const Option&, const Option&) = default;
};

/// Of several Readings of one quantity the one nearest to hardware counts: measured, published, simulated, calibrated,
/// analytic; of equal sources the first.
Option option_of(const store::Run& run);
std::vector<Option> options_of(std::span<const store::Run> runs);

}  // namespace netfit::select
