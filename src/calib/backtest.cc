// SPDX-License-Identifier: Apache-2.0
#include "calib/backtest.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/parallel.h"
#include "calib/statistics.h"

namespace netfit::calib {
namespace {

// What a fold leaves out.
std::string fold_of(const Observation& row, Hidden hidden) {
  return hidden == Hidden::Model ? row.row.model_id : hidden == Hidden::Device ? row.situation.board : row.situation.core;
}

using Users = std::map<std::string, std::set<std::string>>;  // of each term: models

PopulationCalibration fit_population(const PopulationSamples& all, std::span<const Observation> rows,
                                     std::span<const std::size_t> chosen) {
  PopulationCalibration calibration;
  calibration.coefficients = fit(all.samples, chosen);
  Users users;
  for (const std::size_t i : chosen) {
    const Observation& row = rows[all.places[i]];
    calibration.models.insert(row.row.model_id);
    calibration.boards.insert(row.situation.board);
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

std::vector<std::size_t> all_of(const PopulationSamples& samples) {
  std::vector<std::size_t> chosen(samples.places.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = i;
  return chosen;
}

// Noise is a property of the configuration; a fold that hides the configuration doesn't know it.
double noise_of(const Judged& judged, const PopulationCalibration& calibration) {
  if (judged.prediction.group.hidden != Hidden::Model) return 1.0;
  const auto found = calibration.coefficients.noise.find(judged.observation->situation.key());
  return found == calibration.coefficients.noise.end() ? 1.0 : found->second;
}

struct Folds {
  std::vector<Judged> judged;  // by place among the samples
  std::vector<double> noise;
};

Result<Folds> run_folds(const PopulationSamples& all, std::span<const Observation> rows, Hidden hidden, int threads,
                        Progress& progress) {
  std::map<std::string, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < all.places.size(); ++i) members[fold_of(rows[all.places[i]], hidden)].push_back(i);
  const std::vector<std::pair<std::string, std::vector<std::size_t>>> folds(members.begin(), members.end());
  Folds result{.judged = std::vector<Judged>(all.places.size()), .noise = std::vector<double>(all.places.size(), 1.0)};
  const auto work = [&](std::int64_t fold, int /*worker*/) -> Result<void> {
    if (progress.stopped()) return base::interrupted();
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < all.places.size(); ++i) {
      if (fold_of(rows[all.places[i]], hidden) != folds[static_cast<std::size_t>(fold)].first) chosen.push_back(i);
    }
    const PopulationCalibration calibration = fit_population(all, rows, chosen);
    for (const std::size_t i : folds[static_cast<std::size_t>(fold)].second) {
      const Observation& row = rows[all.places[i]];
      Judged& judged = result.judged[i];
      judged = {&row, std::exp(all.samples.samples[i].log_ms),
                predict(calibration, row.situation, row.counts, row.row.model_id)};
      result.noise[i] = noise_of(judged, calibration);
    }
    progress.advance(1);
    return {};
  };
  NETFIT_TRY(base::parallel_for(std::ssize(folds), threads, work));
  return result;
}

std::vector<Residual> residuals_of(const Folds& folds) {
  std::vector<Residual> residuals;
  for (std::size_t i = 0; i < folds.judged.size(); ++i) {
    const Judged& judged = folds.judged[i];
    residuals.push_back({judged.prediction.group, judged.observation->row.model_id, judged.error() / folds.noise[i]});
  }
  return residuals;
}

// Each row's interval from the errors of all folds but its own.
void widen(Folds& folds, Hidden hidden) {
  const std::vector<Residual> residuals = residuals_of(folds);
  std::map<std::string, std::map<std::string, double>> widths;
  for (std::size_t i = 0; i < folds.judged.size(); ++i) {
    const std::string fold = fold_of(*folds.judged[i].observation, hidden);
    if (!widths.contains(fold)) {
      std::vector<Residual> others;
      for (std::size_t j = 0; j < residuals.size(); ++j) {
        if (fold_of(*folds.judged[j].observation, hidden) != fold) others.push_back(residuals[j]);
      }
      widths[fold] = interval_widths(others);
    }
    Prediction& prediction = folds.judged[i].prediction;
    const double width = folds.noise[i] * width_of(widths[fold], prediction.group);
    prediction.low = prediction.value * std::exp(-width);
    prediction.high = prediction.value * std::exp(width);
  }
}

std::int64_t count_folds(const PopulationSamples& all, std::span<const Observation> rows, Hidden hidden) {
  std::set<std::string> names;
  for (const std::size_t place : all.places) names.insert(fold_of(rows[place], hidden));
  return std::ssize(names);
}

constexpr Hidden kAllHidden[] = {Hidden::Model, Hidden::Device, Hidden::Core};

}  // namespace

double Judged::error() const { return std::log(prediction.value / measured); }

Result<std::vector<Judged>> backtest(std::span<const Observation> rows, const BacktestOptions& options,
                                     Progress& progress) {
  std::vector<PopulationSamples> all;
  std::int64_t steps = 0;
  for (const Population population : options.populations) {
    all.push_back(samples_of(rows, population));
    steps += count_folds(all.back(), rows, options.hidden);
  }
  progress.begin("fitting", steps);
  std::vector<Judged> judged;
  for (const PopulationSamples& samples : all) {
    Folds folds = NETFIT_TRY(run_folds(samples, rows, options.hidden, options.threads, progress));
    widen(folds, options.hidden);
    judged.insert(judged.end(), folds.judged.begin(), folds.judged.end());
  }
  return judged;
}

std::vector<Judged> judge(std::span<const Observation> rows, const Calibration& calibration) {
  std::vector<Judged> judged;
  for (const Observation& row : rows) {
    const std::optional<double> measured = row.row.best_latency_ms();
    if (!measured) continue;
    judged.push_back({&row, *measured,
                      predict(calibration.of(row.situation.population), row.situation, row.counts, row.row.model_id)});
  }
  return judged;
}

Result<Calibration> calibrate_all(std::span<const Observation> rows, int threads, Progress& progress) {
  std::vector<PopulationSamples> all;
  std::int64_t steps = 0;
  for (int i = 0; i < kPopulationCount; ++i) {
    all.push_back(samples_of(rows, static_cast<Population>(i)));
    for (const Hidden hidden : kAllHidden) steps += count_folds(all.back(), rows, hidden);
  }
  progress.begin("fitting", steps);
  Calibration calibration;
  for (int i = 0; i < kPopulationCount; ++i) {
    const PopulationSamples& samples = all[static_cast<std::size_t>(i)];
    std::vector<Residual> residuals;
    for (const Hidden hidden : kAllHidden) {
      const Folds folds = NETFIT_TRY(run_folds(samples, rows, hidden, threads, progress));
      const std::vector<Residual> found = residuals_of(folds);
      residuals.insert(residuals.end(), found.begin(), found.end());
    }
    PopulationCalibration& population = calibration.of(static_cast<Population>(i));
    population = fit_population(samples, rows, all_of(samples));
    population.widths = interval_widths(residuals);
  }
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
