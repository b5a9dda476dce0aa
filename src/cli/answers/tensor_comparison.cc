// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/tensor_comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "data/preprocess.h"
#include "eval/agreement.h"
#include "interp/interpreter.h"

namespace netfit::cli {
namespace {

using Tensors = std::unordered_map<std::string, Tensor>;

// Activations of one sample, by name.
Result<Tensors> activations(exec::ObservableExecutor& executor, const TensorSide& side, const Tensor& sample,
                            Progress& progress) {
  Tensors seen;
  const auto keep = [&](ir::ValueId id, std::int64_t /*first*/, const Tensor& tensor) {
    seen.emplace(side.graph.value(id).name, tensor);
  };
  NETFIT_TRY(executor.run_observed(std::array{sample}, keep, progress));
  return seen;
}

Result<Tensor> model_input(const TensorSide& side, const data::Dataset& dataset, std::int64_t index) {
  const Tensor sample = dataset.samples.slice(index, index + 1);
  const ir::GraphInput& input = side.graph.inputs.front();
  if (!dataset.images) return data::adapt_tensors(sample, side.graph, input);
  return data::preprocess(sample, side.graph.value(input.value), *side.preprocessing);
}

struct Sums {
  double signal = 0.0;
  double noise = 0.0;
  double largest = 0.0;
};

void add_difference(Sums& sums, const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = a[i] - b[i];
    sums.signal += a[i] * a[i];
    sums.noise += difference * difference;
    sums.largest = std::max(sums.largest, std::abs(difference));
  }
}

double sqnr(const Sums& sums) {
  if (sums.noise == 0.0) return std::numeric_limits<double>::infinity();
  return 10.0 * std::log10(sums.signal / sums.noise);
}

}  // namespace

Result<std::vector<TensorDifference>> compare_tensors(const TensorSide& a, const TensorSide& b,
                                                      const data::Dataset& dataset, std::int64_t count,
                                                      Progress& progress) {
  if (a.graph.inputs.size() != 1 || b.graph.inputs.size() != 1) return std::vector<TensorDifference>{};
  const auto executor_a = NETFIT_TRY(interp::create_interpreter(a.graph, {}));
  const auto executor_b = NETFIT_TRY(interp::create_interpreter(b.graph, {}));
  std::unordered_map<std::string, Sums> sums;
  for (std::int64_t i = 0; i < std::min(count, dataset.count()); ++i) {
    const Tensor input_a = NETFIT_TRY(model_input(a, dataset, i));
    const Tensor input_b = NETFIT_TRY(model_input(b, dataset, i));
    const Tensors tensors_a = NETFIT_TRY(activations(*executor_a, a, input_a, progress));
    const Tensors tensors_b = NETFIT_TRY(activations(*executor_b, b, input_b, progress));
    for (const auto& [name, tensor] : tensors_a) {
      const auto twin = tensors_b.find(name);
      if (twin == tensors_b.end() || twin->second.shape() != tensor.shape()) continue;
      add_difference(sums[name], eval::to_reals(tensor, a.graph.value(*a.graph.find_value(name)).quant),
                     eval::to_reals(twin->second, b.graph.value(*b.graph.find_value(name)).quant));
    }
  }
  std::vector<TensorDifference> differences;
  for (const auto& [name, sum] : sums) differences.push_back({name, sqnr(sum), sum.largest});
  std::ranges::sort(differences, [](const TensorDifference& x, const TensorDifference& y) {
    return x.sqnr_db != y.sqnr_db ? x.sqnr_db < y.sqnr_db : x.name < y.name;
  });
  return differences;
}

}  // namespace netfit::cli
