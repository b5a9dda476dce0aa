// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/environment.h"
#include "cli/mixed/mixed_curve.h"

namespace netfit::cli {

/// What is small on the curve.
struct MixedCost {
  std::string what;  ///< "bytes", "latency on stm32h747"
  std::string unit;  ///< "bytes", "ms"
  bool is_bytes() const { return unit == "bytes"; }
};

/// The assignment that was written.
struct MixedFile {
  std::string path;
  MixedPoint point;
  std::string wanted;  ///< "at most 400,000 bytes"
};

struct MixedAnswer {
  std::string model;
  MixedCost cost;
  const MixedNetwork& network;
  const MixedCurve& curve;
  std::optional<MixedFile> file;
};

void print_mixed_text(const MixedAnswer& answer, const Environment& environment);
void print_mixed_json(const MixedAnswer& answer, const Environment& environment);

/// The curve as a table with every layer's precision, or as a picture.
std::string mixed_csv(const MixedAnswer& answer);
std::string mixed_svg(const MixedAnswer& answer);

}  // namespace netfit::cli
