// SPDX-License-Identifier: Apache-2.0
//
// Every number is right but for rounding, and rounding costs too much. Why it does is found by taking it back in part:
// weights rounded per channel instead of per tensor; the channels of residual groups, or of those between two layers,
// left exact, with the weights around them. What brings the answers back is what was too coarse.

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include <fmt/format.h>

#include "diagnose/detectors/channel_spread.h"
#include "diagnose/detectors/detectors.h"
#include "diagnose/detectors/layer_profile.h"
#include "diagnose/float_form.h"
#include "diagnose/restore.h"
#include "passes/constants.h"
#include "passes/layer_channels.h"

namespace netfit::diagnose {
namespace {

constexpr double kFewIntegers = 8.0;  // weights below it fit into 4 bits
constexpr double kMostLayers = 0.8;   // of the layers must be so
constexpr double kMainCause = 0.5;    // of what all brings back
constexpr double kByChannels = 0.25;  // of the same, for scales per channel: a file that has none lacks them first
constexpr double kUneven = 1.5;       // of log2: SpreadGroup::spread
constexpr std::size_t kTried = 6;     // groups that are left exact one by one

bool is_uneven(const SpreadGroup* group) { return group->spread > kUneven && !group->channels.empty(); }

class PrecisionDetector {
 public:
  PrecisionDetector(const Examination& exam, std::vector<SpreadGroup> groups)
      : exam_(exam), groups_(std::move(groups)), profiles_(profile_layers(exam)) {}

  Result<Suspicions> run() {
    if (share([](const LayerProfile& profile) { return profile.greatest_integer() < kFewIntegers; }) >= kMostLayers) {
      return Suspicions{too_few_bits()};
    }
    before_ = agreement_on_trials(
        exam_, exam_.climbed(RungKind::WeightsActivations) ? RungKind::WeightsActivations : RungKind::WeightsOnly);
    NETFIT_TRY(find_spread());
    const auto shares_step = [](const LayerProfile& profile) { return profile.one_step() && profile.channels() > 1; };
    if (share(shares_step) >= kMostLayers) NETFIT_TRY(find_per_tensor());
    return std::move(found_);
  }

 private:
  template <typename Test>
  double share(Test test) const {
    const auto count = std::ranges::count_if(profiles_, test);
    return profiles_.empty() ? 0.0 : static_cast<double>(count) / static_cast<double>(profiles_.size());
  }

  Suspicion too_few_bits() const {
    Suspicion result{.finding = {.kind = FaultKind::TooFewBits}, .where = Where::Float};
    double greatest = 0.0;
    for (const LayerProfile& profile : profiles_) greatest = std::max(greatest, profile.greatest_integer());
    result.finding.evidence.push_back(
        {.what = "every weight is the nearest that its step allows; the greatest integer is",
         .place = "",
         .channel = std::nullopt,
         .figure = std::round(greatest),
         .unit = ""});
    result.correct = [this_exam = &exam_](ir::Graph& form) -> Result<void> {
      restore_layers(form, *this_exam->reference, this_exam->layers, {.clamp = false});
      return {};
    };
    return result;
  }

  // Agreement with these groups exact, and the reference's weights around them.
  Result<double> gain_without(const std::vector<const SpreadGroup*>& groups) const {
    ir::Graph graph = exam_.form;
    std::unordered_set<ir::ValueId> exact;
    for (const SpreadGroup* group : groups) {
      exact.insert(group->values.begin(), group->values.end());
      for (const ir::NodeId layer : group->layers) {
        const ir::NodeId* reference = exam_.reference_of(layer);
        if (reference != nullptr) restore_layer(graph, *exam_.reference, {layer, *reference}, {.clamp = false});
      }
    }
    add_fake_quantization(graph, exam_.subject, exact);
    return gain_of(graph);
  }

  Result<double> gain_of(const ir::Graph& graph) const {
    const Answers answers = NETFIT_TRY(answer(graph, exam_.trials, exam_.harness, exam_.tools));
    return agreement_on_trials(exam_, answers) - before_;
  }

  Suspicion spread_of(FaultKind kind, const SpreadGroup& worst) const {
    Suspicion result{.finding = {.kind = kind}};
    result.finding.evidence.push_back(
        {.what = fmt::format(
             "{} of its channels are more than 4 times larger or smaller than the middle one; they spread by",
             worst.channels.size()),
         .place = worst.first_layer.valid() ? ir::describe(ir::NodeView(exam_.form, exam_.form.node(worst.first_layer)))
                                            : "input",
         .channel = std::nullopt,
         .figure = std::exp2(worst.spread),
         .unit = "times"});
    return result;
  }

  Result<void> find_spread() {
    for (const bool residual : {true, false}) {
      std::vector<const SpreadGroup*> groups;
      for (const SpreadGroup& group : groups_) {
        if (group.residual == residual) groups.push_back(&group);
      }
      // Channels that are alike are not what makes rounding costly.
      if (std::ranges::none_of(groups, is_uneven)) continue;
      const double all = NETFIT_TRY(gain_without(groups));
      Suspicion suspicion = spread_of(residual ? FaultKind::ResidualSpread : FaultKind::ChannelSpread, *groups.front());
      suspicion.finding.weight = all;
      NETFIT_TRY(narrow_down(groups, suspicion));
      found_.push_back(std::move(suspicion));
    }
    std::ranges::stable_sort(
        found_, [](const Suspicion& a, const Suspicion& b) { return a.finding.weight > b.finding.weight; });
    return {};
  }

  // One group that is at fault alone.
  Result<void> narrow_down(const std::vector<const SpreadGroup*>& groups, Suspicion& suspicion) const {
    for (std::size_t i = 0; i < std::min(kTried, groups.size()); ++i) {
      const double gain = NETFIT_TRY(gain_without({groups[i]}));
      if (gain < kMainCause * suspicion.finding.weight) continue;
      const double weight = suspicion.finding.weight;
      suspicion = spread_of(suspicion.finding.kind, *groups[i]);
      suspicion.finding.weight = weight;
      suspicion.finding.channels = groups[i]->channels;
      for (const ir::ValueId value : groups[i]->values) {
        suspicion.finding.values.push_back(exam_.form.value(value).name);
      }
      if (!groups[i]->residual && groups[i]->first_layer.valid()) {
        suspicion.finding.layer = exam_.form.node(groups[i]->first_layer).name;
      }
      return {};
    }
    return {};
  }

  // Reference weights rounded to 8 bits with a step for each channel.
  Tensor rounded_per_channel(const LayerProfile& profile) const {
    const ir::NodeView layer(*exam_.reference, exam_.reference->node(profile.layer.reference));
    Tensor weights = *layer.input(1).constant;
    std::vector<double> step(profile.channels(), 1e-30);
    for (std::size_t c = 0; c < profile.channels(); ++c) {
      for (const double weight : profile.reference[c]) step[c] = std::max(step[c], std::fabs(weight) / 127.0);
    }
    const std::span<float> elements = weights.mutable_data<float>();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const double unit = step[passes::channels_of(layer, i).output];
      elements[i] = static_cast<float>(std::round(static_cast<double>(elements[i]) / unit) * unit);
    }
    return weights;
  }

  Result<void> find_per_tensor() {
    ir::Graph graph = exam_.form;
    passes::Wiring wiring(graph);
    for (const LayerProfile& profile : profiles_) {
      passes::replace_constant(wiring, profile.layer.subject, 1, rounded_per_channel(profile));
    }
    if (exam_.climbed(RungKind::WeightsActivations)) add_fake_quantization(graph, exam_.subject);
    Suspicion suspicion{.finding = {.kind = FaultKind::PerTensorWeights, .weight = NETFIT_TRY(gain_of(graph))}};
    const double all = found_.empty() ? 0.0 : found_.front().finding.weight;
    if (suspicion.finding.weight < kByChannels * all) return {};
    suspicion.finding.evidence.push_back(
        {.what = "agreement comes back with a scale for each channel of the weights, by",
         .place = "",
         .channel = std::nullopt,
         .figure = suspicion.finding.weight,
         .unit = "points"});
    add_worst_layer(suspicion.finding);
    // Channels so uneven make activations and the rest of the weights coarse, too: that comes second, although it
    // brings back more together with the weights around it.
    suspicion.finding.weight = std::max(suspicion.finding.weight, all);
    for (Suspicion& beside : found_) beside.finding.weight *= 0.9;
    found_.insert(found_.begin(), std::move(suspicion));
    return {};
  }

  // The layer whose least channel is smallest beside its step.
  void add_worst_layer(Finding& finding) const {
    const LayerProfile* worst = nullptr;
    double least = 0.0;
    for (const LayerProfile& profile : profiles_) {
      for (const std::vector<double>& row : profile.reference) {
        double largest = 0.0;
        for (const double weight : row) largest = std::max(largest, std::fabs(weight));
        const double steps = largest / profile.steps.front();
        if (worst != nullptr && steps >= least) continue;
        worst = &profile;
        least = steps;
      }
    }
    finding.evidence.push_back({.what = "the largest weight of its smallest channel is",
                                .place = worst->place,
                                .channel = std::nullopt,
                                .figure = least,
                                .unit = "steps"});
  }

  const Examination& exam_;
  std::vector<SpreadGroup> groups_;
  std::vector<LayerProfile> profiles_;
  double before_ = 0.0;
  Suspicions found_;
};

}  // namespace

Result<Suspicions> suspect_precision(const Examination& exam) {
  if (exam.layers.empty()) return Suspicions{};
  return PrecisionDetector(exam, NETFIT_TRY(find_spread_groups(exam))).run();
}

}  // namespace netfit::diagnose
