// SPDX-License-Identifier: Apache-2.0
#include "calib/adapt_board.h"

#include <algorithm>

#include <fmt/format.h>

#include "calib/advise.h"

namespace netfit::calib {
namespace {

constexpr std::size_t kAdvised = 5;

// The shipped coefficients adapted to the chosen samples.
PopulationCalibration adapted(const PopulationCalibration& shipped, const PopulationSamples& samples,
                              std::span<const Observation> rows, const std::vector<std::size_t>& chosen) {
  PopulationCalibration result = shipped;
  result.coefficients = adapt(shipped.coefficients, samples.samples, chosen);
  for (const std::size_t i : chosen) ++result.adapted[rows[samples.places[i]].situation.board];
  return result;
}

std::vector<Judged> leave_one_out(const PopulationCalibration& shipped, const PopulationSamples& samples,
                                  std::span<const Observation> rows) {
  std::vector<Judged> judged;
  for (std::size_t i = 0; samples.places.size() > 1 && i < samples.places.size(); ++i) {
    std::vector<std::size_t> others;
    for (std::size_t j = 0; j < samples.places.size(); ++j) {
      if (j != i) others.push_back(j);
    }
    const Observation& row = rows[samples.places[i]];
    judged.push_back({&row, *row.row.best_latency_ms(),
                      predict(adapted(shipped, samples, rows, others), row.situation, row.counts, row.row.model_id)});
  }
  return judged;
}

// Models of the tables, the most telling first, for the situation of the first row.
std::vector<std::string> advise(const PopulationCalibration& calibration, std::span<const Observation> rows,
                                ModelSource& models) {
  const Situation& situation = rows.front().situation;
  const CycleTable cycles = cycles_in(situation, calibration.coefficients);
  std::vector<std::string> names;
  std::vector<GroupShares> shares;
  std::vector<std::size_t> measured;
  for (const std::string& name : calibration.models) {
    const Result<std::shared_ptr<const ir::Graph>> graph = models.find(name);
    if (!graph) continue;
    const bool done = std::ranges::any_of(rows, [&](const Observation& row) { return row.row.model_id == name; });
    if (done) measured.push_back(names.size());
    names.push_back(name);
    shares.push_back(group_shares(sum_terms(count_terms(**graph, situation.rules())), cycles));
  }
  std::vector<std::string> next;
  for (const std::size_t i : choose_networks(shares, measured, kAdvised)) next.push_back(names[i]);
  return next;
}

bool is_own(const std::string& key, const std::string& board) {
  return key == "board/" + board || key.starts_with("configuration/" + board + "|");
}

}  // namespace

Result<BoardCalibration> adapt_board(std::span<const Observation> rows, const Calibration& shipped,
                                     ModelSource& models) {
  if (rows.empty()) return bad_input("no row can be used");
  const Situation& first = rows.front().situation;
  for (const Observation& row : rows) {
    if (!row.row.best_latency_ms()) return bad_input(fmt::format("line {}: no latency", row.row.row));
    if (row.situation.board != first.board || row.situation.population != first.population) {
      return bad_input(
          fmt::format("line {}: a calibration is of one device_id and one kind of runtime; the first row is "
                      "of {} with {}",
                      row.row.row, first.board, first.runtime));
    }
  }
  const PopulationCalibration& population = shipped.of(first.population);
  const PopulationSamples samples = samples_of(rows, first.population);
  std::vector<std::size_t> all(samples.places.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const PopulationCalibration fitted = adapted(population, samples, rows, all);

  BoardCalibration result;
  PopulationCalibration& own = result.own.of(first.population);
  for (const auto& [key, value] : fitted.coefficients.deviations) {
    if (is_own(key, first.board)) own.coefficients.deviations[key] = value;
  }
  own.adapted[first.board] = static_cast<int>(rows.size());
  result.before = judge(rows, shipped);
  result.after = leave_one_out(population, samples, rows);
  result.next = advise(population, rows, models);
  return result;
}

void merge(Calibration& shipped, const Calibration& own) {
  for (std::size_t i = 0; i < shipped.populations.size(); ++i) {
    PopulationCalibration& into = shipped.populations[i];
    const PopulationCalibration& from = own.populations[i];
    // A host shares nothing with boards of the tables.
    if (static_cast<Population>(i) == Population::Host && !from.models.empty()) {
      into = from;
      continue;
    }
    for (const auto& [key, value] : from.coefficients.deviations) into.coefficients.deviations[key] = value;
    for (const auto& [board, rows] : from.adapted) into.adapted[board] = rows;
  }
}

}  // namespace netfit::calib
