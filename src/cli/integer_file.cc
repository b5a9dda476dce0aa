// SPDX-License-Identifier: Apache-2.0
#include "cli/integer_file.h"

#include "cli/commands/quantize_recipe.h"
#include "cli/executors.h"
#include "eval/accuracy.h"
#include "eval/run_dataset.h"

namespace netfit::cli {

Result<std::optional<double>> judge_integer_file(const IntegerJob& job, const Environment& environment) {
  const RecipeJob quantize{.model = job.model,
                           .output = job.file,
                           .scheme = NETFIT_TRY(find_scheme(job.scheme)),
                           .recipe = "qat",
                           .data = job.data,
                           .threads = job.threads};
  const Model trained = NETFIT_TRY(load_model(quantize.model, environment));
  NETFIT_TRY(write_quantized(quantize, trained, environment));
  const Model written = NETFIT_TRY(load_model(quantize.output, environment));
  DataFlags all = job.data;
  all.limit.reset();
  const Result<data::Dataset> test = open_data(all, data::Split::Test, written.graph, environment);
  if (!test) return std::nullopt;  // a folder of images may have no test split
  const auto preprocessing = NETFIT_TRY(choose_preprocessing(all, *test, written.graph, environment));
  const auto executor = NETFIT_TRY(make_executor("fast", written, job.threads, environment));
  const eval::RunOutputs run =
      NETFIT_TRY(eval::run_dataset(*executor, written.graph, *test, preprocessing, *environment.progress));
  return eval::percent_equal(eval::top_classes(run.outputs.front()), test->labels);
}

}  // namespace netfit::cli
