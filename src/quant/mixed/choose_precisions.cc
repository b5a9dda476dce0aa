// SPDX-License-Identifier: Apache-2.0
// The multiple-choice knapsack problem: one option of each layer, the least sum of noise within a sum of cost.
//
// Layers are decided one after the other. After each, all partial assignments that can still matter are kept as states:
// - of two states, one that costs no more and is no noisier replaces the other, whatever follows;
// - the linear relaxation of the layers still open (fractions of two options allowed) bounds what can follow from
//   below, and a state that cannot get under the best complete assignment found so far goes. Its optimum is greedy:
//   from the cheapest options on, steps along each layer's lower convex hull of cost and noise, the one that removes
//   most noise for its cost first; only the last step is a fraction.
// The same greedy walk without that fraction completes every state to an assignment, which gives good ones early.
//
// Depth-first search with the same bound needs less memory and takes exponential time on layers that are alike, as they
// are in a network of equal blocks: there states merge. 60 random layers of five options take a millisecond.
#include "quant/mixed/choose_precisions.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"

namespace netfit::quant {
namespace {

// From one option of a layer to a dearer, less noisy one.
struct Step {
  std::size_t layer = 0;
  std::size_t option = 0;
  double cost = 0.0;  ///< more than before, > 0
  double gain = 0.0;  ///< less noise than before, > 0
};

// What is to be known of the layers from one on.
struct Suffix {
  double cost = 0.0;  ///< of the cheapest options
  double noise = 0.0;
  std::vector<Step> steps;                           ///< of the relaxation, the most gain for its cost first
  std::vector<double> costs{0.0}, noise_gains{0.0};  ///< of the first n steps
};

// Places of the options that no other beats, cheapest first: cost rises, noise falls.
std::vector<std::size_t> frontier(const std::vector<Option>& options) {
  NETFIT_CHECK(!options.empty());
  std::vector<std::size_t> order(options.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return std::tuple(options[i].cost, options[i].noise); });
  std::vector<std::size_t> kept;
  for (const std::size_t i : order) {
    if (kept.empty() || options[i].noise < options[kept.back()].noise) kept.push_back(i);
  }
  return kept;
}

// Steps along the lower convex hull of a layer's frontier: gain for cost falls.
std::vector<Step> hull_steps(const LayerChoice& layer, std::size_t place) {
  std::vector<Step> steps;
  const std::vector<std::size_t> kept = frontier(layer.options);
  for (std::size_t i = 1; i < kept.size(); ++i) {
    const Option& before = layer.options[kept[i - 1]];
    const Option& after = layer.options[kept[i]];
    Step step{place, kept[i], after.cost - before.cost, before.noise - after.noise};
    while (!steps.empty() && step.gain * steps.back().cost >= steps.back().gain * step.cost) {
      step.cost += steps.back().cost;
      step.gain += steps.back().gain;
      steps.pop_back();
    }
    steps.push_back(step);
  }
  return steps;
}

std::vector<Suffix> suffixes_of(std::span<const LayerChoice> layers) {
  std::vector<Suffix> suffixes(layers.size() + 1);
  for (std::size_t i = layers.size(); i-- > 0;) {
    Suffix& suffix = suffixes[i];
    const Option& cheapest = layers[i].options[frontier(layers[i].options).front()];
    suffix.cost = suffixes[i + 1].cost + cheapest.cost;
    suffix.noise = suffixes[i + 1].noise + cheapest.noise;
    suffix.steps = hull_steps(layers[i], i);
    const auto own = static_cast<std::ptrdiff_t>(suffix.steps.size());
    suffix.steps.insert(suffix.steps.end(), suffixes[i + 1].steps.begin(), suffixes[i + 1].steps.end());
    std::ranges::inplace_merge(suffix.steps, suffix.steps.begin() + own,
                               [](const Step& a, const Step& b) { return a.gain * b.cost > b.gain * a.cost; });
    for (const Step& step : suffix.steps) {
      suffix.costs.push_back(suffix.costs.back() + step.cost);
      suffix.noise_gains.push_back(suffix.noise_gains.back() + step.gain);
    }
  }
  return suffixes;
}

// The first layers decided.
struct State {
  double cost = 0.0;
  double noise = 0.0;
  std::size_t parent = 0;  ///< place in the states of one layer fewer
  std::size_t option = 0;  ///< of the last decided layer
};

// What the relaxation says of a state's open layers.
struct Relaxation {
  std::size_t whole_steps = 0;
  double least_noise = 0.0;   ///< below which no completion gets
  double greedy_noise = 0.0;  ///< of the completion by whole steps
};

Relaxation relax(const State& state, const Suffix& open, double budget) {
  const double left = budget - state.cost - open.cost;
  const auto first_too_dear = std::ranges::upper_bound(open.costs, left);
  Relaxation result{.whole_steps = static_cast<std::size_t>(first_too_dear - open.costs.begin()) - 1};
  result.greedy_noise = state.noise + open.noise - open.noise_gains[result.whole_steps];
  result.least_noise = result.greedy_noise;
  if (result.whole_steps < open.steps.size()) {
    const Step& next = open.steps[result.whole_steps];
    result.least_noise -= next.gain * (left - open.costs[result.whole_steps]) / next.cost;
  }
  return result;
}

// Every continuation of `states` by one layer that fits, without those that another beats.
std::vector<State> expand(const std::vector<State>& states, const LayerChoice& layer, double most_cost) {
  std::vector<State> next;
  const std::vector<std::size_t> kept = frontier(layer.options);
  for (std::size_t parent = 0; parent < states.size(); ++parent) {
    for (const std::size_t i : kept) {
      const State state{states[parent].cost + layer.options[i].cost, states[parent].noise + layer.options[i].noise,
                        parent, i};
      if (state.cost <= most_cost) next.push_back(state);
    }
  }
  std::ranges::sort(next, {}, [](const State& s) { return std::tuple(s.cost, s.noise, s.parent, s.option); });
  std::vector<State> front;
  for (const State& state : next) {
    if (front.empty() || state.noise < front.back().noise) front.push_back(state);
  }
  return front;
}

Assignment sum(std::span<const LayerChoice> layers, std::vector<std::size_t> chosen) {
  Assignment assignment{.chosen = std::move(chosen)};
  for (std::size_t i = 0; i < layers.size(); ++i) {
    assignment.cost += layers[i].options[assignment.chosen[i]].cost;
    assignment.noise += layers[i].options[assignment.chosen[i]].noise;
  }
  return assignment;
}

std::vector<std::size_t> cheapest_options(std::span<const LayerChoice> layers) {
  std::vector<std::size_t> chosen;
  for (const LayerChoice& layer : layers) chosen.push_back(frontier(layer.options).front());
  return chosen;
}

// A complete assignment as the search holds it: a state and the greedy steps behind it.
struct Incumbent {
  double noise = 0.0;
  std::size_t decided = 0;
  std::size_t state = 0;
  std::size_t steps = 0;
};

std::vector<std::size_t> options_of(const Incumbent& best, const std::vector<std::vector<State>>& states,
                                    const std::vector<Suffix>& suffixes, std::span<const LayerChoice> layers) {
  std::vector<std::size_t> chosen = cheapest_options(layers);
  for (std::size_t i = 0; i < best.steps; ++i) {
    const Step& step = suffixes[best.decided].steps[i];
    chosen[step.layer] = step.option;
  }
  std::size_t place = best.state;
  for (std::size_t decided = best.decided; decided > 0; --decided) {
    chosen[decided - 1] = states[decided][place].option;
    place = states[decided][place].parent;
  }
  return chosen;
}

}  // namespace

std::optional<Assignment> choose_precisions(std::span<const LayerChoice> layers, double budget) {
  const std::vector<Suffix> suffixes = suffixes_of(layers);
  if (suffixes.front().cost > budget) return std::nullopt;
  std::vector<std::vector<State>> states{{State{}}};
  const Relaxation root = relax(states.front().front(), suffixes.front(), budget);
  Incumbent best{.noise = root.greedy_noise, .steps = root.whole_steps};
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Suffix& open = suffixes[i + 1];
    std::vector<State> all = expand(states.back(), layers[i], budget - open.cost);
    std::vector<State> promising;
    for (const State& state : all) {
      const Relaxation relaxed = relax(state, open, budget);
      if (relaxed.least_noise >= best.noise) continue;
      if (relaxed.greedy_noise < best.noise) {
        best = {relaxed.greedy_noise, i + 1, promising.size(), relaxed.whole_steps};
      }
      promising.push_back(state);
    }
    states.push_back(std::move(promising));
  }
  return sum(layers, options_of(best, states, suffixes, layers));
}

std::vector<Assignment> precision_curve(std::span<const LayerChoice> layers, int between) {
  std::vector<Assignment> curve{sum(layers, cheapest_options(layers))};
  std::vector<std::size_t> chosen = curve.front().chosen;
  const auto add = [&](Assignment assignment) {
    if (assignment.noise < curve.back().noise) curve.push_back(std::move(assignment));
  };
  const std::vector<Suffix> suffixes = suffixes_of(layers);
  for (const Step& step : suffixes.front().steps) {
    const double from = curve.back().cost;
    chosen[step.layer] = step.option;
    Assignment corner = sum(layers, chosen);
    for (int i = 1; i <= between; ++i) {
      const double budget = from + (corner.cost - from) * i / (between + 1);
      add(*choose_precisions(layers, budget));
    }
    add(std::move(corner));
  }
  return curve;
}

}  // namespace netfit::quant
