// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace netfit::formats {

/// The metadata key under which files of every format keep it.
inline constexpr std::string_view kMakingKey = "netfit.quantization";

/// How a quantized file came about, in its maker's words. No dates and no paths: the same work gives the same bytes.
struct MakingRecord {
  std::string made_by;                  ///< "netfit 0.1.0"
  std::string scheme;                   ///< "int8"
  std::string recipe;                   ///< its name; empty where a scheme leaves nothing to choose, as all below
  std::string ranges;                   ///< the range search that ran: "mse", "percentile 99.99"
  std::vector<std::string> techniques;  ///< the recipe's others, in their order: "equalize", "rounding balanced"
  std::optional<std::int64_t> samples;  ///< of calibration
  std::optional<std::uint64_t> seed;

  friend bool operator==(const MakingRecord&, const MakingRecord&) = default;
};

/// One line of JSON: what is empty is left out.
std::string making_record_json(const MakingRecord& record);

/// Fails, with the key as place, on what is no such object and on words that no maker writes: more than 200 bytes, more
/// than 64 techniques. Members that are not known are ignored, as a later version may have them.
Result<MakingRecord> parse_making_record(std::string_view text);

}  // namespace netfit::formats
