// SPDX-License-Identifier: Apache-2.0
#include "calib/summary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "calib/statistics.h"

namespace netfit::calib {
namespace {

bool of(const Judged& judged, Population population) {
  return judged.quantity == Quantity::Latency && judged.observation->situation.population == population;
}
int threads(const Judged& judged) { return judged.observation->situation.threads; }
bool int8(const Judged& judged) { return judged.observation->situation.int8; }
bool odd(const Judged& judged) { return judged.prediction.group.odd; }
// Those that are the only ones, or nearly, of a kind of kernel: large products, attention, narrow groups, a tiny image.
bool odd_model(const Judged& judged) {
  constexpr std::array<std::string_view, 6> kOdd{"alexnet",      "vgg16",    "vgg16_int8", "vision_transformer",
                                                 "regnety_400m", "blazeface"};
  const std::string& model = judged.observation->row.model_id;
  return std::ranges::any_of(kOdd,
                             [&](std::string_view odd) { return model == "ncnn/" + std::string(odd) + ".param"; });
}

bool autoencoder(const Judged& judged) { return judged.observation->row.model_id == "mlperf_tiny/ad01_int8.tflite"; }

bool mobile_family(const Judged& judged) {
  const Situation& situation = judged.observation->situation;
  const std::string& model = judged.observation->row.model_id;
  const bool runtime = situation.family.starts_with("tflite") || situation.family == "armnn";
  const bool network =
      model.starts_with("mobilenet") || model.starts_with("efficientnet_lite") || model.starts_with("resnet50");
  return of(judged, Population::Mobile) && runtime && network;
}

bool x_cube_ai(const Judged& judged) { return judged.observation->situation.family == "x-cube-ai"; }

bool zoo_on_m7(const Judged& judged) {
  const Situation& situation = judged.observation->situation;
  return of(judged, Population::Microcontroller) && situation.family == "x-cube-ai" && situation.core == "cortex-m7" &&
         !judged.observation->row.model_id.starts_with("mlperf_tiny/");
}

bool energy(const Judged& judged, bool microcontroller) {
  const bool is = judged.observation->situation.population == Population::Microcontroller;
  return judged.quantity == Quantity::Energy && is == microcontroller;
}

struct Kind {
  std::string_view name;
  bool (*holds)(const Judged& judged);
};

constexpr std::array kKinds{
    Kind{"all latencies", [](const Judged& j) { return j.quantity == Quantity::Latency; }},
    Kind{"ncnn on CPUs", [](const Judged& j) { return of(j, Population::Ncnn); }},
    Kind{"ncnn, one thread, float, usual work",
         [](const Judged& j) { return of(j, Population::Ncnn) && threads(j) == 1 && !int8(j) && !odd(j); }},
    Kind{"ncnn, one thread, float, usual models",
         [](const Judged& j) { return of(j, Population::Ncnn) && threads(j) == 1 && !int8(j) && !odd_model(j); }},
    Kind{"ncnn, one thread", [](const Judged& j) { return of(j, Population::Ncnn) && threads(j) == 1; }},
    Kind{"ncnn, one thread, core known",
         [](const Judged& j) { return of(j, Population::Ncnn) && threads(j) == 1 && j.prediction.seen.core; }},
    Kind{"ncnn, 2 to 4 threads",
         [](const Judged& j) { return of(j, Population::Ncnn) && threads(j) > 1 && threads(j) <= 4; }},
    Kind{"ncnn, more threads", [](const Judged& j) { return of(j, Population::Ncnn) && threads(j) > 4; }},
    Kind{"ncnn, int8", [](const Judged& j) { return of(j, Population::Ncnn) && int8(j); }},
    Kind{"ncnn, odd work", [](const Judged& j) { return of(j, Population::Ncnn) && odd(j); }},
    Kind{"TFLite, Arm NN: MobileNet, EfficientNet-lite, ResNet", &mobile_family},
    Kind{"the same, float", [](const Judged& j) { return mobile_family(j) && !int8(j); }},
    Kind{"the same, int8", [](const Judged& j) { return mobile_family(j) && int8(j); }},
    Kind{"other runtimes on application processors",
         [](const Judged& j) { return of(j, Population::Mobile) && !mobile_family(j); }},
    Kind{"X-CUBE-AI on Cortex-M7, model zoo", &zoo_on_m7},
    Kind{"microcontrollers, without the autoencoder",
         [](const Judged& j) { return of(j, Population::Microcontroller) && !autoencoder(j); }},
    Kind{"the autoencoder on microcontrollers",
         [](const Judged& j) { return of(j, Population::Microcontroller) && autoencoder(j); }},
    Kind{"GPUs and NPUs", [](const Judged& j) { return of(j, Population::Accelerator); }},
    Kind{"energy of microcontrollers, voltage known",
         [](const Judged& j) { return energy(j, true) && j.observation->situation.volts > 0; }},
    Kind{"energy of microcontrollers, voltage not known",
         [](const Judged& j) { return energy(j, true) && j.observation->situation.volts == 0; }},
    Kind{"peak RAM, X-CUBE-AI", [](const Judged& j) { return j.quantity == Quantity::PeakRam && x_cube_ai(j); }},
    Kind{"peak RAM, TFLM, CMSIS-NN and TinyEngine",
         [](const Judged& j) { return j.quantity == Quantity::PeakRam && !x_cube_ai(j); }},
    Kind{"flash, X-CUBE-AI", [](const Judged& j) { return j.quantity == Quantity::Flash; }},
    Kind{"energy of whole boards", [](const Judged& j) { return energy(j, false); }},
};

using ByModel = std::map<std::string, double>;  // ln of the latency

// Configurations by what they must have in common to be twins.
std::string kin_of(const Judged& judged) {
  const Situation& s = judged.observation->situation;
  return s.core + "|" + s.family + "|" + std::to_string(s.threads) + (s.mixture ? "|mixed" : "");
}

std::string file_of(const Judged& judged) {
  const Measurement& row = judged.observation->row;
  return with_classes(row.model_id, row.notes) + "|" + row.precision;
}

// How far `model` on a configuration is from what a twin says, the scale between them being told by all other models.
double twin_error(const ByModel& own, const ByModel& twin, const std::string& model) {
  std::vector<double> ratios;
  for (const auto& [name, value] : own) {
    const auto found = twin.find(name);
    if (name != model && found != twin.end()) ratios.push_back(value - found->second);
  }
  constexpr std::size_t kLeast = 5;
  if (ratios.size() < kLeast) return -1.0;
  return std::abs(std::exp(twin.at(model) + median(ratios) - own.at(model)) - 1.0);
}

// For each row the error of its nearest twin: the one whose scaled latencies fit best on all models together.
std::optional<Floor> floor_of(const std::vector<Judged>& rows) {
  std::map<std::string, std::map<std::string, ByModel>> kin;
  for (const Judged& row : rows) {
    kin[kin_of(row)][row.observation->situation.key()][file_of(row)] = std::log(row.measured);
  }
  std::vector<double> errors;
  for (const auto& [name, configurations] : kin) {
    for (const auto& [key, own] : configurations) {
      std::vector<double> best;
      for (const auto& [other, twin] : configurations) {
        if (other == key) continue;
        std::vector<double> these;
        for (const auto& [model, value] : own) {
          const double error = twin.contains(model) ? twin_error(own, twin, model) : -1.0;
          if (error >= 0) these.push_back(error);
        }
        if (!these.empty() && (best.empty() || median(these) < median(best))) best = std::move(these);
      }
      errors.insert(errors.end(), best.begin(), best.end());
    }
  }
  if (errors.empty()) return std::nullopt;
  const auto within = [&](double limit) {
    const auto count = std::ranges::count_if(errors, [&](double error) { return error <= limit; });
    return static_cast<double>(count) / static_cast<double>(errors.size());
  };
  Floor floor{.within_10 = within(0.1), .within_20 = within(0.2)};
  floor.median_error = median(std::move(errors));
  return floor;
}

}  // namespace

std::vector<SummaryLine> summarize(std::span<const Judged> judged) {
  std::vector<SummaryLine> lines;
  for (const Kind& kind : kKinds) {
    std::vector<Judged> rows;
    std::ranges::copy_if(judged, std::back_inserter(rows), kind.holds);
    if (rows.empty()) continue;
    const bool latencies = rows.front().quantity == Quantity::Latency;
    lines.push_back({std::string(kind.name), score(rows), latencies ? floor_of(rows) : std::nullopt});
  }
  return lines;
}

RankCorrelation rank_correlation(std::span<const Judged> judged) {
  constexpr std::size_t kLeast = 15;
  std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> pairs;
  for (const Judged& row : judged) {
    if (row.quantity != Quantity::Latency) continue;
    auto& [predicted, measured] = pairs[row.observation->situation.key()];
    predicted.push_back(row.prediction.value);
    measured.push_back(row.measured);
  }
  std::vector<double> correlations;
  for (const auto& [key, pair] : pairs) {
    if (pair.first.size() >= kLeast) correlations.push_back(spearman(pair.first, pair.second));
  }
  const int count = static_cast<int>(correlations.size());
  return {median(std::move(correlations)), count};
}

}  // namespace netfit::calib
