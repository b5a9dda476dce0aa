// SPDX-License-Identifier: Apache-2.0
// Packing blocks with lifetimes into the least memory ("dynamic storage allocation") is NP-hard. A greedy placement
// takes the blocks in some order and gives each the lowest offset that is free during its lifetime; all that matters is
// the order. We try several that are good on different shapes of network (largest first is TFLM's), and then improve
// the best: whoever reaches up to the top of the arena goes first in the next try. On the networks in tests this ends
// at the largest simultaneous sum, which no plan can beat, mostly with the first order.
//
// Effort: a try costs the number of pairs that are alive at once. Graphs with more pairs than kMostPairs (hostile ones,
// a network has a few hundred) are placed once, in order of their first use, from a list of the free gaps.
#include "cost/packing.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

namespace netfit::cost {
namespace {

constexpr std::int64_t kMostPairs = 200'000;
constexpr int kImprovements = 24;

using Order = std::vector<std::size_t>;

bool alive_together(const Block& a, const Block& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

Order by_first_use(const std::vector<Block>& blocks) {
  Order order(blocks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return blocks[i].first_step; });
  return order;
}

// For each block the others that are alive at some moment of its life; no value if there are too many pairs.
std::optional<std::vector<Order>> find_neighbours(const std::vector<Block>& blocks) {
  std::vector<Order> neighbours(blocks.size());
  Order alive;
  std::int64_t pairs = 0;
  for (const std::size_t block : by_first_use(blocks)) {
    std::erase_if(alive, [&](std::size_t other) { return !alive_together(blocks[block], blocks[other]); });
    pairs += std::ssize(alive);
    if (pairs > kMostPairs) return std::nullopt;
    for (const std::size_t other : alive) {
      neighbours[block].push_back(other);
      neighbours[other].push_back(block);
    }
    alive.push_back(block);
  }
  return neighbours;
}

class Packer {
 public:
  Packer(const std::vector<Block>& blocks, const std::vector<Order>& neighbours)
      : blocks_(blocks), neighbours_(neighbours) {}

  Packing place(const Order& order) {
    Packing packing{std::vector<std::int64_t>(blocks_.size(), kUnplaced), 0};
    for (const std::size_t block : order) {
      const std::int64_t offset = lowest_gap(packing, block);
      packing.offsets[block] = offset;
      packing.bytes = std::max(packing.bytes, offset + blocks_[block].bytes);
    }
    return packing;
  }

 private:
  static constexpr std::int64_t kUnplaced = -1;

  std::int64_t lowest_gap(const Packing& packing, std::size_t block) {
    taken_.clear();
    for (const std::size_t other : neighbours_[block]) {
      const std::int64_t offset = packing.offsets[other];
      if (offset != kUnplaced) taken_.emplace_back(offset, offset + blocks_[other].bytes);
    }
    std::ranges::sort(taken_);
    std::int64_t offset = 0;
    for (const auto& [begin, end] : taken_) {
      if (offset + blocks_[block].bytes <= begin) break;
      offset = std::max(offset, end);
    }
    return offset;
  }

  const std::vector<Block>& blocks_;
  const std::vector<Order>& neighbours_;
  std::vector<std::pair<std::int64_t, std::int64_t>> taken_;
};

// Orders to begin with, each good at something.
std::vector<Order> starting_orders(const std::vector<Block>& blocks) {
  const auto life = [&](std::size_t i) { return blocks[i].last_step - blocks[i].first_step + 1; };
  const Order first_use = by_first_use(blocks);
  const auto sorted = [&](auto&& key) {
    Order order = first_use;
    std::ranges::stable_sort(order, std::greater<>(), key);
    return order;
  };
  return {
      sorted([&](std::size_t i) { return blocks[i].bytes; }),
      sorted([&](std::size_t i) { return std::pair(life(i), blocks[i].bytes); }),
      sorted([&](std::size_t i) { return static_cast<double>(blocks[i].bytes) * static_cast<double>(life(i)); }),
      first_use,
      sorted([&](std::size_t i) { return blocks[i].last_step; }),
  };
}

// The order with the block that ends highest (the earliest of them) moved to the front.
Order move_highest_to_front(Order order, const Packing& packing, const std::vector<Block>& blocks) {
  const auto highest =
      std::ranges::find_if(order, [&](std::size_t i) { return packing.offsets[i] + blocks[i].bytes == packing.bytes; });
  std::rotate(order.begin(), highest, highest + 1);
  return order;
}

// Gaps below the top of the arena, by offset.
class FreeList {
 public:
  std::int64_t take(std::int64_t bytes) {
    for (auto gap = gaps_.begin(); gap != gaps_.end(); ++gap) {
      if (gap->second < bytes) continue;
      const auto [offset, size] = *gap;
      gaps_.erase(gap);
      if (size > bytes) gaps_.emplace(offset + bytes, size - bytes);
      return offset;
    }
    top_ += bytes;
    return top_ - bytes;
  }

  void give_back(std::int64_t offset, std::int64_t bytes) {
    if (bytes == 0) return;
    auto gap = gaps_.emplace(offset, bytes).first;
    const auto next = std::next(gap);
    if (next != gaps_.end() && gap->first + gap->second == next->first) {
      gap->second += next->second;
      gaps_.erase(next);
    }
    if (gap == gaps_.begin()) return;
    const auto before = std::prev(gap);
    if (before->first + before->second != gap->first) return;
    before->second += gap->second;
    gaps_.erase(gap);
  }

  std::int64_t top() const { return top_; }

 private:
  std::map<std::int64_t, std::int64_t> gaps_;
  std::int64_t top_ = 0;
};

Packing place_in_order_of_use(const std::vector<Block>& blocks) {
  Packing packing{std::vector<std::int64_t>(blocks.size(), 0), 0};
  FreeList free;
  std::multimap<std::int64_t, std::size_t> alive;  // by last step
  for (const std::size_t block : by_first_use(blocks)) {
    while (!alive.empty() && alive.begin()->first < blocks[block].first_step) {
      const std::size_t dead = alive.begin()->second;
      free.give_back(packing.offsets[dead], blocks[dead].bytes);
      alive.erase(alive.begin());
    }
    packing.offsets[block] = free.take(blocks[block].bytes);
    alive.emplace(blocks[block].last_step, block);
  }
  packing.bytes = free.top();
  return packing;
}

}  // namespace

Packing pack(const std::vector<Block>& blocks, std::int64_t enough) {
  const auto neighbours = find_neighbours(blocks);
  if (!neighbours) return place_in_order_of_use(blocks);

  Packer packer(blocks, *neighbours);
  Packing best{{}, std::numeric_limits<std::int64_t>::max()};
  Order best_order;
  const auto attempt = [&](Order order) {
    Packing packing = packer.place(order);
    if (packing.bytes >= best.bytes) return packing;
    best = packing;
    best_order = std::move(order);
    return packing;
  };
  for (Order& order : starting_orders(blocks)) {
    attempt(std::move(order));
    if (best.bytes <= enough) return best;
  }
  Order order = best_order;
  Packing last = best;
  for (int i = 0; i < kImprovements && best.bytes > enough; ++i) {
    order = move_highest_to_front(std::move(order), last, blocks);
    last = attempt(order);
  }
  return best;
}

}  // namespace netfit::cost
