// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"
#include "diagnose/subject.h"
#include "ir/graph.h"

namespace netfit::diagnose {

/// What a network says of each sample: its first output, as stored and as the reals that it stands for.
struct Answers {
  Tensor raw;  ///< [n, ...]
  std::vector<double> reals;
  std::vector<std::int64_t> classes;  ///< the first greatest score of each sample; -1 where a score is no number

  std::int64_t count() const { return std::ssize(classes); }
  std::size_t width() const { return classes.empty() ? 0 : reals.size() / classes.size(); }
};

/// Answers from stored outputs.
Answers make_answers(Tensor raw, const std::optional<QuantParams>& params);

/// `dataset` as the first input of `graph` takes it; images need `preprocessing`.
Result<Tensor> make_input(const ir::Graph& graph, const data::Dataset& dataset,
                          const std::optional<ir::Preprocessing>& preprocessing);

/// Runs `graph` (optimized) in the fast executor on all of `dataset`.
Result<Answers> answer(const ir::Graph& graph, const data::Dataset& dataset,
                       const std::optional<ir::Preprocessing>& preprocessing, const Tools& tools);
/// The same on what make_input gave.
Result<Answers> answer(const ir::Graph& graph, const Tensor& input, const Tools& tools);

/// Percent of places that are equal and no -1, over the first of both.
double percent_same(std::span<const std::int64_t> a, std::span<const std::int64_t> b);

/// Shannon entropy of the histogram of classes, in bits.
double entropy_bits(std::span<const std::int64_t> classes);
std::int64_t count_distinct(std::span<const std::int64_t> classes);

/// 10 log10(sum a^2 / sum (a - b)^2); infinite if equal.
double sqnr_db(std::span<const double> a, std::span<const double> b);

/// The first `count` samples, or all.
data::Dataset first_samples(const data::Dataset& dataset, std::int64_t count);

}  // namespace netfit::diagnose
