// SPDX-License-Identifier: Apache-2.0
//
// Each layer's parameters beside the reference's. What is known of a difference, from the surest sign to the weakest:
//   weights match, bias does not           a bias lost or in wrong units; or, where it left 32 bits, a tiny scale
//   same weights in another order          axes or channels exchanged
//   channels multiplied by factors         which factors tells why: those of the layer's batch norm (folded twice, not
//                                          at all, with another epsilon), the layer's own scales in another order,
//                                          factors that the next layer undoes (equalized across a relu6)
//   anything else                          unknown

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "diagnose/clamps.h"
#include "diagnose/detectors/batch_norm_factors.h"
#include "diagnose/detectors/detectors.h"
#include "diagnose/detectors/layer_profile.h"
#include "diagnose/restore.h"
#include "ir/ops/conv.h"

namespace netfit::diagnose {
namespace {

constexpr double kSameRatio = 0.03;  // of 1: rounding moves the mean of a channel's weights less
constexpr double kSameOrder = 0.05;  // what is left between sorted weights, against the weights
constexpr double kBiasError = 0.1;   // of the layer's biases (root of squares); corrections are smaller
constexpr double kGreatestBias = 0x1p31;
constexpr double kMostChannels = 0.8;  // share of channels that must show a sign

/// What a layer shows.
struct Sign {
  FaultKind kind = FaultKind::Unknown;
  std::string what;
  double figure = 0.0;
  std::string unit;
  std::vector<std::int64_t> channels = {};
};

std::vector<double> sorted_all(const std::vector<std::vector<double>>& rows) {
  std::vector<double> all;
  for (const std::vector<double>& row : rows) all.insert(all.end(), row.begin(), row.end());
  std::ranges::sort(all);
  return all;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> apart;
  for (std::size_t i = 0; i < a.size(); ++i) apart.push_back(a[i] - b[i]);
  return root_of_squares(apart) / std::max(root_of_squares(b), 1e-30);
}

// How much of the weights a step of rounding may change.
double rounding_share(const LayerProfile& profile) {
  double noise = 0.0;
  double size = 0.0;
  for (std::size_t c = 0; c < profile.channels(); ++c) {
    noise += profile.steps[c] * profile.steps[c] / 12.0 * static_cast<double>(profile.weights[c].size());
    size += std::pow(root_of_squares(profile.weights[c]), 2);
  }
  return std::sqrt(noise / std::max(size, 1e-30));
}

// What rounding may change of a channel's weights, against their size.
double rounding_noise(const LayerProfile& profile, std::size_t channel) {
  const std::vector<double>& weights = profile.weights[channel];
  const double size = std::max(root_of_squares(weights), 1e-30);
  return profile.steps[channel] * std::sqrt(static_cast<double>(weights.size()) / 12.0) / size;
}

// Channels that are the reference's multiplied by one factor each, as far as rounding lets see.
bool is_rescaled(const LayerProfile& profile) {
  std::int64_t clean = 0;
  for (std::size_t c = 0; c < profile.channels(); ++c) {
    clean += profile.residuals[c] < 2.0 * rounding_noise(profile, c) + 0.02 && profile.ratios[c] > 0.0 ? 1 : 0;
  }
  return static_cast<double>(clean) >= kMostChannels * static_cast<double>(profile.channels());
}

// Integers of the right weights under the scales of other channels: the scales are those that the reference's weights
// ask for, in another order.
bool has_exchanged_scales(const LayerProfile& profile) {
  if (!profile.is_quantized() || profile.one_step()) return false;
  std::vector<double> own = profile.steps;
  std::vector<double> wanted;
  std::int64_t misplaced = 0;
  for (std::size_t c = 0; c < profile.channels(); ++c) {
    wanted.push_back(profile.steps[c] / profile.ratios[c]);
    // Learned rounding of few bits leans to one side; that is no other scale.
    misplaced += std::fabs(profile.ratios[c] - 1.0) > kSameRatio + rounding_noise(profile, c) ? 1 : 0;
  }
  std::ranges::sort(own);
  std::ranges::sort(wanted);
  return misplaced > 0 && distance(own, wanted) < kSameRatio;
}

std::optional<Sign> bias_sign(const LayerProfile& profile) {
  std::vector<double> error;
  std::vector<std::int64_t> overflown;
  for (std::size_t c = 0; c < profile.channels(); ++c) {
    const double apart = std::fabs(profile.bias[c] - profile.reference_bias[c]);
    error.push_back(std::max(0.0, apart - profile.bias_steps[c]));
    const double wanted =
        profile.bias_steps[c] > 0.0 ? std::fabs(profile.reference_bias[c]) / profile.bias_steps[c] : 0.0;
    const bool differs = error[c] > kBiasError * std::fabs(profile.reference_bias[c]);
    if (wanted >= kGreatestBias / 2 && differs) overflown.push_back(static_cast<std::int64_t>(c));
  }
  if (!overflown.empty()) {
    const auto first = static_cast<std::size_t>(overflown.front());
    return Sign{
        FaultKind::TinyChannelScale,
        fmt::format("{} channel(s) have scales so small that their biases need more than 32 bits; of channel {}",
                    overflown.size(), overflown.front()),
        profile.steps[first], "a step", overflown};
  }
  const double wanted = root_of_squares(profile.reference_bias);
  if (root_of_squares(error) <= kBiasError * wanted) return std::nullopt;
  if (root_of_squares(profile.bias) == 0.0)
    return Sign{FaultKind::BiasLost, "the bias is zero; the reference's is up to",
                std::fabs(*std::ranges::max_element(profile.reference_bias, {}, [](double b) { return std::fabs(b); })),
                ""};
  return Sign{FaultKind::BiasLost, "the bias differs from the reference's, which it exceeds",
              root_of_squares(profile.bias) / std::max(wanted, 1e-30), "times"};
}

class WeightDetector {
 public:
  explicit WeightDetector(const Examination& exam) : exam_(exam), profiles_(profile_layers(exam)) {}

  Suspicions run() {
    for (const LayerProfile& profile : profiles_) {
      if (const auto sign = sign_of(profile)) signs_.emplace_back(&profile, *sign);
    }
    Suspicions found;
    std::map<FaultKind, std::vector<std::size_t>> by_kind;
    for (std::size_t i = 0; i < signs_.size(); ++i) by_kind[signs_[i].second.kind].push_back(i);
    for (const auto& [kind, places] : by_kind) found.push_back(suspicion(kind, places));
    return found;
  }

 private:
  std::optional<Sign> sign_of(const LayerProfile& profile) const {
    if (profile.weights_match()) return bias_sign(profile);
    // A bias out of range goes with weights of the right size, give or take one that rounding has made of them.
    if (const auto bias = bias_sign(profile); bias && bias->kind == FaultKind::TinyChannelScale) return bias;
    const double direct = distance(flat(profile.weights), flat(profile.reference));
    const double sorted = distance(sorted_all(profile.weights), sorted_all(profile.reference));
    if (has_exchanged_scales(profile) && is_rescaled(profile)) {
      return Sign{FaultKind::WrongChannelScales, "the scales are those of its channels in another order; off by up to",
                  furthest(profile.ratios), "times"};
    }
    if (sorted < kSameOrder + 2.0 * rounding_share(profile) && direct > 4.0 * sorted) {
      return Sign{FaultKind::KernelLayout,
                  "the weights are the reference's in another order; in its order they differ by", 100.0 * direct, "%"};
    }
    if (is_rescaled(profile)) return rescaled_sign(profile);
    if (undoes_before_clamp(profile)) {
      return Sign{FaultKind::ClampLost, "input channels undo factors that lie before a clamp, up to",
                  furthest(input_ratios(profile)), "times"};
    }
    return Sign{FaultKind::Unknown, "the weights differ from the reference's by", 100.0 * direct, "%"};
  }

  std::optional<Sign> rescaled_sign(const LayerProfile& profile) const {
    if (const auto factors = batch_norm_factors(exam_, profile.layer.reference)) {
      if (const std::string how = explain_fold(*factors, profile.ratios); !how.empty()) {
        return Sign{FaultKind::BatchNormFold, "the batch norm is folded " + how + "; channels differ by up to",
                    furthest(profile.ratios), "times"};
      }
    }
    if (undone_behind_clamp(profile) || undoes_before_clamp(profile)) {
      return Sign{FaultKind::ClampLost, "channels are scaled across a clamp that still ends at 6, by up to",
                  furthest(profile.ratios), "times"};
    }
    return Sign{FaultKind::StaleBatchNorm, "channels are the reference's times factors of up to",
                furthest(profile.ratios), "times"};
  }

  static std::vector<double> flat(const std::vector<std::vector<double>>& rows) {
    std::vector<double> all;
    for (const std::vector<double>& row : rows) all.insert(all.end(), row.begin(), row.end());
    return all;
  }

  static double furthest(const std::vector<double>& ratios) {
    double most = 1.0;
    for (const double ratio : ratios) most = std::max({most, ratio, ratio > 0.0 ? 1.0 / ratio : 1.0});
    return most;
  }

  const LayerProfile* layer_behind(const LayerProfile& profile) const {
    const ir::ValueId result = exam_.form.node(profile.layer.subject).outputs.front();
    const auto reads = [&](const LayerProfile& other) {
      return exam_.form.node(other.layer.subject).inputs.front() == result;
    };
    const auto found = std::ranges::find_if(profiles_, reads);
    return found == profiles_.end() ? nullptr : &*found;
  }

  bool is_clamped(const LayerProfile& profile) const {
    return fused_activation(exam_.form.node(profile.layer.subject)) == ir::Activation::Relu6;
  }

  // The factor by which each input channel of a layer is multiplied. Of a depthwise layer that is part of its ratios:
  // the rest is the factor of its result, which the layer behind undoes.
  std::vector<double> input_ratios(const LayerProfile& profile) const {
    const ir::NodeView node(exam_.form, exam_.form.node(profile.layer.subject));
    const auto channels = static_cast<std::size_t>(node.input(0).shape.dim(-1));
    if (&node.op() == &ir::kDepthwiseConv2d) {
      std::vector<double> ratios = profile.ratios;
      const LayerProfile* behind = is_clamped(profile) ? layer_behind(profile) : nullptr;
      const std::vector<double> undone = behind == nullptr ? std::vector<double>() : input_ratios(*behind);
      for (std::size_t c = 0; c < std::min(undone.size(), ratios.size()); ++c) ratios[c] *= undone[c];
      return ratios;
    }
    std::vector<double> own(channels, 0.0);
    std::vector<double> wanted(channels, 0.0);
    for (std::size_t c = 0; c < profile.channels(); ++c) {
      for (std::size_t i = 0; i < profile.weights[c].size(); ++i) {
        own[i % channels] += profile.weights[c][i] * profile.reference[c][i];
        wanted[i % channels] += profile.reference[c][i] * profile.reference[c][i];
      }
    }
    for (std::size_t i = 0; i < channels; ++i) own[i] = wanted[i] > 0.0 ? own[i] / wanted[i] : 1.0;
    return own;
  }

  static bool undo_each_other(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() != b.size()) return false;
    std::int64_t undone = 0;
    std::int64_t scaled = 0;
    for (std::size_t c = 0; c < a.size(); ++c) {
      const bool is_scaled = std::fabs(a[c] - 1.0) > kSameRatio;
      scaled += is_scaled ? 1 : 0;
      undone += is_scaled && std::fabs(a[c] * b[c] - 1.0) < 0.1 ? 1 : 0;
    }
    return scaled > 0 && static_cast<double>(undone) >= 0.7 * static_cast<double>(scaled);
  }

  bool undone_behind_clamp(const LayerProfile& profile) const {
    if (!is_clamped(profile)) return false;
    const LayerProfile* behind = layer_behind(profile);
    if (behind == nullptr) return false;
    const ir::OpSpec& op = *exam_.form.node(profile.layer.subject).op;
    if (&op != &ir::kDepthwiseConv2d) return undo_each_other(profile.ratios, input_ratios(*behind));
    std::vector<double> given = profile.ratios;
    const std::vector<double> taken = input_ratios(profile);
    for (std::size_t c = 0; c < std::min(given.size(), taken.size()); ++c) given[c] /= std::max(taken[c], 1e-30);
    return undo_each_other(given, input_ratios(*behind));
  }

  // Whether a layer before scales across a clamp what this one undoes.
  bool undoes_before_clamp(const LayerProfile& profile) const {
    return std::ranges::any_of(profiles_, [&](const LayerProfile& other) {
      return layer_behind(other) == &profile && undone_behind_clamp(other);
    });
  }

  // One finding a kind: of several layers the one at fault is the one before, or there is no single one.
  Suspicion suspicion(FaultKind kind, const std::vector<std::size_t>& places) const {
    Suspicion result{.finding = {.kind = kind}, .where = Where::Float};
    std::vector<LayerPair> layers;
    for (const std::size_t place : places) {
      const auto& [profile, sign] = signs_[place];
      layers.push_back(profile->layer);
      result.finding.evidence.push_back({.what = sign.what,
                                         .place = profile->place,
                                         .channel = std::nullopt,
                                         .figure = sign.figure,
                                         .unit = sign.unit});
      if (result.finding.channels.empty()) result.finding.channels = sign.channels;
    }
    const bool pair = kind == FaultKind::ClampLost && places.size() == 2;
    if (places.size() == 1 || pair) result.finding.layer = signs_[places.front()].first->name;
    result.correct = [this_exam = &exam_, layers](ir::Graph& form) -> Result<void> {
      restore_layers(form, *this_exam->reference, layers, {.clamp = false});
      return {};
    };
    return result;
  }

  const Examination& exam_;
  std::vector<LayerProfile> profiles_;
  std::vector<std::pair<const LayerProfile*, Sign>> signs_;
};

}  // namespace

Result<Suspicions> suspect_weights(const Examination& exam) {
  if (exam.layers.empty()) return Suspicions{};
  return WeightDetector(exam).run();
}

}  // namespace netfit::diagnose
