// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace netfit::formats::ncnn {

/// The numbered parameters of a layer: `0=32` is one number, `-23303=2,1,2` the array of parameter 3.
class Params {
 public:
  /// The number of parameter `id`; an absent one is `fallback`.
  double number(int id, double fallback) const;
  /// The same, which must be whole and at most 2^31 in size; fails with the parameter's id.
  Result<std::int64_t> whole(int id, std::int64_t fallback) const;
  /// Whole and within [low, high].
  Result<std::int64_t> within(int id, std::int64_t fallback, std::int64_t low, std::int64_t high) const;
  /// Numbers of an array; an absent one is empty.
  std::vector<double> numbers(int id) const;
  Result<std::vector<std::int64_t>> wholes(int id) const;
  bool has(int id) const { return entries_.contains(id); }

  /// Reads one `id=value` of a line.
  Result<void> add(std::string_view word);

 private:
  std::map<int, std::vector<double>> entries_;
};

/// Parameter 30: dimensions (w), (w, h) or (w, h, c) of each result, as some converters write them down.
inline constexpr int kShapeHints = 30;

/// One line of the file.
struct Layer {
  std::string type;
  std::string name;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  Params params;
  std::int64_t line = 0;

  /// "line 12, Convolution 'conv1'": how messages name it.
  std::string where() const;
};

struct ParamFile {
  std::vector<Layer> layers;
  std::int64_t blob_count = 0;
};

Result<ParamFile> parse_param_file(std::string_view text);

}  // namespace netfit::formats::ncnn
