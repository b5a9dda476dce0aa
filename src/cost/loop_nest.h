// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace netfit::cost {

/// An array as a kernel goes through it: what one iteration of the loops around it touches.
struct Operand {
  std::string_view name;      ///< "input", "weights", "output"
  std::int64_t base = 0;      ///< address of the array
  std::int64_t bytes = 0;     ///< of the array; what lies outside is padding, and is not touched
  std::int64_t offset = 0;    ///< from the base, in iteration 0; below 0 where padding comes first
  std::int64_t width = 0;     ///< bytes touched in one go
  std::int64_t rows = 1;      ///< goes of one iteration
  std::int64_t row_step = 0;  ///< bytes from one to the next
  /// Bytes from one iteration of each loop around it to the next, outermost first. It may be shorter than the nest: the
  /// operand is then touched behind the loops that are missing.
  std::vector<std::int64_t> steps;
  bool writes = false;
};

/// What a kernel does to memory: loops, outermost first, around accesses whose addresses grow by a fixed step in each.
struct LoopNest {
  std::vector<std::int64_t> trips;
  std::vector<Operand> operands;  ///< each of another array, none overlapping; alike deep ones in order of access

  std::int64_t iterations(const Operand& operand) const {
    std::int64_t product = operand.rows;
    for (std::size_t i = 0; i < operand.steps.size(); ++i) product *= trips[i];
    return product;
  }
};

/// Calls visit(operand, address, bytes) for every access in order, those to padding left out or cut.
template <typename Visit>
class NestWalk {
 public:
  NestWalk(const LoopNest& nest, Visit visit) : nest_(nest), visit_(std::move(visit)), at_(nest.operands.size()) {
    for (std::size_t i = 0; i < at_.size(); ++i) at_[i] = nest.operands[i].offset;
  }

  void run() { enter(0); }

 private:
  void enter(std::size_t depth) {
    if (depth < nest_.trips.size()) {
      for (std::int64_t i = 0; i < nest_.trips[depth]; ++i) {
        enter(depth + 1);
        move(depth, 1);
      }
      move(depth, -nest_.trips[depth]);
    }
    for (std::size_t i = 0; i < at_.size(); ++i) {
      if (nest_.operands[i].steps.size() == depth) touch(i);
    }
  }

  void move(std::size_t depth, std::int64_t iterations) {
    for (std::size_t i = 0; i < at_.size(); ++i) {
      const std::vector<std::int64_t>& steps = nest_.operands[i].steps;
      if (depth < steps.size()) at_[i] += iterations * steps[depth];
    }
  }

  void touch(std::size_t index) {
    const Operand& operand = nest_.operands[index];
    for (std::int64_t row = 0; row < operand.rows; ++row) {
      const std::int64_t begin = at_[index] + row * operand.row_step;
      const std::int64_t first = std::max<std::int64_t>(begin, 0);
      const std::int64_t last = std::min(begin + operand.width, operand.bytes);
      if (first < last) visit_(operand, operand.base + first, last - first);
    }
  }

  const LoopNest& nest_;
  Visit visit_;
  std::vector<std::int64_t> at_;  // offset of each operand in this iteration
};

}  // namespace netfit::cost
