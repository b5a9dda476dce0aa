// SPDX-License-Identifier: Apache-2.0
// Judges what `netfit calibrate --host` wrote: 100 networks of its generator with another seed, and 20 known ones, are
// measured in LiteRT and compared with the prediction. Prints a Markdown table; exit code 3 if fewer than 90 % are
// within 10 %.
#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/files.h"
#include "calib/adapt_board.h"
#include "cli/host/calibrate_host.h"
#include "cli/host/networks.h"
#include "cli/host/timing.h"
#include "eval/host.h"
#include "ir/op_spec.h"

namespace {

using namespace netfit;

constexpr std::uint64_t kSeed = 1000;  // the calibration draws with another one
constexpr std::size_t kUnseen = 100;
constexpr std::size_t kATurn = 24;
constexpr double kSecondsEach = 0.3;
constexpr double kWanted = 0.9;

constexpr std::array kNamed{"mobilenet_v1:alpha=0.25,resolution=96,classes=2",
                            "mobilenet_v1:alpha=0.5,resolution=160",
                            "mobilenet_v2:alpha=0.35,resolution=128",
                            "mobilenet_v2:alpha=1,resolution=224",
                            "mobilenet_v3:size=small,resolution=224",
                            "mobilenet_v3:size=large,resolution=224",
                            "efficientnet_lite:scale=0",
                            "squeezenet",
                            "fd_mobilenet:alpha=0.25,resolution=128",
                            "resnet_v1_cifar:depth=32"};

using cli::Model;

struct Subject {
  Model model;
  bool int8 = false;
  bool known = false;
};

Result<void> add(std::vector<Subject>& subjects, const std::string& spec, bool known) {
  for (const bool int8 : {false, true}) {
    subjects.push_back({NETFIT_TRY(cli::timeable_model(spec, int8)), int8, known});
  }
  return {};
}

Result<void> add_file(std::vector<Subject>& subjects, const std::filesystem::path& path,
                      const cli::Environment& environment) {
  const Model file = NETFIT_TRY(cli::load_model(path.string(), environment));
  const bool integers = path.extension() == ".tflite";
  for (const bool int8 : {false, true}) {
    if (integers && !int8) continue;
    subjects.push_back({NETFIT_TRY(cli::timeable_model(file.name, file.graph, int8)), int8, true});
  }
  return {};
}

Result<std::vector<Subject>> gather(const std::string& models, const cli::Environment& environment) {
  std::vector<Subject> subjects;
  for (const std::string& spec : cli::draw_networks(kSeed, kUnseen)) NETFIT_TRY(add(subjects, spec, false));
  for (const char* spec : kNamed) NETFIT_TRY(add(subjects, spec, true));
  std::vector<std::filesystem::path> files;
  for (const std::filesystem::path& folder : {std::filesystem::path("zoo"), std::filesystem::path(models)}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension == ".onnx" || extension == ".tflite") files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  for (const std::filesystem::path& path : files) NETFIT_TRY(add_file(subjects, path, environment));
  return subjects;
}

void print_part(std::string_view what, const std::vector<const calib::Judged*>& part) {
  std::vector<calib::Judged> judged;
  for (const calib::Judged* one : part) judged.push_back(*one);
  const calib::Score score = calib::score(judged);
  fmt::print("| {} | {} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |\n", what, score.rows, 100 * score.median_error,
             100 * score.within_10, 100 * score.within_20, 100 * score.coverage);
}

Result<bool> judge(const std::string& calibration, const std::string& models, const cli::Environment& environment) {
  const base::Bytes bytes = NETFIT_TRY(base::read_file(calibration));
  const calib::Calibration own = NETFIT_TRY(
      located(calib::read_calibration({reinterpret_cast<const char*>(bytes.data()), bytes.size()}), calibration));
  std::vector<Subject> subjects = NETFIT_TRY(gather(models, environment));
  std::vector<calib::Observation> rows;
  std::vector<double> repeats;
  for (std::size_t i = 0; i < subjects.size(); i += kATurn) {
    std::vector<Model> turn;
    for (std::size_t j = i; j < std::min(i + kATurn, subjects.size()); ++j) turn.push_back(subjects[j].model);
    const std::vector<cli::HostTiming> timings = NETFIT_TRY(cli::time_models(turn, kSecondsEach, environment));
    for (std::size_t j = 0; j < turn.size(); ++j) {
      rows.push_back(cli::host_observation(turn[j], subjects[i + j].int8, timings[j]));
      repeats.push_back(std::abs(timings[j].repeat - 1.0));
    }
  }
  const std::vector<calib::Judged> judged = calib::judge(rows, own);
  std::ranges::sort(repeats);
  const eval::Host host = eval::describe_host();
  fmt::print(
      "# Host calibration\n\nPrinted by `build/release/bin/host_calibration host.calibration.csv` after `netfit "
      "calibrate --host`, on {} with "
      "{} CPU(s), one thread of LiteRT ({}). Neither the fit nor its intervals have seen these networks: {} of the "
      "generator "
      "with another seed; the known ones are zoo/, MLPerf Tiny (int8) and architectures of papers.\n\n",
      host.cpu.value_or("an unknown CPU"), host.cpus, rows.front().row.runtime, kUnseen);
  fmt::print("| networks | measurements | median error % | within 10 % | within 20 % | inside 90 % interval |\n");
  fmt::print("|---|---:|---:|---:|---:|---:|\n");
  for (const bool known : {false, true}) {
    for (const bool int8 : {false, true}) {
      std::vector<const calib::Judged*> part;
      for (std::size_t i = 0; i < judged.size(); ++i) {
        if (subjects[i].known == known && subjects[i].int8 == int8) part.push_back(&judged[i]);
      }
      print_part(fmt::format("{}, {}", known ? "known" : "unseen", int8 ? "int8" : "float32"), part);
    }
  }
  std::vector<const calib::Judged*> all;
  for (const calib::Judged& one : judged) all.push_back(&one);
  print_part("all", all);
  fmt::print(
      "\nNine of ten measurements repeat within {:.1f} %.\n\n| beyond 10 % | measured, ms | predicted, ms "
      "|\n|---|---:|---:|\n",
      100 * repeats[repeats.size() * 9 / 10]);
  for (std::size_t i = 0; i < judged.size(); ++i) {
    if (std::abs(judged[i].prediction.value / judged[i].measured - 1.0) <= 0.1) continue;
    fmt::print("| {}, {} | {:.3f} | {:.3f} |\n", subjects[i].model.name, subjects[i].int8 ? "int8" : "float32",
               judged[i].measured, judged[i].prediction.value);
  }
  return calib::score(judged).within_10 >= kWanted;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Judges a host's calibration by networks that it has not seen; run in the repository's root");
  std::string calibration;
  std::string models = "../shared/models/mlperf_tiny";
  app.add_option("calibration", calibration, "what netfit calibrate --host wrote")->required();
  app.add_option("--models", models, "folder with MLPerf Tiny's .tflite files")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const Result<bool> good = judge(calibration, models, netfit::cli::real_environment());
  if (!good) {
    fmt::print(stderr, "error: {}\n", good.error().text());
    return 1;
  }
  return *good ? 0 : 3;
}
