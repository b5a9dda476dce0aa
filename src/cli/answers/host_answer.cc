// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/host_answer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/table.h"
#include "eval/latency_statistics.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kWorst = 5;

/// One precision's part.
struct Part {
  std::string_view precision;
  calib::Score score;
  double repeats_within = 0.0;  ///< nine of ten measurements repeat within this share
};

Part part_of(const HostCalibration& host, std::string_view precision) {
  std::vector<calib::Judged> judged;
  for (const calib::Judged& one : host.judged) {
    if (one.observation->row.precision == precision) judged.push_back(one);
  }
  std::vector<double> repeats;
  for (std::size_t i = 0; i < host.rows.size(); ++i) {
    if (host.rows[i].row.precision == precision) repeats.push_back(std::abs(host.repeats[i] - 1.0));
  }
  std::ranges::sort(repeats);
  return {precision, calib::score(judged), repeats.empty() ? 0.0 : eval::quantile(repeats, 0.9)};
}

std::array<Part, 2> parts_of(const HostCalibration& host) { return {part_of(host, "fp32"), part_of(host, "int8")}; }

std::vector<calib::Judged> worst_first(const HostCalibration& host) {
  std::vector<calib::Judged> judged = host.judged;
  std::ranges::sort(judged, std::greater(), [](const calib::Judged& one) { return std::abs(one.error()); });
  judged.resize(std::min(judged.size(), kWorst));
  return judged;
}

std::string percent(double share) { return fmt::format("{:.1f}", 100 * share); }

}  // namespace

void print_host(const HostCalibration& host, const std::string& output, std::FILE* out) {
  fmt::print(out, "{}: {} networks measured in {} on one thread{}\n\n", host.rows.front().row.device_id,
             host.rows.size() / 2, host.rows.front().row.runtime, host.complete ? "" : ", stopped early");
  Table table({{"unseen networks"},
               {"median error %", Align::Right},
               {"within 10 %", Align::Right},
               {"within 20 %", Align::Right},
               {"inside interval %", Align::Right},
               {"factor", Align::Right},
               {"repeats within %", Align::Right}});
  for (const Part& part : parts_of(host)) {
    table.add({std::string(part.precision), percent(part.score.median_error), percent(part.score.within_10),
               percent(part.score.within_20), percent(part.score.coverage),
               fmt::format("{:.3f}", part.score.median_factor), percent(part.repeats_within)});
  }
  fmt::print(out,
             "{}each network by a calibration to nine tenths of the others; the interval is of 90 %; nine of\n"
             "ten measurements repeat within the last figure\n\nworst\n",
             table.text());
  Table worst({{"model"}, {"precision"}, {"measured, ms", Align::Right}, {"predicted", Align::Right}});
  for (const calib::Judged& one : worst_first(host)) {
    worst.add({base::printable(one.observation->row.model_id, 300), one.observation->row.precision,
               fmt::format("{:.4g}", one.measured), fmt::format("{:.4g}", one.prediction.value)});
  }
  fmt::print(out, "{}written to {}; use it with netfit estimate --device host --calibration {}\n", worst.text(), output,
             output);
}

Json host_json(const HostCalibration& host, const std::string& output) {
  Json unseen = Json::array();
  for (const Part& part : parts_of(host)) {
    unseen.push_back({{"precision", part.precision},
                      {"rows", part.score.rows},
                      {"median_error", part.score.median_error},
                      {"within_10", part.score.within_10},
                      {"within_20", part.score.within_20},
                      {"coverage", part.score.coverage},
                      {"median_factor", part.score.median_factor},
                      {"repeats_within", part.repeats_within}});
  }
  return {{"device", host.rows.front().row.device_id},
          {"runtime", host.rows.front().row.runtime},
          {"networks", host.rows.size() / 2},
          {"complete", host.complete},
          {"unseen", unseen},
          {"output", output}};
}

}  // namespace netfit::cli
