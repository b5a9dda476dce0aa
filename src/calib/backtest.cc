// SPDX-License-Identifier: Apache-2.0
#include "calib/backtest.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "calib/folds.h"
#include "calib/memory_widths.h"
#include "calib/statistics.h"

namespace netfit::calib {
namespace {

std::vector<std::size_t> all_of(const PopulationSamples& samples) {
  std::vector<std::size_t> chosen(samples.places.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = i;
  return chosen;
}

std::vector<Residual> residuals_of(const Folds& folds, Quantity quantity) {
  std::vector<Residual> residuals;
  for (std::size_t i = 0; i < folds.judged.size(); ++i) {
    const Judged& judged = folds.judged[i];
    if (judged.quantity != quantity) continue;
    const Observation& row = *judged.observation;
    residuals.push_back({judged.prediction.group, row.row.model_id, judged.error() / folds.noise[i],
                         fold_of(row, judged.prediction.group.hidden)});
  }
  return residuals;
}

// Each row's interval from the errors of all folds but its own.
void widen(Folds& folds, Hidden hidden) {
  std::map<std::pair<Quantity, std::string>, std::map<std::string, double>> widths;
  for (std::size_t i = 0; i < folds.judged.size(); ++i) {
    Judged& judged = folds.judged[i];
    const std::string fold = fold_of(*judged.observation, hidden);
    auto [place, fresh] = widths.try_emplace({judged.quantity, fold});
    if (fresh) {
      Folds others;
      for (std::size_t j = 0; j < folds.judged.size(); ++j) {
        if (fold_of(*folds.judged[j].observation, hidden) == fold) continue;
        others.judged.push_back(folds.judged[j]);
        others.noise.push_back(folds.noise[j]);
      }
      place->second = interval_widths(residuals_of(others, judged.quantity));
    }
    bound(judged.prediction, folds.noise[i] * width_of(place->second, judged.prediction.group));
  }
}

// Protocols that intervals are made from.
std::vector<BacktestOptions> protocols(Population population, int threads) {
  std::vector<BacktestOptions> list{
      {.populations = {population}, .hidden = Hidden::Model, .rows = 0, .threads = threads}};
  if (population == Population::Host) return list;
  for (const Hidden hidden : {Hidden::Device, Hidden::Core}) {
    for (const int rows : kAdaptedRows) {
      list.push_back({.populations = {population}, .hidden = hidden, .rows = rows, .threads = threads});
    }
  }
  return list;
}

}  // namespace

double Judged::error() const { return std::log(prediction.value / measured); }

Result<std::vector<Judged>> backtest(std::span<const Observation> rows, const BacktestOptions& options,
                                     Progress& progress) {
  std::vector<PopulationSamples> all;
  std::int64_t steps = 0;
  for (const Population population : options.populations) {
    all.push_back(samples_of(rows, population));
    steps += Folder(all.back(), rows, options).count();
  }
  progress.begin("fitting", steps);
  std::vector<Judged> judged;
  for (const PopulationSamples& samples : all) {
    Folds folds = NETFIT_TRY(Folder(samples, rows, options).run(progress));
    widen(folds, options.hidden);
    judged.insert(judged.end(), folds.judged.begin(), folds.judged.end());
  }
  return judged;
}

std::vector<Judged> judge(std::span<const Observation> rows, const Calibration& calibration) {
  std::vector<Judged> judged;
  for (const Observation& row : rows) {
    const PopulationCalibration& population = calibration.of(row.situation.population);
    Situation situation = row.situation;
    population.place(situation);
    if (const std::optional<double> measured = row.row.best_latency_ms()) {
      judged.push_back({&row, *measured, predict(population, situation, row.counts, row.row.model_id)});
    }
    if (!row.row.energy_mj) continue;
    if (const auto energy = predict_energy(population, situation, row.counts, row.row.model_id)) {
      judged.push_back({&row, *row.row.energy_mj, *energy, Quantity::Energy});
    }
  }
  return judged;
}

Result<Calibration> calibrate_all(std::span<const Observation> rows, int threads, Progress& progress) {
  std::vector<PopulationSamples> all;
  std::int64_t steps = 0;
  for (int i = 0; i < kPopulationCount; ++i) {
    const auto population = static_cast<Population>(i);
    all.push_back(samples_of(rows, population));
    for (const BacktestOptions& options : protocols(population, threads)) {
      steps += Folder(all.back(), rows, options).count();
    }
  }
  progress.begin("fitting", steps);
  Calibration calibration;
  for (int i = 0; i < kPopulationCount; ++i) {
    const auto population = static_cast<Population>(i);
    const PopulationSamples& samples = all[static_cast<std::size_t>(i)];
    Folds all_folds;
    for (const BacktestOptions& options : protocols(population, threads)) {
      const Folds folds = NETFIT_TRY(Folder(samples, rows, options).run(progress));
      all_folds.judged.insert(all_folds.judged.end(), folds.judged.begin(), folds.judged.end());
      all_folds.noise.insert(all_folds.noise.end(), folds.noise.begin(), folds.noise.end());
    }
    PopulationCalibration& fitted = calibration.of(population);
    fitted = fit_population(samples, rows, all_of(samples));
    fitted.widths = interval_widths(residuals_of(all_folds, Quantity::Latency));
    fitted.energy_widths = interval_widths(residuals_of(all_folds, Quantity::Energy));
  }
  calibration.of(Population::Microcontroller).memory_widths = memory_widths(rows, "");
  return calibration;
}

Score score(std::span<const Judged> judged) {
  Score result{.rows = judged.size()};
  if (judged.empty()) return result;
  std::vector<double> errors;
  std::vector<double> factors;
  double within_10 = 0;
  double within_20 = 0;
  double inside = 0;
  for (const Judged& each : judged) {
    const double error = std::abs(each.prediction.value / each.measured - 1.0);
    errors.push_back(error);
    factors.push_back(std::sqrt(each.prediction.high / each.prediction.low));
    within_10 += error <= 0.1 ? 1 : 0;
    within_20 += error <= 0.2 ? 1 : 0;
    inside += each.inside() ? 1 : 0;
  }
  const auto count = static_cast<double>(judged.size());
  result.median_error = median(std::move(errors));
  result.median_factor = median(std::move(factors));
  result.within_10 = within_10 / count;
  result.within_20 = within_20 / count;
  result.coverage = inside / count;
  return result;
}

}  // namespace netfit::calib
