// SPDX-License-Identifier: Apache-2.0
#include "calib/intervals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "calib/power.h"

namespace netfit::calib {
namespace {

constexpr double kLevel = 0.9;
// A group with fewer rows, or rows of fewer models, takes the quantile of the coarser group.
constexpr std::size_t kLeastRows = 40;
constexpr std::size_t kLeastModels = 5;
constexpr double kOddShare = 0.02;  // of the time
constexpr int kFewModels = 3;
constexpr double kUnjudged = 0.8;  // ln: where no row of the population judges, a factor of 2.2

std::string_view name(Hidden hidden) {
  constexpr std::array<std::string_view, 3> kNames{"model", "device", "core"};
  return kNames[static_cast<std::size_t>(hidden)];
}

std::string_view thread_class(int threads) {
  if (threads == 0) return "unknown";
  return threads == 1 ? "one" : threads <= 4 ? "few" : "many";
}

// Finest first.
std::vector<std::string> names_of(const Group& group) {
  int rows = 0;
  for (const int step : kAdaptedRows) rows = step <= group.rows ? step : rows;
  const std::string hidden =
      rows == 0 ? std::string(name(group.hidden)) : fmt::format("{}+{}", name(group.hidden), rows);
  const std::string_view odd = group.odd ? "odd" : "usual";
  const std::string_view threads = thread_class(group.threads);
  const std::string_view precision = group.int8 ? "int8" : "float";
  return {fmt::format("{}/{}/{}/{}/{}", hidden, odd, threads, precision, group.family),
          fmt::format("{}/{}/{}/{}", hidden, odd, threads, precision), fmt::format("{}/{}/{}", hidden, odd, threads),
          fmt::format("{}/{}", hidden, odd), hidden};
}

double conformal_quantile(std::vector<double> sizes) {
  std::ranges::sort(sizes);
  const auto count = static_cast<double>(sizes.size());
  const auto rank = static_cast<std::size_t>(std::min(count, std::ceil(kLevel * (count + 1.0))));
  return sizes[rank - 1];
}

// The same where rows come in folds that err alike.
double quantile_over_folds(const std::vector<const Residual*>& residuals) {
  std::map<std::string, int> sizes;
  for (const Residual* residual : residuals) ++sizes[residual->fold];
  std::vector<std::pair<double, double>> weighted;  // (size of an error, weight)
  for (const Residual* residual : residuals) {
    const double share = 1.0 / (static_cast<double>(sizes.size() + 1) * sizes[residual->fold]);
    weighted.emplace_back(std::abs(residual->error), share);
  }
  std::ranges::sort(weighted);
  double below = 0.0;
  for (const auto& [size, share] : weighted) {
    below += share;
    if (below >= kLevel) return size;
  }
  return weighted.back().first;
}

double quantile_of(const std::vector<const Residual*>& residuals) {
  if (residuals.front()->group.hidden != Hidden::Model) return quantile_over_folds(residuals);
  std::vector<double> sizes;
  for (const Residual* residual : residuals) sizes.push_back(std::abs(residual->error));
  return conformal_quantile(std::move(sizes));
}

}  // namespace

std::map<std::string, double> interval_widths(const std::vector<Residual>& residuals) {
  std::map<std::string, std::vector<const Residual*>> lists;
  std::map<std::string, std::set<std::string>> models;
  for (const Residual& residual : residuals) {
    for (const std::string& key : names_of(residual.group)) {
      lists[key].push_back(&residual);
      models[key].insert(residual.model);
    }
  }
  std::map<std::string, double> widths;
  for (const auto& [key, list] : lists) {
    const bool coarsest = key.find('/') == std::string::npos;
    if (coarsest || (list.size() >= kLeastRows && models[key].size() >= kLeastModels)) {
      widths[key] = quantile_of(list);
    }
  }
  return widths;
}

double width_of(const std::map<std::string, double>& widths, const Group& group) {
  for (const std::string& key : names_of(group)) {
    if (const auto found = widths.find(key); found != widths.end()) return found->second;
  }
  return kUnjudged;
}

void bound(Prediction& prediction, double width) {
  prediction.low = prediction.value * std::exp(-width);
  prediction.high = prediction.value * std::exp(width);
}

Predictor::Predictor(const PopulationCalibration& calibration, Situation situation)
    : calibration_(calibration),
      situation_(std::move(situation)),
      cycles_(cycles_in(situation_, calibration.coefficients)),
      seen_(seen_by(calibration, situation_, "")) {
  const auto noise = calibration.coefficients.noise.find(situation_.key());
  const bool known = seen_.device && noise != calibration.coefficients.noise.end();
  const Hidden hidden = !seen_.core ? Hidden::Core : known ? Hidden::Model : Hidden::Device;
  group_ = {.hidden = hidden, .threads = situation_.threads, .int8 = situation_.int8, .family = situation_.family};
  if (known) noise_ = noise->second;
  if (hidden != Hidden::Model) {
    const auto adapted = calibration.adapted.find(situation_.board);
    // Another configuration of a known board tells its scale, much as one row would.
    group_.rows = adapted != calibration.adapted.end() ? adapted->second : seen_.device ? 1 : 0;
  }
  for (const bool odd : {false, true}) {
    Group group = group_;
    group.odd = odd;
    widths_.at(odd ? 1 : 0) = width_of(calibration.widths, group);
    model_widths_.at(odd ? 1 : 0) =
        width_of(calibration.widths, {Hidden::Model, odd, situation_.threads, 0, situation_.int8, situation_.family});
  }
  for (std::size_t k = 0; k < cost::kTermCount; ++k) {
    const auto found = calibration.exercised.find(std::string(spec_of(static_cast<cost::Term>(k)).name));
    if (found != calibration.exercised.end()) exercised_[k] = found->second;
  }
}

// Whether work that fewer than three other models exercise takes a part of the predicted time.
bool Predictor::is_odd(const cost::TermCounts& counts, bool model_seen) const {
  double odd = 0.0;
  double all = 0.0;
  for (std::size_t k = 0; k < cost::kTermCount; ++k) {
    const double share = counts.counts[k] * cycles_[k];
    all += share;
    if (share > 0 && exercised_[k] - (model_seen ? 1 : 0) < kFewModels) odd += share;
  }
  return all > 0 && odd / all > kOddShare;
}

double Predictor::model_factor(const std::string& model) const {
  return std::exp(model_deviation(situation_, model, calibration_.coefficients));
}

Prediction Predictor::predict(const cost::TermCounts& counts, const std::string& model) const {
  Prediction result;
  result.value = latency_ms(counts, cycles_, situation_.clock_mhz) * model_factor(model);
  result.seen = seen_;
  result.seen.model = !model.empty() && calibration_.models.contains(model);
  result.group = group_;
  result.group.odd = is_odd(counts, result.seen.model);
  const std::size_t odd = result.group.odd ? 1 : 0;
  double width = widths_.at(odd);
  if (group_.hidden == Hidden::Model) {
    width *= noise_;
  } else if (!result.seen.model) {
    // Errors of the device and of the model are independent.
    width = std::hypot(width, model_widths_.at(odd));
  }
  bound(result, width);
  return result;
}

Prediction predict(const PopulationCalibration& calibration, const Situation& situation, const cost::TermCounts& counts,
                   const std::string& model) {
  return Predictor(calibration, situation).predict(counts, model);
}

std::optional<Prediction> predict_energy(const PopulationCalibration& calibration, const Situation& situation,
                                         const cost::TermCounts& counts, const std::string& model) {
  if (calibration.energy_widths.empty()) return std::nullopt;
  Prediction result = predict(calibration, situation, counts, model);
  result.value *= power_watts(situation, calibration.coefficients);
  if (!knows_power_of_core(situation, calibration.coefficients)) {
    result.group.hidden = Hidden::Core;
  } else if (!knows_power_of_board(situation, calibration.coefficients)) {
    result.group.hidden = Hidden::Device;
  }
  bound(result, width_of(calibration.energy_widths, result.group));
  return result;
}

}  // namespace netfit::calib
