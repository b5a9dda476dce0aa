// SPDX-License-Identifier: Apache-2.0
#include "calib/cells.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "arch/arch.h"
#include "base/random.h"
#include "base/text.h"
#include "calib/csv.h"
#include "calib/statistics.h"
#include "cost/count_terms.h"

namespace netfit::calib {
namespace {

struct Device {
  std::string_view column;
  std::string_view id;
  bool dead_kept;
};

// Cores and clocks from the devices' specifications. Two tables were made with networks that a converter had pruned
// (raspi4, pixel3: the study in docs/cost-models.md).
constexpr std::array kDevices{
    Device{"raspi4_ms", "raspi4/cortex-a72@1500", false},
    Device{"pixel3_ms", "pixel3/kryo385-gold@2500", false},
    Device{"pixel2_ms", "pixel2/kryo280-gold@2350", true},
    Device{"samsung_s7_ms", "samsung-s7/cortex-a72@2600", true},
    Device{"samsung_a50_ms", "samsung-a50/cortex-a73@2300", true},
    Device{"essential_ph_1_ms", "essential-ph-1/kryo280-gold@2450", true},
};

struct CellRow {
  cost::TermCounts removed;
  cost::TermCounts kept;
  std::array<double, kDevices.size()> ms{};

  const cost::TermCounts& counts(const Device& device) const { return device.dead_kept ? kept : removed; }
};

Situation situation_on(const Device& device) {
  Measurement row;
  row.device_id = device.id;
  row.core = device.id.substr(device.id.find('/') + 1, device.id.rfind('@') - device.id.find('/') - 1);
  row.clock_mhz = clock_of_id(device.id);
  row.runtime = "tflite cpu";
  row.precision = "fp32";
  row.threads = 1;
  return situation_of(row);
}

Result<std::vector<CellRow>> read_cells(std::string_view table, Progress& progress) {
  CsvReader reader(table);
  const auto head = reader.next();
  const bool known = head && head->size() == 2 + kDevices.size() && (*head)[1] == "arch";
  if (!known) return bad_input("line 1: not the columns of NAS-Bench-201's table");
  const cost::CountingRules rules = situation_on(kDevices.front()).rules();
  std::vector<CellRow> rows;
  while (const auto cells = reader.next()) {
    if (progress.stopped()) return base::interrupted();
    if (cells->size() != head->size()) return bad_input(fmt::format("line {}: {} cells", reader.line(), cells->size()));
    const Result<ir::Graph> graph = arch::build("nb201:arch=" + (*cells)[1]);
    if (!graph) continue;
    const ir::Graph whole = NETFIT_TRY(arch::build("nb201:dead=kept,arch=" + (*cells)[1]));
    CellRow row{sum_terms(count_terms(*graph, rules)), sum_terms(count_terms(whole, rules))};
    for (std::size_t d = 0; d < kDevices.size(); ++d) {
      const std::string& cell = (*cells)[2 + d];
      const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), row.ms[d]);
      if (error != std::errc() || !(row.ms[d] > 0)) {
        return bad_input(fmt::format("line {}: '{}' is no latency", reader.line(), base::printable(cell)));
      }
    }
    rows.push_back(row);
  }
  return rows;
}

struct Draw {
  std::vector<double> errors;
  std::vector<double> predicted;
  std::vector<double> measured;
  double width = 0.0;
};

// One draw's fit, and its errors on all other cells.
Draw draw_once(const std::vector<CellRow>& rows, std::size_t d, const Coefficients& known, int fitted,
               std::uint64_t seed) {
  // Errors on cells that were fitted are that much smaller than on others, about.
  constexpr double kUnseen = 1.15;
  base::Random random(seed);
  Samples samples{.situations = {situation_on(kDevices[d])}, .samples = {}};
  std::vector<bool> taken(rows.size(), false);
  std::vector<std::size_t> chosen;
  while (chosen.size() < std::min(static_cast<std::size_t>(fitted), rows.size() / 2)) {
    const auto i = static_cast<std::size_t>(random.integer(0, std::ssize(rows) - 1));
    if (taken[i]) continue;
    taken[i] = true;
    chosen.push_back(chosen.size());
    samples.samples.push_back({0, std::to_string(i), rows[i].counts(kDevices[d]), std::log(rows[i].ms[d])});
  }
  const Situation& situation = samples.situations.front();
  const CycleTable cycles = cycles_in(situation, adapt(known, samples, chosen));
  std::vector<double> own;
  for (const Sample& sample : samples.samples) {
    own.push_back(std::abs(std::log(latency_ms(sample.counts, cycles, situation.clock_mhz)) - sample.log_ms));
  }
  std::ranges::sort(own);
  Draw draw{.width = kUnseen * own[own.size() * 9 / 10]};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (taken[i]) continue;
    draw.predicted.push_back(latency_ms(rows[i].counts(kDevices[d]), cycles, situation.clock_mhz));
    draw.measured.push_back(rows[i].ms[d]);
    draw.errors.push_back(std::log(draw.predicted.back() / draw.measured.back()));
  }
  return draw;
}

double share(const std::vector<double>& errors, auto within) {
  return static_cast<double>(std::ranges::count_if(errors, within)) / static_cast<double>(errors.size());
}

CellScore score_device(const std::vector<CellRow>& rows, std::size_t d, const Coefficients& known,
                       const CellProtocol& protocol) {
  std::array<std::vector<double>, 6> figures;  // by draw: median error, in 10 %, in 20 %, coverage, factor, rank
  for (int i = 0; i < protocol.draws; ++i) {
    const Draw draw = draw_once(rows, d, known, protocol.fitted, static_cast<std::uint64_t>(i) + 1);
    std::vector<double> sizes;
    for (const double error : draw.errors) sizes.push_back(std::abs(std::exp(error) - 1.0));
    figures[1].push_back(share(sizes, [](double size) { return size <= 0.1; }));
    figures[2].push_back(share(sizes, [](double size) { return size <= 0.2; }));
    figures[0].push_back(median(std::move(sizes)));
    figures[3].push_back(share(draw.errors, [&](double error) { return std::abs(error) <= draw.width; }));
    figures[4].push_back(std::exp(draw.width));
    figures[5].push_back(spearman(draw.predicted, draw.measured));
  }
  CellScore result{.device = std::string(kDevices[d].id), .dead_kept = kDevices[d].dead_kept};
  result.score = {.rows = rows.size() - static_cast<std::size_t>(protocol.fitted),
                  .median_error = median(figures[0]),
                  .within_10 = median(figures[1]),
                  .within_20 = median(figures[2]),
                  .coverage = median(figures[3]),
                  .median_factor = median(figures[4])};
  result.rank_correlation = median(figures[5]);
  return result;
}

}  // namespace

Result<std::vector<CellScore>> backtest_cells(std::string_view table, const Calibration& known,
                                              const CellProtocol& protocol, Progress& progress) {
  progress.begin("cells", std::ssize(kDevices));
  const std::vector<CellRow> rows = NETFIT_TRY(read_cells(table, progress));
  if (std::ssize(rows) < 2 * protocol.fitted) return bad_input("too few cells to fit and to judge");
  std::vector<CellScore> scores;
  for (std::size_t d = 0; d < kDevices.size(); ++d) {
    if (progress.stopped()) return base::interrupted();
    scores.push_back(score_device(rows, d, known.of(Population::Mobile).coefficients, protocol));
    progress.advance(1);
  }
  return scores;
}

}  // namespace netfit::calib
