// SPDX-License-Identifier: Apache-2.0
//
// Answers that are right but for the names of the classes: there is a permutation of the classes that brings them back.
// It is read off the table of what was answered where: the pairs that occur most often, each class once.

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "diagnose/detectors/detectors.h"

namespace netfit::diagnose {
namespace {

constexpr double kLeastGain = 5.0;  // points
constexpr double kMostOfAll = 0.6;  // of the samples agree after renaming, or it explains little

std::map<std::int64_t, std::int64_t> best_renaming(std::span<const std::int64_t> answers,
                                                   std::span<const std::int64_t> truth) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> table;
  for (std::size_t i = 0; i < std::min(answers.size(), truth.size()); ++i) ++table[{answers[i], truth[i]}];
  std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>> pairs;
  for (const auto& [pair, count] : table) pairs.emplace_back(-count, pair.first, pair.second);
  std::ranges::sort(pairs);
  std::map<std::int64_t, std::int64_t> renaming;
  std::map<std::int64_t, bool> taken;
  for (const auto& [count, from, to] : pairs) {
    if (renaming.contains(from) || taken[to]) continue;
    renaming[from] = to;
    taken[to] = true;
  }
  return renaming;
}

std::optional<Suspicion> compare(const Answers& answers, std::span<const std::int64_t> truth, std::string_view what) {
  const auto renaming = best_renaming(answers.classes, truth);
  std::vector<std::int64_t> renamed;
  for (const std::int64_t chosen : answers.classes)
    renamed.push_back(renaming.contains(chosen) ? renaming.at(chosen) : -1);
  const double before = percent_same(answers.classes, truth);
  const double after = percent_same(renamed, truth);
  if (after - before < kLeastGain || after < 100.0 * kMostOfAll) return std::nullopt;
  Suspicion suspicion{.finding = {.kind = FaultKind::ClassOrder, .weight = after - before}};
  std::string exchanged;
  for (const auto& [from, to] : renaming) {
    if (from != to) exchanged += fmt::format("{}{} means {}", exchanged.empty() ? "" : ", ", from, to);
  }
  suspicion.finding.evidence.push_back(
      {.what = fmt::format("{} agree once the classes are renamed: {}", what, exchanged),
       .place = "",
       .channel = std::nullopt,
       .figure = after,
       .unit = "%"});
  return suspicion;
}

}  // namespace

Result<Suspicions> suspect_class_order(const Examination& exam) {
  Suspicions found;
  const RungKind last = exam.climbed(RungKind::Observed) ? RungKind::Observed : RungKind::WeightsOnly;
  if (auto suspicion = compare(exam.answers.at(last), exam.truth, "the network's answers")) {
    found.push_back(std::move(*suspicion));
  } else if (exam.has_reference() && exam.given.test.labelled()) {
    const Answers& reference = exam.answers.at(RungKind::Float);
    if (auto of_labels = compare(reference, exam.given.test.labels, "the reference's answers and the labels")) {
      found.push_back(std::move(*of_labels));
    }
  }
  return found;
}

}  // namespace netfit::diagnose
