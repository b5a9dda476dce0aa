// SPDX-License-Identifier: Apache-2.0
// A landmark of b is paired with one of a of the same kind whose inputs are its inputs' partners (walking forwards);
// then, from pairs on, inputs with inputs (backwards), which reaches what lies behind a place where the two differ.
// What is left is paired by name, and both walks go on from there. Where several would do, such as the parallel
// convolutions of an inception block, the name decides, then the likeness of weights, then the order.
#include "diagnose/landmark_matcher.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <string>
#include <unordered_map>

#include "diagnose/constant_reals.h"
#include "ir/ops/elementwise.h"

namespace netfit::diagnose {
namespace {

// Likeness of weights is looked at for no more candidates than this: a network has fewer, a hostile file any number.
constexpr std::size_t kMostCandidates = 64;

bool is_commutative(const Landmark& landmark) {
  const ir::OpSpec* op = std::get<0>(landmark.kind);
  return op == &ir::kAdd || op == &ir::kMul;
}

double cosine(std::span<const float> a, std::span<const float> b) {
  double product = 0.0;
  double square_a = 0.0;
  double square_b = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i];
    const double y = b[i];
    product += x * y;
    square_a += x * x;
    square_b += y * y;
  }
  return product == 0.0 ? 0.0 : product / std::sqrt(square_a * square_b);
}

}  // namespace

LandmarkMatcher::LandmarkMatcher(const ir::Graph& a, const ir::Graph& b)
    : graph_a_(a),
      graph_b_(b),
      uses_a_(a),
      uses_b_(b),
      a_(find_landmarks(a)),
      b_(find_landmarks(b)),
      partner_of_a_(a_.all.size()),
      partner_of_b_(b_.all.size()) {
  for (std::size_t i = 0; i < a_.all.size(); ++i) {
    if (a_.all[i].node.valid()) by_inputs_[key_of(a_.all[i], a_.all[i].inputs)].push_back(i);
  }
  for (std::size_t i = 0; i < std::min(a.inputs.size(), b.inputs.size()); ++i) {
    if (a_.all[i].kind == b_.all[i].kind) pair(i, i);
  }
  walk_forwards();
  match_outputs();
  walk_backwards();
  walk_forwards();
  match_names();
  walk_backwards();
  walk_forwards();
}

LandmarkMatcher::Key LandmarkMatcher::key_of(const Landmark& landmark, std::vector<std::size_t> inputs) {
  if (is_commutative(landmark)) std::ranges::sort(inputs);
  return {landmark.kind, std::move(inputs)};
}

void LandmarkMatcher::pair(std::size_t a, std::size_t b) {
  partner_of_a_[a] = b;
  partner_of_b_[b] = a;
  recent_.emplace_back(a, b);
}

bool LandmarkMatcher::can_pair(std::size_t a, std::size_t b) const {
  return !partner_of_a_[a] && !partner_of_b_[b] && a_.all[a].node.valid() && b_.all[b].node.valid() &&
         a_.all[a].kind == b_.all[b].kind;
}

// From 0 to 3: two for the same name, up to one for weights that point the same way.
double LandmarkMatcher::likeness(std::size_t a, std::size_t b) const {
  const ir::NodeView node_a(graph_a_, graph_a_.node(a_.all[a].node));
  const ir::NodeView node_b(graph_b_, graph_b_.node(b_.all[b].node));
  const double name = node_a.output().name == node_b.output().name ? 2.0 : 0.0;
  if (std::get<2>(a_.all[a].kind) == 0) return name;
  const std::optional<Tensor> weights_a = constant_reals(node_a, 1, uses_a_);
  const std::optional<Tensor> weights_b = constant_reals(node_b, 1, uses_b_);
  if (!weights_a || !weights_b) return name;
  return name + std::abs(cosine(weights_a->data<float>(), weights_b->data<float>()));
}

std::optional<std::size_t> LandmarkMatcher::best_of(const std::vector<std::size_t>& candidates, std::size_t b) const {
  std::vector<std::size_t> free;
  std::ranges::copy_if(candidates, std::back_inserter(free), [&](std::size_t a) { return can_pair(a, b); });
  if (free.empty()) return std::nullopt;
  if (free.size() == 1) return free.front();
  free.resize(std::min(free.size(), kMostCandidates));
  return *std::ranges::max_element(free, {}, [&](std::size_t a) { return likeness(a, b); });
}

void LandmarkMatcher::walk_forwards() {
  for (std::size_t i = 0; i < b_.all.size(); ++i) {
    if (partner_of_b_[i]) continue;
    std::vector<std::size_t> inputs;
    for (const std::size_t input : b_.all[i].inputs) {
      if (partner_of_b_[input]) inputs.push_back(*partner_of_b_[input]);
    }
    if (inputs.size() < b_.all[i].inputs.size()) continue;
    const auto candidates = by_inputs_.find(key_of(b_.all[i], std::move(inputs)));
    if (candidates == by_inputs_.end()) continue;
    if (const std::optional<std::size_t> best = best_of(candidates->second, i)) pair(*best, i);
  }
}

void LandmarkMatcher::match_outputs() {
  for (std::size_t i = 0; i < std::min(graph_a_.outputs.size(), graph_b_.outputs.size()); ++i) {
    const auto place_a = a_.places.find(graph_a_.outputs[i].value);
    const auto place_b = b_.places.find(graph_b_.outputs[i].value);
    if (place_a == a_.places.end() || place_b == b_.places.end()) continue;
    const std::size_t a = place_a->second.landmark;
    const std::size_t b = place_b->second.landmark;
    if (can_pair(a, b)) pair(a, b);
  }
}

void LandmarkMatcher::walk_backwards() {
  while (!recent_.empty()) {
    const auto [a, b] = recent_.back();
    recent_.pop_back();
    std::vector<std::size_t> inputs_a = a_.all[a].inputs;
    const std::vector<std::size_t>& inputs_b = b_.all[b].inputs;
    if (inputs_a.size() != inputs_b.size()) continue;
    if (is_commutative(b_.all[b]) && prefers_crossed(inputs_a, inputs_b)) std::ranges::reverse(inputs_a);
    for (std::size_t i = 0; i < inputs_a.size(); ++i) {
      if (can_pair(inputs_a[i], inputs_b[i])) pair(inputs_a[i], inputs_b[i]);
    }
  }
}

bool LandmarkMatcher::prefers_crossed(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b) const {
  if (a.size() != 2) return false;
  const auto agreement = [&](std::size_t in_a, std::size_t in_b) {
    if (partner_of_b_[in_b]) return partner_of_b_[in_b] == in_a ? 4.0 : -4.0;
    return can_pair(in_a, in_b) ? 1.0 + likeness(in_a, in_b) : 0.0;
  };
  return agreement(a[0], b[1]) + agreement(a[1], b[0]) > agreement(a[0], b[0]) + agreement(a[1], b[1]);
}

void LandmarkMatcher::match_names() {
  std::unordered_map<std::string, std::size_t> owners;
  for (std::size_t i = 0; i < a_.all.size(); ++i) {
    for (const Stage& stage : a_.all[i].wake) owners.emplace(graph_a_.value(stage.value).name, i);
  }
  for (std::size_t i = 0; i < b_.all.size(); ++i) {
    for (const Stage& stage : b_.all[i].wake) {
      const auto owner = owners.find(graph_b_.value(stage.value).name);
      if (owner != owners.end() && can_pair(owner->second, i)) pair(owner->second, i);
    }
  }
}

}  // namespace netfit::diagnose
