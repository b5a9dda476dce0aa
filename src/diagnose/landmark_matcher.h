// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "diagnose/landmarks.h"
#include "ir/uses.h"

namespace netfit::diagnose {

/// Pairs the landmarks of two forms of one network.
class LandmarkMatcher {
 public:
  LandmarkMatcher(const ir::Graph& a, const ir::Graph& b);

  const Landmarks& a() const { return a_; }
  const Landmarks& b() const { return b_; }
  /// Of a landmark of b, by place; the place of one of a.
  std::optional<std::size_t> partner(std::size_t b) const { return partner_of_b_[b]; }

 private:
  using Key = std::pair<Landmark::Kind, std::vector<std::size_t>>;

  static Key key_of(const Landmark& landmark, std::vector<std::size_t> inputs);
  void pair(std::size_t a, std::size_t b);
  bool can_pair(std::size_t a, std::size_t b) const;
  double likeness(std::size_t a, std::size_t b) const;
  std::optional<std::size_t> best_of(const std::vector<std::size_t>& candidates, std::size_t b) const;
  bool prefers_crossed(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b) const;

  void walk_forwards();
  void walk_backwards();
  void match_outputs();
  void match_names();

  const ir::Graph& graph_a_;
  const ir::Graph& graph_b_;
  ir::Uses uses_a_;
  ir::Uses uses_b_;
  Landmarks a_;
  Landmarks b_;
  std::map<Key, std::vector<std::size_t>> by_inputs_;  ///< landmarks of a
  std::vector<std::optional<std::size_t>> partner_of_a_;
  std::vector<std::optional<std::size_t>> partner_of_b_;
  std::vector<std::pair<std::size_t, std::size_t>> recent_;  ///< pairs whose inputs have not been compared
};

}  // namespace netfit::diagnose
