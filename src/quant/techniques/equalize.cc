// SPDX-License-Identifier: Apache-2.0
//
// A group is scaled only if that makes the noise of 8 bits around it much less (channel_noise.h). Its channels then go
// all the way, by a power of two each: a factor of range^-a * gain^((1-a)/2), where the gain is how loud an error of
// the channel is in the layers behind. With a = 1 the ranges of the activations become even, with a = 1/2 what
// activations and weights suffer is balanced, as cross-layer equalization does it; which of the candidates is best
// depends on the group, so each is judged by the noise that it leaves. Groups touch at layers, whose weights belong to
// both, so they take turns until nothing changes.

#include "quant/techniques/equalize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "passes/node_activation.h"
#include "quant/techniques/channel_noise.h"
#include "quant/techniques/scale_strands.h"

namespace netfit::quant {
namespace {

using ir::ValueId;

// In power: 8 dB. No group of the zoo's networks gains more than 5.6, no collapsed one less than 12.
constexpr double kLeastGain = 6.3;
constexpr std::array kExponents{1.0, 0.5};
constexpr int kMostRounds = 4;
// Other images may go this much farther than the samples before a relu6 clips them that did not clip before.
constexpr double kRoomToClip = 2.0;

double floor_to_power_of_two(double x) { return std::exp2(std::floor(std::log2(x))); }

class Equalizer {
 public:
  Equalizer(const ir::Graph& graph, const StatisticsByValue& statistics)
      : graph_(graph),
        statistics_(statistics),
        strands_(graph),
        noise_(graph, strands_, statistics),
        factors_(strands_.count(), 1.0),
        ranges_(strands_.count(), 0.0),
        least_(strands_.count(), 0.0),
        most_(strands_.count(), std::numeric_limits<double>::infinity()) {
    for (const auto& [value, channels] : statistics) {
      for (std::size_t c = 0; c < channels.size(); ++c) {
        double& range = ranges_[strands_.of(value)[c]];
        range = std::max(range, reach(channels[c]));
      }
    }
    for (const ir::NodeId id : graph.order()) bound(graph.node(id));
  }

  void run() {
    for (int round = 0; round < kMostRounds; ++round) {
      bool changed = false;
      for (const ChannelGroup& group : strands_.groups()) changed = improve(group) || changed;
      if (!changed) return;
    }
  }

  void apply(ir::Graph& graph) const { scale_strands(graph, strands_, factors_); }

  Equalization report() const {
    Equalization result;
    for (const ChannelGroup& group : strands_.groups()) {
      const auto scaled = std::ranges::count_if(group.strands, [&](Strand strand) { return factors_[strand] != 1.0; });
      if (scaled > 0) result.groups.push_back(describe(group, scaled));
    }
    return result;
  }

 private:
  // A channel that a relu6 clips keeps its scale; another may grow as long as nothing is clipped, and may not shrink,
  // because the clip might meet other images.
  void bound(const ir::Node& node) {
    const ir::ActivationRange limits = ir::range_of(passes::activation_of(node));
    const auto channels = statistics_.find(node.outputs.front());
    if (!std::isfinite(limits.high) || channels == statistics_.end()) return;
    for (std::size_t c = 0; c < channels->second.size(); ++c) {
      const Strand strand = strands_.of(node.outputs.front())[c];
      const ChannelStatistics& channel = channels->second[c];
      const double used = std::max(channel.high / limits.high, limits.low < 0 ? channel.low / limits.low : 0.0F);
      const double most = used > 0 ? std::max(1.0, floor_to_power_of_two(1 / (kRoomToClip * used))) : 1.0;
      least_[strand] = 1.0;
      most_[strand] = std::min(most_[strand], most);
    }
  }

  bool is_bounded(const ChannelGroup& group) const {
    return std::ranges::any_of(group.strands, [&](Strand strand) { return least_[strand] > 0; });
  }

  bool improve(const ChannelGroup& group) {
    const double before = noise_.behind(group, factors_);
    double best = before / kLeastGain;
    std::vector<double> chosen = factors_;
    for (const double exponent : kExponents) {
      std::vector<double> candidate = candidate_for(group, exponent);
      const double noise = noise_.behind(group, candidate);
      if (!(noise < best)) continue;
      best = noise;
      chosen = std::move(candidate);
    }
    const bool changed = chosen != factors_;
    factors_ = std::move(chosen);
    return changed;
  }

  /// All factors, with those of the group by the rule above.
  std::vector<double> candidate_for(const ChannelGroup& group, double exponent) const {
    std::vector<Strand> alive;
    std::vector<double> wanted;  // log2 of factors
    for (const Strand strand : group.strands) {
      const double gain = noise_.gain(strand);
      if (!(ranges_[strand] > 0 && gain > 0)) continue;
      alive.push_back(strand);
      wanted.push_back(-exponent * std::log2(ranges_[strand]) + (1 - exponent) / 2 * std::log2(gain));
    }
    std::vector<double> result = factors_;
    if (alive.empty()) return result;
    const double shift = is_bounded(group) ? up_to_the_greatest(alive, wanted) : -median(wanted);
    for (std::size_t i = 0; i < alive.size(); ++i) {
      const double factor = std::exp2(std::round(wanted[i] + shift));
      result[alive[i]] = std::clamp(factor, least_[alive[i]], most_[alive[i]]);
    }
    return result;
  }

  /// So that no channel gets a greater range than the group has.
  double up_to_the_greatest(const std::vector<Strand>& alive, const std::vector<double>& wanted) const {
    double greatest = 0;
    for (const Strand strand : alive) greatest = std::max(greatest, ranges_[strand]);
    double shift = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < alive.size(); ++i) {
      shift = std::min(shift, std::log2(greatest / ranges_[alive[i]]) - wanted[i]);
    }
    return shift;
  }

  static double median(std::vector<double> numbers) {
    const auto middle = numbers.begin() + std::ssize(numbers) / 2;
    std::ranges::nth_element(numbers, middle);
    return *middle;
  }

  /// Where the strand lies in the first value of the group that has it.
  std::int64_t channel_of(Strand strand, const ChannelGroup& group) const {
    for (const ValueId value : group.values) {
      const std::span<const Strand> strands = strands_.of(value);
      const auto place = std::ranges::find(strands, strand);
      if (place != strands.end()) return place - strands.begin();
    }
    return 0;
  }

  EqualizedGroup describe(const ChannelGroup& group, std::int64_t scaled) const {
    EqualizedGroup result{.channels = std::ssize(group.strands), .scaled = scaled};
    for (const ValueId value : group.values) result.values.push_back(graph_.value(value).name);
    std::vector<double> without = factors_;
    for (const Strand strand : group.strands) {
      without[strand] = 1.0;
      const double factor = std::max(factors_[strand], 1 / factors_[strand]);
      if (factor <= result.largest_factor) continue;
      result.largest_factor = factor;
      result.worst_channel = channel_of(strand, group);
    }
    result.gain_db = 10 * std::log10(noise_.behind(group, without) / noise_.behind(group, factors_));
    return result;
  }

  const ir::Graph& graph_;
  const StatisticsByValue& statistics_;
  ChannelStrands strands_;
  ChannelNoise noise_;
  std::vector<double> factors_;
  // By strand: the range that it needs in the value where it needs most, and the factors that it may have.
  std::vector<double> ranges_;
  std::vector<double> least_;
  std::vector<double> most_;
};

}  // namespace

Result<Equalization> equalize(ir::Graph& graph, const Samples& samples) {
  const StatisticsByValue statistics = NETFIT_TRY(measure_channels(graph, samples));
  Equalizer equalizer(graph, statistics);
  equalizer.run();
  Equalization report = equalizer.report();
  equalizer.apply(graph);
  return report;
}

}  // namespace netfit::quant
