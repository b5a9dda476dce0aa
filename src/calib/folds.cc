// SPDX-License-Identifier: Apache-2.0
#include "calib/folds.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/parallel.h"
#include "calib/advise.h"
#include "calib/power.h"

namespace netfit::calib {
namespace {

using Users = std::map<std::string, std::set<std::string>>;  // of each term: models

// Until backtests have judged it: enough to tell that there is a prediction.
constexpr double kUnjudgedEnergy = 0.8;

bool knows_any_power(const Coefficients& coefficients) {
  return std::ranges::any_of(coefficients.deviations,
                             [](const auto& pair) { return pair.first.starts_with("power/"); });
}

// Noise is a property of the configuration; a fold that hides the configuration doesn't know it.
double noise_of(const Judged& judged, const PopulationCalibration& calibration) {
  if (judged.prediction.group.hidden != Hidden::Model || judged.quantity == Quantity::Energy) return 1.0;
  const auto found = calibration.coefficients.noise.find(judged.observation->situation.key());
  return found == calibration.coefficients.noise.end() ? 1.0 : found->second;
}

// The hundreds of networks that a host is measured with are alike: a tenth of them at a time may be hidden.
std::string tenth_of(const std::string& model_id) {
  unsigned sum = 0;
  for (const unsigned char c : model_id) sum = 31 * sum + c;
  return std::to_string(sum % 10);
}

}  // namespace

std::string fold_of(const Observation& row, Hidden hidden) {
  if (row.situation.population == Population::Host) return tenth_of(row.row.model_id);
  return hidden == Hidden::Model    ? row.row.model_id
         : hidden == Hidden::Device ? row.situation.board
                                    : row.situation.core;
}

PopulationCalibration fit_population(const PopulationSamples& all, std::span<const Observation> rows,
                                     std::span<const std::size_t> chosen) {
  PopulationCalibration calibration;
  calibration.coefficients = fit(all.samples, chosen);
  std::vector<std::size_t> places;
  for (const std::size_t i : chosen) places.push_back(all.places[i]);
  fit_power(rows, places, calibration.coefficients);
  if (knows_any_power(calibration.coefficients)) calibration.energy_widths["model"] = kUnjudgedEnergy;
  Users users;
  for (const std::size_t i : chosen) {
    const Observation& row = rows[all.places[i]];
    calibration.models.insert(row.row.model_id);
    calibration.boards.insert(row.situation.board);
    if (row.situation.generation_new) calibration.new_boards.insert(row.situation.board);
    calibration.cores.insert(row.situation.core);
    for (std::size_t k = 0; k < cost::kTermCount; ++k) {
      if (row.counts.counts[k] > 0) {
        users[std::string(spec_of(static_cast<cost::Term>(k)).name)].insert(row.row.model_id);
      }
    }
  }
  for (const auto& [term, models] : users) calibration.exercised[term] = static_cast<int>(models.size());
  return calibration;
}

Folder::Folder(const PopulationSamples& all, std::span<const Observation> rows, const BacktestOptions& options)
    : all_(all), rows_(rows), options_(options) {
  for (std::size_t i = 0; i < all.places.size(); ++i) members_[fold_of(row(i), options.hidden)].push_back(i);
}

Result<Folds> Folder::run(Progress& progress) const {
  const std::vector<std::pair<std::string, std::vector<std::size_t>>> folds(members_.begin(), members_.end());
  std::vector<Folds> parts(folds.size());
  const auto work = [&](std::int64_t i, int /*worker*/) -> Result<void> {
    if (progress.stopped()) return base::interrupted();
    const auto place = static_cast<std::size_t>(i);
    parts[place] = run_one(folds[place].first, folds[place].second);
    progress.advance(1);
    return {};
  };
  NETFIT_TRY(base::parallel_for(std::ssize(folds), options_.threads, work));
  Folds result;
  for (const Folds& part : parts) {
    result.judged.insert(result.judged.end(), part.judged.begin(), part.judged.end());
    result.noise.insert(result.noise.end(), part.noise.begin(), part.noise.end());
  }
  return result;
}

Folds Folder::run_one(const std::string& fold, const std::vector<std::size_t>& members) const {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < all_.places.size(); ++i) {
    if (fold_of(row(i), options_.hidden) != fold) others.push_back(i);
  }
  Folds part;
  PopulationCalibration calibration = fit_population(all_, rows_, others);
  if (options_.rows == 0) {
    for (const std::size_t i : members) judge(i, calibration, part);
    return part;
  }
  std::map<std::size_t, std::vector<std::size_t>> configurations;
  for (const std::size_t i : members) configurations[all_.samples.samples[i].situation].push_back(i);
  const Coefficients known = calibration.coefficients;
  for (const auto& [situation, list] : configurations) adapt_and_judge(known, calibration, list, part);
  return part;
}

void Folder::adapt_and_judge(const Coefficients& known, PopulationCalibration& calibration,
                             const std::vector<std::size_t>& list, Folds& part) const {
  const CycleTable cycles = cycles_in(row(list.front()).situation, known);
  std::vector<GroupShares> shares;
  for (const std::size_t i : list) shares.push_back(group_shares(row(i).counts, cycles));
  std::vector<std::size_t> chosen;
  std::vector<bool> given(list.size(), false);
  for (const std::size_t i : choose_networks(shares, {}, static_cast<std::size_t>(options_.rows))) {
    chosen.push_back(list[i]);
    given[i] = true;
  }
  calibration.coefficients = adapt(known, all_.samples, chosen);
  calibration.adapted[row(list.front()).situation.board] = options_.rows;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!given[i]) judge(list[i], calibration, part);
  }
}

void Folder::judge(std::size_t sample, const PopulationCalibration& calibration, Folds& part) const {
  const Observation& observation = row(sample);
  part.judged.push_back({&observation, std::exp(all_.samples.samples[sample].log_ms),
                         predict(calibration, observation.situation, observation.counts, observation.row.model_id)});
  part.noise.push_back(noise_of(part.judged.back(), calibration));
  if (!observation.row.energy_mj) return;
  const std::optional<Prediction> energy =
      predict_energy(calibration, observation.situation, observation.counts, observation.row.model_id);
  if (!energy) return;
  part.judged.push_back({&observation, *observation.row.energy_mj, *energy, Quantity::Energy});
  part.noise.push_back(1.0);
}

}  // namespace netfit::calib
