// SPDX-License-Identifier: Apache-2.0
#include "diagnose/answers.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include "base/check.h"
#include "data/preprocess.h"
#include "tensor/dequantize.h"

namespace netfit::diagnose {
namespace {

// Samples of one run, so that memory stays bounded.
constexpr std::int64_t kChunk = 256;

std::int64_t best_class(std::span<const double> scores) {
  if (std::ranges::any_of(scores, [](double score) { return std::isnan(score); })) return -1;
  return scores.empty() ? -1 : std::ranges::max_element(scores) - scores.begin();
}

Tensor join(const std::vector<Tensor>& parts, std::int64_t count) {
  Tensor whole(parts.front().dtype(), parts.front().shape().with_dim(0, count));
  std::byte* target = whole.mutable_bytes().data();
  for (const Tensor& part : parts) {
    std::memcpy(target, part.bytes().data(), part.bytes().size());
    target += part.bytes().size();
  }
  return whole;
}

std::map<std::int64_t, std::int64_t> histogram(std::span<const std::int64_t> classes) {
  std::map<std::int64_t, std::int64_t> counts;
  for (const std::int64_t chosen : classes) ++counts[chosen];
  return counts;
}

}  // namespace

Answers make_answers(Tensor raw, const std::optional<QuantParams>& params) {
  Answers answers{.raw = std::move(raw)};
  answers.reals = tensor::to_doubles(params ? tensor::dequantize(answers.raw, params) : answers.raw);
  const std::int64_t count = answers.raw.shape()[0];
  const std::size_t width = count == 0 ? 0 : answers.reals.size() / static_cast<std::size_t>(count);
  // Among the stored numbers, because reals of neighbouring integers may round to one float.
  const std::vector<double> scores = tensor::to_doubles(answers.raw);
  for (std::int64_t i = 0; i < count; ++i) {
    answers.classes.push_back(best_class(std::span(scores).subspan(static_cast<std::size_t>(i) * width, width)));
  }
  return answers;
}

Result<Tensor> make_input(const ir::Graph& graph, const data::Dataset& dataset,
                          const std::optional<ir::Preprocessing>& preprocessing) {
  const ir::GraphInput& input = graph.inputs.front();
  if (!dataset.images) return data::adapt_tensors(dataset.samples, graph, input);
  NETFIT_CHECK(preprocessing.has_value());
  return data::preprocess(dataset.samples, graph.value(input.value), *preprocessing);
}

Result<Answers> answer(const ir::Graph& graph, const Tensor& input, const Tools& tools) {
  const auto executor = NETFIT_TRY(exec::create_fast(graph, tools.engine));
  std::vector<Tensor> parts;
  const std::int64_t count = input.shape()[0];
  for (std::int64_t begin = 0; begin < count; begin += kChunk) {
    if (tools.progress.stopped()) return base::interrupted();
    const Tensor chunk = input.slice(begin, std::min(begin + kChunk, count));
    parts.push_back(NETFIT_TRY(executor->run({&chunk, 1}, tools.progress)).front());
  }
  return make_answers(join(parts, count), graph.value(graph.outputs.front().value).quant);
}

Result<Answers> answer(const ir::Graph& graph, const data::Dataset& dataset,
                       const std::optional<ir::Preprocessing>& preprocessing, const Tools& tools) {
  return answer(graph, NETFIT_TRY(make_input(graph, dataset, preprocessing)), tools);
}

double percent_same(std::span<const std::int64_t> a, std::span<const std::int64_t> b) {
  const std::size_t count = std::min(a.size(), b.size());
  if (count == 0) return 0.0;
  std::int64_t same = 0;
  for (std::size_t i = 0; i < count; ++i) same += a[i] == b[i] && a[i] >= 0 ? 1 : 0;
  return 100.0 * static_cast<double>(same) / static_cast<double>(count);
}

double entropy_bits(std::span<const std::int64_t> classes) {
  double entropy = 0.0;
  for (const auto& [chosen, count] : histogram(classes)) {
    const double share = static_cast<double>(count) / static_cast<double>(classes.size());
    entropy -= share * std::log2(share);
  }
  return entropy;
}

std::int64_t count_distinct(std::span<const std::int64_t> classes) { return std::ssize(histogram(classes)); }

double sqnr_db(std::span<const double> a, std::span<const double> b) {
  double signal = 0.0;
  double noise = 0.0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    signal += a[i] * a[i];
    noise += (a[i] - b[i]) * (a[i] - b[i]);
  }
  return noise == 0.0 ? std::numeric_limits<double>::infinity() : 10.0 * std::log10(signal / noise);
}

data::Dataset first_samples(const data::Dataset& dataset, std::int64_t count) {
  if (count >= dataset.count()) return dataset;
  data::Dataset first = dataset;
  first.samples = dataset.samples.slice(0, count);
  if (first.labelled()) first.labels.resize(static_cast<std::size_t>(count));
  return first;
}

}  // namespace netfit::diagnose
