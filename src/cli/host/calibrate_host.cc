// SPDX-License-Identifier: Apache-2.0
#include "cli/host/calibrate_host.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include <fmt/format.h>

#include "calib/xnnpack_kernels.h"
#include "cli/host/networks.h"
#include "exec/cpu.h"

namespace netfit::cli {
namespace {

constexpr std::size_t kMostNetworks = 400;  // more tell little: errors are those of what is not modelled
constexpr std::size_t kLeastNetworks = 60;  // fewer don't exercise every term
constexpr std::size_t kNetworksATurn = 12;  // timed together; so many are in memory at once
constexpr double kSecondsEach = 0.3;
constexpr double kReserve = 0.9;  // of the budget; what remains is for the fit

#if defined(__x86_64__)
constexpr const char* kCore = "x86";
#else
constexpr const char* kCore = "aarch64";
#endif
// Cycles are those of a nominal clock: what the CPU's is at any moment nobody tells.
constexpr double kNominalMhz = 3000.0;

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Measures networks until time or networks are over.
class Measuring {
 public:
  Measuring(const HostOptions& options, const Environment& environment)
      : environment_(environment),
        end_(now_seconds() + kReserve * options.budget_seconds),
        specs_(draw_networks(options.seed, kMostNetworks)) {}

  Result<HostCalibration> run() {
    environment_.progress->begin("measuring networks", static_cast<std::int64_t>(specs_.size()));
    for (std::size_t i = 0; i < specs_.size() && now_seconds() < end_; i += kNetworksATurn) {
      const std::size_t count = std::min(kNetworksATurn, specs_.size() - i);
      const Result<void> turn = measure({specs_.begin() + static_cast<std::ptrdiff_t>(i), count});
      if (!turn && turn.error().kind() == base::ErrorKind::Interrupted && i >= kLeastNetworks) {
        result_.complete = false;
        break;
      }
      NETFIT_TRY(turn);
      environment_.progress->advance(static_cast<std::int64_t>(count));
    }
    return std::move(result_);
  }

 private:
  Result<void> measure(std::span<const std::string> specs) {
    std::vector<Model> models;
    for (const std::string& spec : specs) {
      for (const bool int8 : {false, true}) models.push_back(NETFIT_TRY(timeable_model(spec, int8)));
    }
    const std::vector<HostTiming> timings = NETFIT_TRY(time_models(models, kSecondsEach, environment_));
    for (std::size_t i = 0; i < models.size(); ++i) {
      result_.rows.push_back(host_observation(models[i], i % 2 == 1, timings[i]));
      result_.repeats.push_back(timings[i].repeat);
    }
    return {};
  }

  const Environment& environment_;
  double end_;
  std::vector<std::string> specs_;
  HostCalibration result_;
};

}  // namespace

calib::Observation host_observation(const Model& model, bool int8, const HostTiming& timing) {
  calib::Measurement row;
  row.device_id = fmt::format("host/{}@{:.0f}", kCore, kNominalMhz);
  row.core = kCore;
  row.runtime = calib::host_runtime(exec::cpu_features());
  row.model_id = model.name;
  row.precision = int8 ? "int8" : "fp32";
  row.clock_mhz = kNominalMhz;
  row.threads = 1;
  row.latency_ms = timing.ms;
  calib::Observation observation{.row = row, .situation = calib::situation_of(row), .counts = {}, .memory = {}};
  observation.counts = sum_terms(count_terms(model.graph, observation.situation.rules()));
  return observation;
}

Result<HostCalibration> calibrate_host(const HostOptions& options, const Environment& environment) {
  HostCalibration host = NETFIT_TRY(Measuring(options, environment).run());
  if (host.rows.size() < 2 * kLeastNetworks) {
    return bad_usage(fmt::format("--budget: {} networks could be measured, at least {} are needed",
                                 host.rows.size() / 2, kLeastNetworks));
  }
  Progress& progress = *environment.progress;
  host.own = NETFIT_TRY(calib::calibrate_all(host.rows, 1, progress));
  calib::BacktestOptions backtest{.populations = {calib::Population::Host}, .hidden = calib::Hidden::Model};
  host.judged = NETFIT_TRY(calib::backtest(host.rows, backtest, progress));
  return host;
}

std::string measurements_csv(const std::vector<calib::Observation>& rows) {
  std::string text = "device_id,core,clock_mhz,runtime,threads,model_id,precision,latency_ms\n";
  for (const calib::Observation& row : rows) {
    fmt::format_to(std::back_inserter(text), "{},{},{:.0f},{},1,\"{}\",{},{:.6g}\n", row.row.device_id, row.row.core,
                   kNominalMhz, row.row.runtime, row.row.model_id, row.row.precision, *row.row.latency_ms);
  }
  return text;
}

}  // namespace netfit::cli
