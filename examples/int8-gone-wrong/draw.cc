// SPDX-License-Identifier: Apache-2.0
#include "draw.h"

namespace netfit::gone_wrong {

// SplitMix64 (Steele et al., "Fast splittable pseudorandom number generators", 2014).
std::uint64_t Draw::next() {
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

double Draw::real(double low, double high) { return low + (high - low) * static_cast<double>(next() >> 11) * 0x1p-53; }

std::int64_t Draw::integer(std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
}

}  // namespace netfit::gone_wrong
