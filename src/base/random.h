// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace netfit::base {

/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014): the same numbers on every
/// machine, unlike <random>, whose distributions differ between standard libraries.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

  /// Uniform in [low, high), up to rounding; the 24 random bits are exact in a float.
  float real(float low, float high) { return low + (high - low) * (static_cast<float>(bits() >> 40) * 0x1p-24F); }

  /// Uniform in [low, high], for low <= high; the bias of the remainder is below 2^-32 for ranges up to 2^32.
  std::int64_t integer(std::int64_t low, std::int64_t high) {
    const std::uint64_t count = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
    const std::uint64_t step = count == 0 ? bits() : bits() % count;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + step);
  }

  /// True that often, in percent.
  bool chance(int percent) { return integer(0, 99) < percent; }

 private:
  std::uint64_t state_;
};

}  // namespace netfit::base
