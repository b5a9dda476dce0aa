// SPDX-License-Identifier: Apache-2.0
#include "accuracy.h"

#include <algorithm>

#include "data/preprocess.h"
#include "diagnose/answers.h"
#include "eval/accuracy.h"
#include "eval/run_dataset.h"
#include "passes/pipelines.h"

namespace netfit::gone_wrong {
namespace {

double percent_right(const Tensor& scores, const data::Dataset& test) {
  return eval::percent_equal(eval::top_classes(scores), test.labels);
}

}  // namespace

Result<double> accuracy(const ir::Graph& graph, const std::optional<ir::Preprocessing>& preprocessing,
                        const data::Dataset& test, const diagnose::Tools& tools) {
  const auto chosen = NETFIT_TRY(data::choose_preprocessing(graph, graph.inputs.front(), preprocessing));
  ir::Graph optimized = graph;
  NETFIT_TRY(passes::optimize(optimized));
  const auto executor = NETFIT_TRY(exec::create_fast(optimized, tools.engine));
  const eval::RunOutputs run =
      NETFIT_TRY(eval::run_dataset(*executor, optimized, test, chosen.preprocessing, tools.progress));
  return percent_right(run.outputs.front(), test);
}

Result<double> seen_accuracy(const diagnose::Case& subject, const diagnose::Tools& tools) {
  if (subject.observed) {
    return percent_right(*subject.observed, diagnose::first_samples(subject.test, subject.observed->shape()[0]));
  }
  return accuracy(subject.subject.graph, subject.subject.preprocessing, subject.test, tools);
}

diagnose::Case on_first_samples(diagnose::Case subject, std::int64_t count) {
  subject.test = diagnose::first_samples(subject.test, count);
  if (subject.observed && subject.observed->shape()[0] > count) subject.observed = subject.observed->slice(0, count);
  return subject;
}

}  // namespace netfit::gone_wrong
