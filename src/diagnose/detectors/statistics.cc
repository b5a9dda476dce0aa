// SPDX-License-Identifier: Apache-2.0
//
// Batch norms of the reference whose running statistics are not those of the data. What lies behind a wrong one sees
// wrong data, too, so the first that is far off is the one to try alone.

#include "diagnose/detectors/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include "diagnose/detectors/detectors.h"
#include "diagnose/detectors/layer_profile.h"
#include "ir/ops/normalization.h"
#include "ir/uses.h"
#include "passes/constants.h"
#include "quant/techniques/reestimate_batch_norm.h"

namespace netfit::diagnose {
namespace {

constexpr std::int64_t kSamples = 128;
constexpr double kFar = 0.2;        // of StaleRecord::shift: running averages of a sound training come nearer
constexpr double kLeastGain = 0.8;  // points of accuracy
constexpr double kMainCause = 0.7;  // of what correcting all brings back
constexpr std::size_t kTried = 3;

struct Moments {
  std::vector<double> sums;
  std::vector<double> squares;
  double count = 0.0;

  void add(const Tensor& tensor) {
    const auto channels = static_cast<std::size_t>(tensor.shape().dim(-1));
    sums.resize(channels, 0.0);
    squares.resize(channels, 0.0);
    const std::span<const float> elements = tensor.data<float>();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const auto element = static_cast<double>(elements[i]);
      sums[i % channels] += element;
      squares[i % channels] += element * element;
    }
    count += static_cast<double>(elements.size() / channels);
  }
  double mean(std::size_t c) const { return sums[c] / count; }
  double variance(std::size_t c) const { return std::max(squares[c] / count - mean(c) * mean(c), 1e-12); }
};

using MomentsByNode = std::unordered_map<ir::NodeId, Moments>;

std::vector<ir::NodeId> batch_norms(const ir::Graph& network) {
  std::vector<ir::NodeId> found;
  for (const ir::NodeId id : network.order()) {
    const ir::NodeView node(network, network.node(id));
    if (&node.op() == &ir::kBatchNorm && node.input(3).is_constant() && node.input(4).is_constant())
      found.push_back(id);
  }
  return found;
}

Result<MomentsByNode> moments_of(const ir::Graph& network, const Tensor& input, const Tools& tools) {
  std::unordered_map<ir::ValueId, std::vector<ir::NodeId>> readers;
  for (const ir::NodeId id : batch_norms(network)) readers[network.node(id).inputs.front()].push_back(id);
  const auto executor = NETFIT_TRY(exec::create_fast_observable(network, tools.engine));
  MomentsByNode moments;
  const auto gather = [&](ir::ValueId value, std::int64_t, const Tensor& tensor) {
    const auto found = readers.find(value);
    if (found == readers.end()) return;
    for (const ir::NodeId id : found->second) moments[id].add(tensor);
  };
  NETFIT_TRY(executor->run_observed(std::array{input}, gather, tools.progress));
  return moments;
}

void give(ir::Graph& network, ir::NodeId id, const Moments& moments) {
  passes::Wiring wiring(network);
  std::vector<float> means;
  std::vector<float> variances;
  for (std::size_t c = 0; c < moments.sums.size(); ++c) {
    means.push_back(static_cast<float>(moments.mean(c)));
    variances.push_back(static_cast<float>(moments.variance(c)));
  }
  const Shape shape{std::ssize(means)};
  passes::replace_constant(wiring, id, 3, Tensor::from(shape, means));
  passes::replace_constant(wiring, id, 4, Tensor::from(shape, variances));
}

// The middle channel: dead ones have next to no variance, and any factor there is chance.
double shift_of(const ir::NodeView& batch_norm, const Moments& moments) {
  const std::vector<double> means = tensor::to_doubles(*batch_norm.input(3).constant);
  const std::vector<double> variances = tensor::to_doubles(*batch_norm.input(4).constant);
  const auto epsilon = static_cast<double>(batch_norm.attrs<ir::BatchNormAttrs>().epsilon);
  std::vector<double> shifts;
  for (std::size_t c = 0; c < means.size(); ++c) {
    const double variance = moments.variance(c) + epsilon;
    const double mean = (means[c] - moments.mean(c)) / std::sqrt(variance);
    shifts.push_back(std::hypot(mean, std::log2((variances[c] + epsilon) / variance)));
  }
  return median(shifts);
}

// What a layer is called whose results the batch norm takes, as which a folded file knows both.
std::string layer_of(const ir::Graph& network, ir::NodeId batch_norm) {
  const ir::NodeId producer = ir::Uses(network).producer(network.node(batch_norm).inputs.front());
  return network.node(producer.valid() ? producer : batch_norm).name;
}

class StatisticsDetector {
 public:
  StatisticsDetector(const Examination& exam, Tensor input)
      : exam_(exam), network_(exam.given.reference->graph), input_(std::move(input)) {
    before_ = accuracy(exam.answers.at(RungKind::Float));
  }

  Result<Suspicions> run() {
    const std::vector<StaleRecord> records = NETFIT_TRY(compare_statistics(network_, input_, exam_.tools));
    const auto is_far = [](const StaleRecord& record) { return record.shift > kFar; };
    if (std::ranges::none_of(records, is_far)) return Suspicions{};
    ir::Graph all = network_;
    NETFIT_TRY(measure_statistics(all, input_, exam_.tools));
    const double gain = NETFIT_TRY(gain_of(all));
    if (gain < kLeastGain) return Suspicions{};
    Suspicion suspicion{.finding = {.kind = FaultKind::StaleBatchNorm, .weight = gain}};
    std::size_t tried = 0;
    for (const StaleRecord& record : records) {
      if (!is_far(record) || tried++ == kTried) continue;
      suspicion.finding.evidence.push_back(
          {.what = "means and variances lie from those of the training samples (middle channel) by",
           .place = ir::describe(ir::NodeView(network_, network_.node(record.batch_norm))),
           .channel = std::nullopt,
           .figure = record.shift,
           .unit = "deviations"});
      ir::Graph one = network_;
      NETFIT_TRY(measure_statistics(one, input_, exam_.tools, record.batch_norm));
      if (NETFIT_TRY(gain_of(one)) < kMainCause * gain) continue;
      suspicion.finding.layer = layer_of(network_, record.batch_norm);
      break;
    }
    return Suspicions{std::move(suspicion)};
  }

 private:
  double accuracy(const Answers& answers) const { return percent_same(answers.classes, exam_.given.test.labels); }

  Result<double> gain_of(const ir::Graph& network) const {
    const Answers answers = NETFIT_TRY(answer(network, exam_.given.test, exam_.record, exam_.tools));
    return accuracy(answers) - before_;
  }

  const Examination& exam_;
  const ir::Graph& network_;
  Tensor input_;
  double before_ = 0.0;
};

}  // namespace

Result<std::vector<StaleRecord>> compare_statistics(const ir::Graph& network, const Tensor& input, const Tools& tools) {
  const MomentsByNode moments = NETFIT_TRY(moments_of(network, input, tools));
  std::vector<StaleRecord> records;
  for (const ir::NodeId id : batch_norms(network)) {
    records.push_back({id, shift_of(ir::NodeView(network, network.node(id)), moments.at(id))});
  }
  return records;
}

Result<void> measure_statistics(ir::Graph& network, const Tensor& input, const Tools& tools, ir::NodeId only) {
  if (!only.valid()) {
    const quant::Samples samples{.inputs = {input}, .engine = tools.engine, .progress = tools.progress};
    NETFIT_TRY(quant::reestimate_batch_norms(network, samples));
    return {};
  }
  const MomentsByNode moments = NETFIT_TRY(moments_of(network, input, tools));
  give(network, only, moments.at(only));
  return {};
}

Result<Suspicions> suspect_statistics(const Examination& exam) {
  const bool has_data = exam.given.training && exam.given.test.labelled();
  if (!exam.has_reference() || !has_data || batch_norms(exam.given.reference->graph).empty()) return Suspicions{};
  const data::Dataset samples = first_samples(*exam.given.training, kSamples);
  Tensor input = NETFIT_TRY(make_input(exam.given.reference->graph, samples, exam.record));
  return StatisticsDetector(exam, std::move(input)).run();
}

}  // namespace netfit::diagnose
