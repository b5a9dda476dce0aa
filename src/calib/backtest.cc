// SPDX-License-Identifier: Apache-2.0
#include "calib/backtest.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/parallel.h"
#include "calib/advise.h"
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
  std::vector<Judged> judged;
  std::vector<double> noise;  // of each
};

/// One population's rows as folds see them.
class Folder {
 public:
  Folder(const PopulationSamples& all, std::span<const Observation> rows, const BacktestOptions& options)
      : all_(all), rows_(rows), options_(options) {
    for (std::size_t i = 0; i < all.places.size(); ++i) members_[fold_of(row(i), options.hidden)].push_back(i);
  }

  Result<Folds> run(Progress& progress) const {
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

 private:
  const Observation& row(std::size_t sample) const { return rows_[all_.places[sample]]; }

  Folds run_one(const std::string& fold, const std::vector<std::size_t>& members) const {
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

  void adapt_and_judge(const Coefficients& known, PopulationCalibration& calibration,
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

  void judge(std::size_t sample, const PopulationCalibration& calibration, Folds& part) const {
    const Observation& observation = row(sample);
    part.judged.push_back({&observation, std::exp(all_.samples.samples[sample].log_ms),
                           predict(calibration, observation.situation, observation.counts, observation.row.model_id)});
    part.noise.push_back(noise_of(part.judged.back(), calibration));
  }

  const PopulationSamples& all_;
  std::span<const Observation> rows_;
  const BacktestOptions& options_;
  std::map<std::string, std::vector<std::size_t>> members_;
};

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

// Protocols that intervals are made from.
std::vector<BacktestOptions> protocols(Population population, int threads) {
  std::vector<BacktestOptions> list{{.populations = {population}, .hidden = Hidden::Model, .rows = 0, .threads = threads}};
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
    steps += count_folds(all.back(), rows, options.hidden);
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
    const auto population = static_cast<Population>(i);
    all.push_back(samples_of(rows, population));
    for (const BacktestOptions& options : protocols(population, threads)) {
      steps += count_folds(all.back(), rows, options.hidden);
    }
  }
  progress.begin("fitting", steps);
  Calibration calibration;
  for (int i = 0; i < kPopulationCount; ++i) {
    const auto population = static_cast<Population>(i);
    const PopulationSamples& samples = all[static_cast<std::size_t>(i)];
    std::vector<Residual> residuals;
    for (const BacktestOptions& options : protocols(population, threads)) {
      const std::vector<Residual> found = residuals_of(NETFIT_TRY(Folder(samples, rows, options).run(progress)));
      residuals.insert(residuals.end(), found.begin(), found.end());
    }
    calibration.of(population) = fit_population(samples, rows, all_of(samples));
    calibration.of(population).widths = interval_widths(residuals);
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
