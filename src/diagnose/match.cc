// SPDX-License-Identifier: Apache-2.0
// Two forms of one network differ in what is fused: batch norms, pads, clamps, changes of precision and of shape. Both
// have the same landmarks (landmarks.h); once those are paired, values follow by how far each is from its landmark.
#include "diagnose/match.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "diagnose/landmark_matcher.h"
#include "ir/ops/requantize.h"
#include "ir/uses.h"

namespace netfit::diagnose {
namespace {

float width(const Stage& stage) { return stage.clamp.high - stage.clamp.low; }

/// Finds in the wake of one landmark what a stage of its partner's wake is.
class Wake {
 public:
  Wake(const ir::Graph& graph, const Landmark& landmark) : graph_(graph), stages_(landmark.wake) {
    for (const Stage& stage : stages_) factors_ = std::max(factors_, stage.factors);
    for (const Stage& stage : stages_) {
      if (stage.factors == factors_) width_ = std::min(width_, width(stage));
    }
  }

  std::optional<ir::ValueId> find(const Stage& wanted, const Wake& its_wake) const {
    const auto fits = [&](const Stage& stage) { return elements(stage) == its_wake.elements(wanted); };
    for (const Stage& stage : stages_) {
      const bool same_clamp = stage.clamp.low == wanted.clamp.low && stage.clamp.high == wanted.clamp.high;
      if (fits(stage) && same_clamp && same_factors(stage, wanted, its_wake)) return stage.value;
    }
    // A clamp that one form has and the other lacks: what the next landmark reads is still meant to be the same.
    if (!its_wake.is_final(wanted)) return std::nullopt;
    for (const Stage& stage : stages_) {
      if (fits(stage) && is_final(stage)) return stage.value;
    }
    return std::nullopt;
  }

 private:
  std::int64_t elements(const Stage& stage) const { return graph_.value(stage.value).shape.element_count(); }
  bool is_final(const Stage& stage) const { return stage.factors == factors_ && width(stage) == width_; }
  // A batch norm may be folded, or be one step, or two: only a wake of as many steps has the values between them.
  bool same_factors(const Stage& stage, const Stage& wanted, const Wake& its_wake) const {
    if (factors_ == its_wake.factors_) return stage.factors == wanted.factors;
    return stage.factors == factors_ && wanted.factors == its_wake.factors_;
  }

  const ir::Graph& graph_;
  const std::vector<Stage>& stages_;
  int factors_ = 0;
  float width_ = std::numeric_limits<float>::infinity();
};

// Pixels and what the network's preprocessing makes of them are not the same thing.
bool inputs_differ(const ir::Graph& a, const ir::Graph& b, std::size_t input) {
  const auto& record_a = a.inputs[input].preprocessing;
  const auto& record_b = b.inputs[input].preprocessing;
  return record_a && record_b && *record_a != *record_b;
}

using Twins = std::unordered_map<ir::ValueId, ir::ValueId>;

Twins find_twins(const ir::Graph& a, const ir::Graph& b, const LandmarkMatcher& matcher) {
  Twins twins;
  for (std::size_t i = 0; i < matcher.b().all.size(); ++i) {
    const Landmark& landmark = matcher.b().all[i];
    const std::optional<std::size_t> partner = matcher.partner(i);
    if (!partner || (!landmark.node.valid() && inputs_differ(a, b, i))) continue;
    const Wake wake_a(a, matcher.a().all[*partner]);
    const Wake wake_b(b, landmark);
    for (const Stage& stage : landmark.wake) {
      if (const std::optional<ir::ValueId> twin = wake_a.find(stage, wake_b)) twins.emplace(stage.value, *twin);
    }
  }
  return twins;
}

class PairList {
 public:
  PairList(const ir::Graph& a, const ir::Graph& b, const LandmarkMatcher& matcher)
      : a_(a), b_(b), matcher_(matcher), twins_(find_twins(a, b, matcher)), uses_a_(a) {
    for (std::size_t i = 0; i < matcher.b().all.size(); ++i) landmarks_.emplace(matcher.b().all[i].node, i);
  }

  Match list() {
    for (const ir::GraphInput& input : b_.inputs) add_value(input.value);
    for (const ir::NodeId id : b_.order()) {
      const ir::Node& node = b_.node(id);
      for (const ir::ValueId value : node.outputs) add_value(value);
      const std::optional<ir::NodeId> twin = twin_of(id);
      if (twin) {
        match_.nodes.push_back({*twin, id});
      } else if (landmarks_.contains(id)) {
        match_.unmatched_b.push_back(id);
      }
    }
    return std::move(match_);
  }

 private:
  void add_value(ir::ValueId value) {
    const auto twin = twins_.find(value);
    if (twin != twins_.end()) match_.values.push_back({twin->second, value});
  }

  // Landmarks have partners; what else computes the same value by the same op is a pair, too.
  std::optional<ir::NodeId> twin_of(ir::NodeId id) const {
    const auto landmark = landmarks_.find(id);
    if (landmark != landmarks_.end()) {
      const std::optional<std::size_t> partner = matcher_.partner(landmark->second);
      return partner ? std::optional(matcher_.a().all[*partner].node) : std::nullopt;
    }
    const ir::Node& node = b_.node(id);
    const auto twin = twins_.find(node.outputs.front());
    if (node.op == &ir::kRequantize || twin == twins_.end()) return std::nullopt;
    const ir::NodeId producer = uses_a_.producer(twin->second);
    if (!producer.valid() || a_.node(producer).op != node.op) return std::nullopt;
    return producer;
  }

  const ir::Graph& a_;
  const ir::Graph& b_;
  const LandmarkMatcher& matcher_;
  Twins twins_;
  ir::Uses uses_a_;
  std::unordered_map<ir::NodeId, std::size_t> landmarks_;
  Match match_;
};

}  // namespace

Match match_graphs(const ir::Graph& a, const ir::Graph& b) {
  const LandmarkMatcher matcher(a, b);
  return PairList(a, b, matcher).list();
}

}  // namespace netfit::diagnose
