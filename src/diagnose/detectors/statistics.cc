// SPDX-License-Identifier: Apache-2.0
//
// Batch norms of the reference whose running statistics are not those of the data. What lies behind a wrong one sees
// wrong data, too, so the first that is far off is the one to try alone.

#include "diagnose/detectors/statistics.h"

#include <algorithm>
#include <span>

#include "diagnose/detectors/detectors.h"
#include "ir/ops/normalization.h"
#include "ir/uses.h"
#include "passes/constants.h"

namespace netfit::diagnose {
namespace {

constexpr std::int64_t kSamples = 128;
constexpr double kStale = 0.2;      // of quant::record_shift
constexpr double kMany = 0.2;       // share of all: if so many are stale, the rest are only less so
constexpr double kLeastGain = 0.8;  // points of accuracy
constexpr double kMainCause = 0.7;  // of what correcting all brings back
constexpr std::size_t kTried = 3;   // records that are corrected alone

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
    ir::Graph renewed = network_;
    const std::vector<quant::RenewedRecord> records = NETFIT_TRY(renew_statistics(renewed, input_, exam_.tools));
    if (records.empty()) return Suspicions{};
    const double gain = NETFIT_TRY(gain_of(renewed));
    if (gain < kLeastGain) return Suspicions{};
    Suspicion suspicion{.finding = {.kind = FaultKind::StaleBatchNorm, .weight = gain}};
    for (const quant::RenewedRecord& record : std::span(records).first(std::min(kTried, records.size()))) {
      suspicion.finding.evidence.push_back(
          {.what = "means and variances lie from those of the training samples (middle channel) by",
           .place = ir::describe(ir::NodeView(network_, network_.node(record.batch_norm))),
           .channel = std::nullopt,
           .figure = record.shift,
           .unit = "deviations"});
      if (NETFIT_TRY(gain_of(with_record(renewed, record.batch_norm))) < kMainCause * gain) continue;
      suspicion.finding.layer = layer_of(network_, record.batch_norm);
      break;
    }
    return Suspicions{std::move(suspicion)};
  }

 private:
  double accuracy(const Answers& answers) const { return percent_same(answers.classes, exam_.given.test.labels); }

  // The network with one record of another.
  ir::Graph with_record(const ir::Graph& renewed, ir::NodeId batch_norm) const {
    ir::Graph graph = network_;
    passes::Wiring wiring(graph);
    for (const std::size_t place : {3, 4}) {
      passes::replace_constant(wiring, batch_norm, place,
                               *ir::NodeView(renewed, renewed.node(batch_norm)).input(place).constant);
    }
    return graph;
  }

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

Result<std::vector<quant::RenewedRecord>> renew_statistics(ir::Graph& network, const Tensor& input,
                                                           const Tools& tools) {
  const quant::Samples samples{.inputs = {input}, .engine = tools.engine, .progress = tools.progress};
  const auto batch_norms =
      std::ranges::count_if(network.order(), [&](ir::NodeId id) { return network.node(id).op == &ir::kBatchNorm; });
  ir::Graph renewed = network;
  auto records = NETFIT_TRY(quant::reestimate_batch_norms(renewed, samples, {.beyond = kStale}));
  if (static_cast<double>(records.size()) > kMany * static_cast<double>(batch_norms)) {
    renewed = network;
    records = NETFIT_TRY(quant::reestimate_batch_norms(renewed, samples));
  }
  network = std::move(renewed);
  return records;
}

Result<Suspicions> suspect_statistics(const Examination& exam) {
  const bool has_data = exam.given.training && exam.given.test.labelled();
  if (!exam.has_reference() || !has_data) return Suspicions{};
  const data::Dataset samples = first_samples(*exam.given.training, kSamples);
  Tensor input = NETFIT_TRY(make_input(exam.given.reference->graph, samples, exam.record));
  return StatisticsDetector(exam, std::move(input)).run();
}

}  // namespace netfit::diagnose
