// SPDX-License-Identifier: Apache-2.0
#include "data/subset.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>
#include <vector>

namespace netfit::data {
namespace {

// SplitMix64 (Steele et al., "Fast splittable pseudorandom number generators", 2014): the standard library's
// distributions differ between implementations, this does not.
std::uint64_t next_random(std::uint64_t& state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

// The first `count` steps of a Fisher-Yates shuffle; the modulo's bias is below 2^-30 for any data set that fits.
std::vector<std::int64_t> draw(const Dataset& dataset, std::int64_t count, std::uint64_t seed) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(dataset.count()));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  for (std::int64_t i = 0; i < count; ++i) {
    const auto left = static_cast<std::uint64_t>(dataset.count() - i);
    std::swap(order[static_cast<std::size_t>(i)],
              order[static_cast<std::size_t>(i) + static_cast<std::size_t>(next_random(seed) % left)]);
  }
  order.resize(static_cast<std::size_t>(count));
  return order;
}

Dataset take_samples(const Dataset& dataset, std::span<const std::int64_t> drawn) {
  std::vector<std::int64_t> order(drawn.begin(), drawn.end());
  std::ranges::sort(order);

  Dataset chosen = dataset;
  chosen.samples = Tensor(dataset.samples.dtype(), dataset.samples.shape().with_dim(0, std::ssize(order)));
  chosen.labels.clear();
  const auto row = static_cast<std::size_t>(dataset.samples.byte_count() / dataset.count());
  std::byte* out = chosen.samples.mutable_bytes().data();
  for (const std::int64_t i : order) {
    std::memcpy(out, dataset.samples.bytes().data() + static_cast<std::size_t>(i) * row, row);
    out += row;
    if (dataset.labelled()) chosen.labels.push_back(dataset.labels[static_cast<std::size_t>(i)]);
  }
  return chosen;
}

}  // namespace

Dataset choose_samples(const Dataset& dataset, std::int64_t count, std::uint64_t seed) {
  if (count >= dataset.count()) return dataset;
  return take_samples(dataset, draw(dataset, count, seed));
}

ChosenAndHeldOut choose_and_hold_out(const Dataset& dataset, std::int64_t count, std::int64_t held_out,
                                     std::uint64_t seed) {
  const std::int64_t chosen = std::min(count, dataset.count());
  const std::int64_t all = std::min(chosen + held_out, dataset.count());
  const std::vector<std::int64_t> drawn = draw(dataset, all, seed);
  return {take_samples(dataset, std::span(drawn).first(static_cast<std::size_t>(chosen))),
          take_samples(dataset, std::span(drawn).subspan(static_cast<std::size_t>(chosen)))};
}

}  // namespace netfit::data
