// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace netfit::gone_wrong {

/// Random choices that are the same for the same seed on every machine.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  double real(double low, double high);                       ///< in [low, high)
  std::int64_t integer(std::int64_t low, std::int64_t high);  ///< in [low, high]
  bool chance(double probability) { return real(0, 1) < probability; }
  template <typename T>
  const T& one_of(const std::vector<T>& things) {
    return things[static_cast<std::size_t>(integer(0, std::ssize(things) - 1))];
  }
  template <typename T>
  void shuffle(std::vector<T>& things) {
    for (std::int64_t i = std::ssize(things) - 1; i > 0; --i) {
      std::swap(things[static_cast<std::size_t>(i)], things[static_cast<std::size_t>(integer(0, i))]);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace netfit::gone_wrong
