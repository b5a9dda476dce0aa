// SPDX-License-Identifier: Apache-2.0
#include "calib/board.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "calib/intervals.h"
#include "calib/memory_figures.h"
#include "calib/memory_widths.h"
#include "calib/printed_core.h"
#include "calib/xnnpack_kernels.h"
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

// Runtimes that were measured on the board, with how many configurations of each.
std::map<std::string, int> runtimes_of(const Calibration& calibration, const std::string& id) {
  std::map<std::string, int> runtimes;
  for (const PopulationCalibration& population : calibration.populations) {
    for (const auto& [key, noise] : population.coefficients.noise) {
      std::vector<std::string> parts = base::split(key, '|');
      if (parts.size() != 3 || parts[0] != id) continue;
      if (parts[1].ends_with(kHostInt8)) parts[1].resize(parts[1].size() - kHostInt8.size());
      ++runtimes[parts[1]];
    }
  }
  return runtimes;
}

std::set<std::string> all_runtimes(const Calibration& calibration) {
  std::set<std::string> runtimes;
  for (const PopulationCalibration& population : calibration.populations) {
    for (const auto& [key, noise] : population.coefficients.noise) {
      const std::vector<std::string> parts = base::split(key, '|');
      if (parts.size() == 3) runtimes.insert(parts[1]);
    }
  }
  return runtimes;
}

// "x-cube-ai v7.3" before "x-cube-ai v10.2": digits count as numbers.
bool is_older(std::string_view a, std::string_view b) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto number = [&](std::string_view& text) {
    const std::size_t end =
        std::min(text.size(), static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin()));
    const int value = std::atoi(std::string(text.substr(0, end)).c_str());
    text.remove_prefix(end);
    return value;
  };
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const int first = number(a);
      const int second = number(b);
      if (first != second) return first < second;
    } else if (a.front() != b.front()) {
      return a.front() < b.front();
    } else {
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return a.size() < b.size();
}

// Files of unsigned integers are old ones; a configuration of theirs has to be asked for.
bool is_usual(const std::string& runtime) { return !runtime.ends_with(" uint8"); }

// The newest of the family with most configurations.
std::string default_runtime(const Calibration& calibration, const std::string& id) {
  struct Family {
    int configurations = 0;
    std::string newest;
  };
  std::map<std::string, int> candidates = runtimes_of(calibration, id);
  const bool some_usual = std::ranges::any_of(candidates, [](const auto& each) { return is_usual(each.first); });
  if (some_usual) std::erase_if(candidates, [](const auto& each) { return !is_usual(each.first); });
  std::map<std::string, Family> families;
  for (const auto& [runtime, count] : candidates) {
    Measurement row;
    row.runtime = runtime;
    Family& family = families[situation_of(row).family];
    family.configurations += count;
    if (is_older(family.newest, runtime)) family.newest = runtime;
  }
  const auto most = std::ranges::max_element(families, {}, [](const auto& each) { return each.second.configurations; });
  return most == families.end() ? "ncnn" : most->second.newest;
}

// The runtime of the tables that a name means: itself, else the newest of the board that begins so, else the first of
// all others.
Result<std::string> choose_runtime(const Calibration& calibration, const std::string& id, const std::string& wanted) {
  if (wanted.empty()) return default_runtime(calibration, id);
  std::string name(wanted);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  const std::map<std::string, int> own = runtimes_of(calibration, id);
  if (own.contains(name)) return name;
  std::string newest;
  for (const auto& [runtime, count] : own) {
    if (runtime.starts_with(name) && is_usual(runtime) && is_older(newest, runtime)) newest = runtime;
  }
  if (!newest.empty()) return newest;
  const std::set<std::string> all = all_runtimes(calibration);
  if (all.contains(name)) return name;
  for (const std::string& runtime : all) {
    if (runtime.starts_with(name)) return runtime;
  }
  const std::vector<std::string> names(all.begin(), all.end());
  const std::optional<std::string> nearest = base::nearest_word(name, names);
  return bad_input(fmt::format("no measurements of runtime '{}'{}", base::printable(wanted),
                               nearest ? fmt::format("; the nearest name is '{}'", *nearest) : ""));
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
  for (const PopulationCalibration& population : calibration.populations) {
    for (const auto& [key, noise] : population.coefficients.noise) {
      const std::vector<std::string> parts = base::split(key, '|');
      if (parts.size() != 3) continue;
      BoardSummary& board = boards[parts[0]];
      board.id = parts[0];
      board.core = canonical_core(core_of_id(parts[0]));
      board.clock_mhz = clock_of_id(parts[0]);
      board.runtimes.insert(parts[1]);
      board.threads = std::max(board.threads, std::atoi(parts[2].c_str()));
    }
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
