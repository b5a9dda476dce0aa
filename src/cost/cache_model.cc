// SPDX-License-Identifier: Apache-2.0
// Misses from reuse distances, loop by loop from the inside (the idea is that of Wolf and Lam, "A Data Locality
// Optimizing Algorithm", PLDI 1991, section 4, made exact about sets).
//
// An iteration of a loop touches some lines of each array: its footprint. The next iteration finds again those that
// both share, if in their sets no more lines than there are ways came by between the two touches. Every line of an
// array is fetched once; beyond that, `again(l)` lines in one execution of loop l, whose iterations share `shared` of
// theirs:
//
//   again(l) = trips * again(l + 1) + (1 - stays) * shared,   shared = trips * lines of an iteration - lines of all
//
// `stays` is the share of an array's lines that are still there, judged for some iterations of the loop and for some
// stretches within each.
//
// Left out: prefetching, other programs, caches that do not keep what was used last.
#include "cost/cache_model.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "cost/footprint.h"

namespace netfit::cost {
namespace {

constexpr std::int64_t kSamples = 12;   // iterations that are judged
constexpr std::int64_t kStretches = 4;  // of each of them
constexpr std::int64_t kLongestOverlap = 16;
constexpr double kGoldenRatio = 0.6180339887498949;

using BySet = std::vector<double>;

double sum(const BySet& counts) { return std::accumulate(counts.begin(), counts.end(), 0.0); }

class Model {
 public:
  Model(const LoopNest& nest, const device::Cache& cache) : nest_(nest), cache_(cache) {
    for (const Operand& operand : nest.operands) footprints_.push_back(footprints_of(operand));
  }

  std::vector<CacheTraffic> run() const {
    std::vector<CacheTraffic> traffic;
    for (std::size_t i = 0; i < nest_.operands.size(); ++i) {
      traffic.push_back(judge(nest_.operands[i], footprints_[i], fetched_again(i)));
    }
    return traffic;
  }

 private:
  // By depth d: what is touched while the d loops outside stand still.
  std::vector<Footprint> footprints_of(const Operand& operand) const {
    const std::size_t depth = operand.steps.size();
    std::vector<Footprint> by_depth(depth + 1);
    by_depth[depth] = Footprint(operand.offset, operand.width, operand.rows, operand.row_step);
    for (std::size_t d = depth; d-- > 0;) {
      by_depth[d] = by_depth[d + 1].repeated(nest_.trips[d], operand.steps[d]);
    }
    return by_depth;
  }

  double lines(const Operand& operand, const Footprint& footprint) const {
    return static_cast<double>(footprint.lines(operand.base, cache_.line_bytes));
  }

  // An access of some bytes asks for one line more where it crosses a border: as often as its alignment makes it.
  double accesses(const Operand& operand) const {
    std::int64_t alignment = std::gcd(cache_.line_bytes, std::gcd(operand.base + operand.offset, operand.row_step));
    for (const std::int64_t step : operand.steps) alignment = std::gcd(alignment, step);
    const double each = 1.0 + static_cast<double>(std::max<std::int64_t>(0, operand.width - alignment)) /
                                  static_cast<double>(cache_.line_bytes);
    return each * static_cast<double>(nest_.iterations(operand));
  }

  double fetched_again(std::size_t index) const {
    const Operand& operand = nest_.operands[index];
    const std::vector<Footprint>& footprints = footprints_[index];
    double again = 0.0;
    for (std::size_t d = operand.steps.size(); d-- > 0;) {
      const auto trips = static_cast<double>(nest_.trips[d]);
      if (nest_.trips[d] == 1) continue;
      const Stay stay = judge_stay(index, d);
      const double shared = std::max(0.0, trips * stay.lines - lines(operand, footprints[d]));
      again = trips * again + (1.0 - stay.share) * shared;
    }
    return again;
  }

  // Padding is walked through but not touched: as much less of everything as there is less to touch.
  CacheTraffic judge(const Operand& operand, const std::vector<Footprint>& footprints, double again) const {
    const double touched = lines(operand, footprints.front().clipped(0, operand.bytes));
    const double inside = touched / std::max(1.0, lines(operand, footprints.front()));
    return {.accesses = accesses(operand), .misses = touched + again * inside, .first = touched};
  }

  // A place in the nest at which a loop goes from one iteration to the next: iterations of the loop and of those
  // outside.
  using Place = std::vector<std::int64_t>;

  // Spread evenly over all loops at once (Kronecker's sequence).
  Place sample_place(std::size_t d, std::int64_t sample, std::int64_t samples) const {
    Place place(d + 1);
    place[d] = (2 * sample + 1) * (nest_.trips[d] - 1) / (2 * samples);
    double phase = 0.5;
    for (std::size_t outer = d; outer-- > 0;) {
      phase *= kGoldenRatio;
      const double turn = phase * static_cast<double>(2 * sample + 1);
      place[outer] = static_cast<std::int64_t>((turn - std::floor(turn)) * static_cast<double>(nest_.trips[outer]));
    }
    return place;
  }

  static std::int64_t offset_at(const Operand& operand, const Place& place) {
    std::int64_t offset = 0;
    for (std::size_t d = 0; d < std::min(place.size(), operand.steps.size()); ++d)
      offset += place[d] * operand.steps[d];
    return offset;
  }

  struct Stay {
    double lines = 0.0;  ///< of an operand in one iteration
    double share = 1.0;  ///< of those that the next iteration finds
  };

  Stay judge_stay(std::size_t index, std::size_t d) const {
    const Operand& operand = nest_.operands[index];
    const Sweep sweep = sweep_of(index, d);
    const std::int64_t stretches = std::min(kStretches, sweep.turns);
    const std::int64_t samples = std::min(kSamples, nest_.trips[d] - 1);
    Stay stay;
    double kept = 0.0;
    double seen = 0.0;
    BySet own;
    for (std::int64_t sample = 0; sample < samples; ++sample) {
      const Place place = sample_place(d, sample, samples);
      const Footprint iteration = footprints_[index][d + 1].shifted(offset_at(operand, place));
      const Footprint shared = iteration.common(iteration.shifted(operand.steps[d])).clipped(0, operand.bytes);
      stay.lines += lines(operand, iteration) / static_cast<double>(samples);
      for (std::int64_t stretch = 0; stretch < stretches; ++stretch) {
        const std::int64_t begin = stretch * sweep.turns / stretches;
        const std::int64_t end = (stretch + 1) * sweep.turns / stretches;
        const BySet needed = lines_between(place, sweep, (begin + end) / 2);
        own.assign(needed.size(), 0.0);
        touched_first(index, place, sweep, begin, end).common(shared).count_lines(operand.base, cache_, own);
        for (std::size_t set = 0; set < own.size(); ++set) kept += needed[set] <= cache_.ways ? own[set] : 0.0;
        seen += sum(own);
      }
    }
    if (seen > 0) stay.share = kept / seen;
    return stay;
  }

  // The loop inside d along which an operand's lines are touched one after the other. The loops between the two touch
  // all lines in each of their iterations.
  struct Sweep {
    std::size_t loop = 0;     ///< the operand's depth where it stands still in all of them
    std::int64_t turns = 1;   ///< iterations of the loop
    std::int64_t length = 1;  ///< turns in a row that touch the same line
  };

  Sweep sweep_of(std::size_t index, std::size_t d) const {
    const Operand& operand = nest_.operands[index];
    Sweep sweep{.loop = d + 1};
    while (sweep.loop < operand.steps.size() && (operand.steps[sweep.loop] == 0 || nest_.trips[sweep.loop] == 1)) {
      ++sweep.loop;
    }
    if (sweep.loop == operand.steps.size()) return sweep;
    sweep.turns = nest_.trips[sweep.loop];
    const Footprint& turn = footprints_[index][sweep.loop + 1];
    while (sweep.length < std::min(sweep.turns, kLongestOverlap) &&
           !turn.common(turn.shifted(sweep.length * operand.steps[sweep.loop])).empty()) {
      ++sweep.length;
    }
    return sweep;
  }

  // What the operand touches for the first time in turns `begin` to `end`.
  Footprint touched_first(std::size_t index, const Place& place, const Sweep& sweep, std::int64_t begin,
                          std::int64_t end) const {
    const Operand& operand = nest_.operands[index];
    const std::int64_t offset = offset_at(operand, place);
    if (sweep.loop == operand.steps.size()) return footprints_[index][place.size()].shifted(offset);
    const std::int64_t step = operand.steps[sweep.loop];
    const Footprint part =
        footprints_[index][sweep.loop + 1].repeated(end - begin, step).shifted(offset + begin * step);
    const std::int64_t last_touch = std::min(sweep.turns - end, sweep.length - 1);
    return part.common(part.shifted(last_touch * step));
  }

  // By set: lines that come by between the last touch of a line in iteration i of a loop and the first in i + 1, for
  // lines that are touched first in that turn of the sweep.
  BySet lines_between(const Place& place, const Sweep& sweep, std::int64_t turn) const {
    BySet counts(static_cast<std::size_t>(cache_.set_count()), 0.0);
    const std::int64_t last = std::min(sweep.turns - 1, turn + sweep.length - 1);
    for (std::size_t i = 0; i < nest_.operands.size(); ++i) {
      const Operand& operand = nest_.operands[i];
      const std::size_t depth = operand.steps.size();
      if (depth < place.size()) continue;
      std::int64_t before = offset_at(operand, place);
      const std::int64_t after = before + operand.steps[place.size() - 1];
      for (std::size_t between = place.size(); between < std::min(sweep.loop, depth); ++between) {
        before += (nest_.trips[between] - 1) * operand.steps[between];
      }
      Footprint touched;
      if (depth > sweep.loop) {
        const std::int64_t step = operand.steps[sweep.loop];
        const Footprint& one = footprints_[i][sweep.loop + 1];
        touched = one.repeated(sweep.turns - last, step).shifted(before + last * step);
        if (turn > 0) touched = touched.joined(one.repeated(turn, step).shifted(after));
      } else {
        const Footprint& one = footprints_[i][depth];
        touched = one.shifted(before).joined(one.shifted(after));
      }
      touched.clipped(0, operand.bytes).count_lines(operand.base, cache_, counts);
    }
    return counts;
  }

  const LoopNest& nest_;
  const device::Cache& cache_;
  std::vector<std::vector<Footprint>> footprints_;  // by operand and depth
};

}  // namespace

std::vector<CacheTraffic> predict_traffic(const LoopNest& nest, const device::Cache& cache) {
  return Model(nest, cache).run();
}

}  // namespace netfit::cost
