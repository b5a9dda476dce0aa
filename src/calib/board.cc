// SPDX-License-Identifier: Apache-2.0
#include "calib/board.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "calib/board_runtimes.h"
#include "calib/intervals.h"
#include "calib/memory_figures.h"
#include "calib/memory_widths.h"
#include "calib/printed_core.h"
#include "cost/count_terms.h"
#include "ir/op_spec.h"

namespace netfit::calib {
namespace {

// Ids of the tables that the name means: the id itself, or all of the board.
std::vector<std::string> matching_ids(const Calibration& calibration, const std::string& device) {
  std::vector<std::string> ids;
  for (const PopulationCalibration& population : calibration.populations) {
    for (const std::string& id : population.boards) {
      if (id == device) return {id};
      if (board_name(id) == device) ids.push_back(id);
    }
    for (const auto& [id, rows] : population.adapted) {
      if (id == device || board_name(id) == device) ids.push_back(id);
    }
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// What stands between the board and the clock.
std::string core_of_id(const std::string& id) {
  const std::size_t slash = id.find('/');
  const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
  return id.substr(begin, id.rfind('@') - begin);
}

// "core@MHz" and "board/core@MHz" name a board that nobody needs to have measured.
bool describes_core(const std::string& device) {
  if (device.find('@') == std::string::npos) return false;
  const std::optional<double> clock = clock_of_id(device);
  return find_printed_core(core_of_id(device)) != nullptr && clock && is_clock(*clock);
}

enum class Part { Compute, Memory, Overhead };

Part part_of(cost::TermGroup group) {
  using enum cost::TermGroup;
  if (group == Overhead) return Part::Overhead;
  return group == Memory || group == Elementwise ? Part::Memory : Part::Compute;
}

cost::LayerCost price(const ir::Graph& graph, const cost::KernelTerms& kernel, const CycleTable& cycles,
                      const Situation& situation, const device::Core* core) {
  const ir::NodeView node(graph, graph.node(kernel.node));
  cost::LayerCost layer{.name = node.node().name, .op = std::string(node.op().name)};
  layer.macs = node.op().macs != nullptr ? node.op().macs(node) : 0;
  std::array<double, 3> parts{};
  for (std::size_t k = 0; k < cost::kTermCount; ++k) {
    const auto group = spec_of(static_cast<cost::Term>(k)).group;
    parts[static_cast<std::size_t>(part_of(group))] +=
        kernel.counts.counts[k] * cycles[k] / (situation.clock_mhz * 1e3);
  }
  layer.compute_ms = parts[0];
  layer.memory_ms = parts[1];
  layer.overhead_ms = parts[2];
  layer.latency_ms = parts[0] + parts[1] + parts[2];
  const auto most = std::ranges::max_element(parts) - parts.begin();
  layer.bound = most == 0 ? cost::Bound::Compute : most == 1 ? cost::Bound::Memory : cost::Bound::Overhead;
  if (core != nullptr) {
    const double peak = core->peak_macs() * (situation.float_type == DType::Float16 ? 2.0 : 1.0) *
                        std::max(situation.threads, 1) * situation.clock_mhz * 1e3;
    layer.utilisation = std::min(1.0, static_cast<double>(layer.macs) / (peak * layer.latency_ms));
  }
  return layer;
}

std::string basis_of(const Prediction& prediction, const Situation& situation) {
  if (prediction.group.hidden == Hidden::Core) {
    return fmt::format("rows of other cores: none is of {} with such a runtime", situation.core);
  }
  if (prediction.group.hidden == Hidden::Device) {
    return prediction.group.rows > 0 ? fmt::format("{} rows of this board", prediction.group.rows)
                                     : fmt::format("rows of other boards with {}", situation.core);
  }
  return prediction.group.odd ? "work that few measured models do" : "rows of this board and runtime";
}

void add_energy(const Predictor& predictor, const cost::TermCounts& counts, const std::string& model,
                cost::Estimate& estimate) {
  const auto energy = predict_energy(predictor.calibration(), predictor.situation(), counts, model);
  if (!energy) {
    estimate.unavailable.push_back({Quantity::Energy, "no published row has the energy of such a device"});
    return;
  }
  estimate.readings.push_back(
      {Quantity::Energy, energy->value, energy->low, energy->high, base::Source::Calibrated,
       "power while computing x latency; of what the measurements of this kind of device meter"});
}

// Rules of planners, judged by the rows that have such figures.
void add_memory(const ir::Graph& graph, const Predictor& predictor, cost::Estimate& estimate) {
  const std::optional<MemoryFigures> figures = memory_figures(graph, predictor.situation());
  for (const Quantity quantity : {Quantity::PeakRam, Quantity::Flash}) {
    const bool ram = quantity == Quantity::PeakRam;
    const std::optional<double> kib = !figures ? std::nullopt : ram ? figures->ram_kib : figures->flash_kib;
    if (!kib) {
      estimate.unavailable.push_back(
          {quantity, "how " + predictor.situation().runtime + " uses memory is not modelled"});
      continue;
    }
    const auto& widths = predictor.calibration().memory_widths;
    const auto width = widths.find(std::string(base::name(quantity)));
    Prediction prediction{.value = *kib * 1024.0};
    bound(prediction, width == widths.end() ? kUnjudgedMemory : width->second);
    estimate.readings.push_back({quantity, prediction.value, prediction.low, prediction.high, base::Source::Calibrated,
                                 "by what is known of the runtime's planner"});
  }
}

}  // namespace

std::string board_name(const std::string& id) { return id.substr(0, id.find('/')); }

std::vector<BoardSummary> list_boards(const Calibration& calibration) {
  std::map<std::string, BoardSummary> boards;
  for (const Configuration& each : configurations(calibration)) {
    BoardSummary& board = boards[each.board];
    board.id = each.board;
    board.core = canonical_core(core_of_id(each.board));
    board.clock_mhz = clock_of_id(each.board);
    board.runtimes.insert(each.runtime);
    board.threads = std::max(board.threads, each.threads);
  }
  std::vector<BoardSummary> list;
  for (auto& [id, board] : boards) list.push_back(std::move(board));
  return list;
}

bool names_board(const Calibration& calibration, const std::string& device) {
  return !matching_ids(calibration, device).empty() || describes_core(device);
}

Result<FoundBoard> find_board(const Calibration& calibration, const BoardQuery& query) {
  FoundBoard found;
  const std::vector<std::string> ids = matching_ids(calibration, query.device);
  if (ids.empty() && !describes_core(query.device)) {
    return bad_input(fmt::format("no measurements of device '{}'", base::printable(query.device)));
  }
  const std::string id = ids.empty() ? query.device : ids.front();
  if (ids.size() > 1) found.notes.push_back(fmt::format("{} is {} here; there is also {}", query.device, id, ids[1]));
  Measurement row;
  row.device_id = id;
  row.core = core_of_id(id);
  row.clock_mhz = clock_of_id(id);
  row.runtime = NETFIT_TRY(choose_runtime(calibration, id, query.runtime));
  row.threads = query.threads;
  const device::Core* core = find_printed_core(row.core);
  const bool half = row.runtime.starts_with("ncnn") && core != nullptr && core->has_halves();
  row.precision = query.int8 ? "int8" : half ? "fp16" : "fp32";
  found.situation = situation_of(row);
  calibration.of(found.situation.population).place(found.situation);
  if (query.runtime.empty()) found.notes.push_back(fmt::format("the runtime is {}", row.runtime));
  return found;
}

cost::Estimate estimate_on_board(const ir::Graph& graph, const Predictor& predictor, const std::string& model) {
  const Situation& situation = predictor.situation();
  const std::vector<cost::KernelTerms> kernels = count_terms(graph, situation.rules());
  const cost::TermCounts sum = sum_terms(kernels);
  const Prediction prediction = predictor.predict(sum, model);
  cost::Estimate estimate;
  double macs = 0.0;
  const device::Core* core = find_printed_core(situation.core);
  CycleTable cycles = predictor.cycles();
  for (double& each : cycles) each *= predictor.model_factor(model);
  for (const cost::KernelTerms& kernel : kernels) {
    estimate.layers.push_back(price(graph, kernel, cycles, situation, core));
    macs += static_cast<double>(estimate.layers.back().macs);
  }
  estimate.readings.push_back({Quantity::Latency, prediction.value, prediction.low, prediction.high,
                               base::Source::Calibrated, "interval: judged by " + basis_of(prediction, situation)});
  estimate.readings.push_back(Reading::exact(Quantity::Macs, macs, base::Source::Analytic));
  add_energy(predictor, sum, model, estimate);
  add_memory(graph, predictor, estimate);
  return estimate;
}

}  // namespace netfit::calib
