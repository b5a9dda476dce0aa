// SPDX-License-Identifier: Apache-2.0
//
// The channels of each value are cut into blocks, weakest first, the first block just large enough to leave a multiple.
// All blocks together are sorted by what they matter (for what they save); since a block may only go after the weaker
// ones of its value, it counts at least as much as they do. The cost falls with every block, so a bisection finds how
// many go. A value whose blocks save nothing, together, is left whole.

#include "train/pruning/choose_channels.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "train/pruning/remove_channels.h"

namespace netfit::train {
namespace {

using passes::ChannelGroup;
using passes::ChannelStrands;
using passes::Strand;

struct Block {
  std::vector<Strand> strands;
  double score = 0;
};

/// The strands of a group that first appear in one value, and how many channels that value has in all.
struct Part {
  std::vector<Strand> strands;
  std::int64_t channels = 0;
};

std::vector<Part> parts_of(const ChannelGroup& group, const ChannelStrands& strands, const Importance& importance) {
  std::vector<Part> parts;
  std::set<Strand> left;
  for (const Strand strand : group.strands) {
    if (std::isfinite(importance[strand])) left.insert(strand);
  }
  for (const ir::ValueId value : group.values) {
    const std::set<Strand> own(strands.of(value).begin(), strands.of(value).end());
    Part part{.channels = std::ssize(own)};
    for (const Strand strand : own) {
      if (left.erase(strand) > 0) part.strands.push_back(strand);
    }
    if (!part.strands.empty()) parts.push_back(std::move(part));
  }
  return parts;
}

std::vector<Block> blocks_of(Part part, const Importance& importance, std::int64_t multiple) {
  std::ranges::stable_sort(part.strands, {}, [&](Strand strand) { return importance[strand]; });
  std::vector<Block> blocks;
  auto next = part.strands.begin();
  for (std::int64_t kept = part.channels; kept > multiple;) {
    const std::int64_t fewer = (kept - 1) / multiple * multiple;
    if (part.strands.end() - next < kept - fewer) break;
    blocks.push_back({std::vector<Strand>(next, next + (kept - fewer))});
    next += kept - fewer;
    kept = fewer;
  }
  return blocks;
}

class Chooser {
 public:
  Chooser(const ir::Graph& graph, const ChannelStrands& strands, const Importance& importance,
          const ChannelTarget& target)
      : graph_(graph), strands_(strands), importance_(importance), target_(target) {}

  Result<std::vector<bool>> choose() {
    whole_ = NETFIT_TRY(target_.cost(graph_));
    if (whole_ <= target_.allowed) return std::vector<bool>(strands_.count(), false);
    NETFIT_TRY(collect());
    std::ranges::stable_sort(blocks_, {}, &Block::score);
    const double least = NETFIT_TRY(cost_without(blocks_.size()));
    if (least > target_.allowed) {
      return bad_input(
          fmt::format("cannot become that small: without every channel that can go it costs {:.6g} of "
                      "{:.6g} (asked for: {:.6g})",
                      least, whole_, target_.allowed));
    }
    std::size_t too_few = 0;
    std::size_t enough = blocks_.size();
    while (enough - too_few > 1) {
      const std::size_t middle = std::midpoint(too_few, enough);
      const double cost = NETFIT_TRY(cost_without(middle));
      (cost <= target_.allowed ? enough : too_few) = middle;
    }
    return without(enough);
  }

 private:
  Result<void> collect() {
    bool any = false;
    for (const ChannelGroup& group : strands_.groups()) {
      for (Part& part : parts_of(group, strands_, importance_)) {
        std::vector<Block> blocks = blocks_of(std::move(part), importance_, target_.multiple);
        any = any || !blocks.empty();
        NETFIT_TRY(add(std::move(blocks)));
      }
    }
    if (!any)
      return bad_input(fmt::format("has no channels that can go: none are free in more than {}", target_.multiple));
    return {};
  }

  Result<void> add(std::vector<Block> blocks) {
    double channels = 0;
    std::vector<bool> removed(strands_.count(), false);
    for (const Block& block : blocks) {
      channels += static_cast<double>(block.strands.size());
      for (const Strand strand : block.strands) removed[strand] = true;
    }
    if (blocks.empty()) return {};
    const double saved = whole_ - NETFIT_TRY(target_.cost(remove_channels(graph_, strands_, removed)));
    if (!(saved > 0)) return {};
    const double unit = target_.ranking == Ranking::Plain ? 1 : saved / channels;
    double weaker = 0;
    for (Block& block : blocks) {
      double sum = 0;
      for (const Strand strand : block.strands) sum += importance_[strand];
      block.score = weaker = std::max(weaker, sum / (unit * static_cast<double>(block.strands.size())));
      blocks_.push_back(std::move(block));
    }
    return {};
  }

  std::vector<bool> without(std::size_t count) const {
    std::vector<bool> removed(strands_.count(), false);
    for (const Block& block : std::span(blocks_).first(count)) {
      for (const Strand strand : block.strands) removed[strand] = true;
    }
    return removed;
  }

  Result<double> cost_without(std::size_t count) const {
    return target_.cost(remove_channels(graph_, strands_, without(count)));
  }

  const ir::Graph& graph_;
  const ChannelStrands& strands_;
  const Importance& importance_;
  const ChannelTarget& target_;
  double whole_ = 0;
  std::vector<Block> blocks_;
};

}  // namespace

Result<std::vector<bool>> choose_channels(const ir::Graph& graph, const ChannelStrands& strands,
                                          const Importance& importance, const ChannelTarget& target) {
  return Chooser(graph, strands, importance, target).choose();
}

}  // namespace netfit::train
