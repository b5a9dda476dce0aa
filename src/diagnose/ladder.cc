// SPDX-License-Identifier: Apache-2.0
#include "diagnose/ladder.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "diagnose/examination.h"
#include "diagnose/float_form.h"
#include "diagnose/restore.h"
#include "ir/ops/normalization.h"

namespace netfit::diagnose {
namespace {

constexpr std::array<std::string_view, 9> kNames{"float",
                                                 "folded",
                                                 "harness",
                                                 "weights only",
                                                 "activations only",
                                                 "weights and activations",
                                                 "integers, float i/o",
                                                 "integer i/o",
                                                 "observed"};

bool has_batch_norm(const ir::Graph& graph) {
  return std::ranges::any_of(graph.order(), [&](ir::NodeId id) { return graph.node(id).op == &ir::kBatchNorm; });
}

class Climb {
 public:
  explicit Climb(Examination& exam) : exam_(exam) {}

  Result<void> run() {
    NETFIT_TRY(climb_float());
    set_truth();
    NETFIT_TRY(climb_harness());
    NETFIT_TRY(climb(RungKind::WeightsOnly, exam_.form, exam_.harness));
    NETFIT_TRY(climb_activations());
    NETFIT_TRY(climb_integers());
    climb_observed();
    return {};
  }

 private:
  Result<void> climb(RungKind kind, const ir::Graph& graph, const std::optional<ir::Preprocessing>& fed) {
    add(kind, NETFIT_TRY(with_context(answer(graph, exam_.given.test, fed, exam_.tools),
                                      "while running the network as '" + std::string(name(kind)) + "'")));
    return {};
  }

  void skip(RungKind kind, std::string why) { exam_.ladder.push_back({.kind = kind, .unavailable = std::move(why)}); }

  void add(RungKind kind, Answers answers) {
    const Answers& first = exam_.answers.empty() ? answers : exam_.answers.begin()->second;
    Rung rung{.kind = kind};
    if (exam_.given.test.labelled()) rung.top1_percent = percent_same(answers.classes, exam_.given.test.labels);
    rung.agreement_percent = percent_same(answers.classes, first.classes);
    rung.entropy_bits = entropy_bits(answers.classes);
    rung.classes = count_distinct(answers.classes);
    rung.sqnr_db = sqnr_db(first.reals, answers.reals);
    exam_.ladder.push_back(std::move(rung));
    exam_.answers.emplace(kind, std::move(answers));
  }

  // A batch norm of its own becomes a product and a sum, which the fast executor has.
  Result<void> climb_float() {
    if (!exam_.has_reference()) {
      NETFIT_TRY(climb(RungKind::Float, exam_.form, exam_.record));
      skip(RungKind::Folded, "no reference: batch norms cannot be seen any more");
      return {};
    }
    ir::Graph unfolded = exam_.given.reference->graph;
    if (!has_batch_norm(unfolded)) {
      NETFIT_TRY(climb(RungKind::Float, *exam_.reference, exam_.record));
      skip(RungKind::Folded, "the reference has no batch norm");
      return {};
    }
    NETFIT_TRY(climb(RungKind::Float, unfolded, exam_.record));
    return climb(RungKind::Folded, *exam_.reference, exam_.record);
  }

  void set_truth() {
    const bool labels = !exam_.has_reference() && exam_.given.test.labelled();
    exam_.truth = labels ? exam_.given.test.labels : exam_.answers.at(RungKind::Float).classes;
  }

  Result<void> climb_harness() {
    if (!exam_.has_reference()) {
      skip(RungKind::Harness, "no reference");
      return {};
    }
    if (exam_.takes_pixels() && exam_.record != ir::Preprocessing{}) {
      skip(RungKind::Harness, "the file preprocesses by itself: it takes pixels");
      return {};
    }
    return climb(RungKind::Harness, *exam_.reference, exam_.harness);
  }

  Result<void> climb_activations() {
    if (!has_integer_activations(exam_.subject)) {
      skip(RungKind::ActivationsOnly, "no activation is quantized");
      skip(RungKind::WeightsActivations, "no activation is quantized");
      return {};
    }
    if (exam_.has_reference()) {
      ir::Graph rounded = exam_.form;
      restore_layers(rounded, *exam_.reference, exam_.layers, {.clamp = false});
      add_fake_quantization(rounded, exam_.subject);
      NETFIT_TRY(climb(RungKind::ActivationsOnly, rounded, exam_.harness));
    } else {
      skip(RungKind::ActivationsOnly, "no reference: the weights before quantization are not known");
    }
    ir::Graph both = exam_.form;
    add_fake_quantization(both, exam_.subject);
    return climb(RungKind::WeightsActivations, both, exam_.harness);
  }

  Result<void> climb_integers() {
    const auto is_float = [&](ir::ValueId id) { return tensor::is_float(exam_.subject.value(id).dtype); };
    if (is_float(exam_.subject.inputs.front().value) && is_float(exam_.subject.outputs.front().value)) {
      if (has_integer_activations(exam_.subject)) {
        NETFIT_TRY(climb(RungKind::IntegerFloatIo, exam_.subject, exam_.harness));
      } else {
        skip(RungKind::IntegerFloatIo, "no activation is quantized");
      }
      skip(RungKind::IntegerIo, "the file's input and output are float");
      return {};
    }
    NETFIT_TRY(climb(RungKind::IntegerFloatIo, with_float_borders(exam_.subject), exam_.harness));
    return climb(RungKind::IntegerIo, exam_.subject, exam_.harness);
  }

  void climb_observed() {
    if (!exam_.given.observed) return skip(RungKind::Observed, "no outputs of the user's own runs given");
    const ir::Value& output = exam_.subject.value(exam_.subject.outputs.front().value);
    const bool own_type = exam_.given.observed->dtype() == output.dtype;
    add(RungKind::Observed, make_answers(*exam_.given.observed, own_type ? output.quant : std::nullopt));
  }

  Examination& exam_;
};

}  // namespace

std::string_view name(RungKind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

Result<void> climb_ladder(Examination& exam) { return Climb(exam).run(); }

std::optional<std::size_t> first_drop(const std::vector<Rung>& ladder, double points) {
  const Rung* before = nullptr;
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const Rung& rung = ladder[i];
    if (!rung.unavailable.empty()) continue;
    // Activations alone stand beside weights alone, not behind them.
    const bool beside = rung.kind == RungKind::ActivationsOnly;
    if (before != nullptr && before->agreement_percent - rung.agreement_percent > points) return i;
    if (!beside) before = &rung;
  }
  return std::nullopt;
}

}  // namespace netfit::diagnose
