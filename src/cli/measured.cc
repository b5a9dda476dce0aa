// SPDX-License-Identifier: Apache-2.0
#include "cli/measured.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "calib/board.h"
#include "calib/board_hardware.h"
#include "calib/known_latency.h"
#include "cli/flags/costing.h"
#include "cli/measurements.h"
#include "device/catalog.h"
#include "ir/hash.h"
#include "store/content_key.h"

namespace netfit::cli {
namespace {

// What the hardware says beside the measurements, where somebody describes it.
Result<void> add_hardware(const ir::Graph& graph, const MeasuredQuery& query, const Environment& environment,
                          MeasuredEstimate& answer) {
  const calib::Situation& situation = answer.situation;
  answer.device.name = situation.board;
  answer.device.title = "known by measurements";
  answer.device.core = situation.core;
  answer.device.clock_mhz = situation.clock_mhz;
  if (std::optional<device::Device> device = calib::describe_board(situation)) {
    answer.device = *std::move(device);
    const std::string described = calib::described_runtime(situation);
    if (!described.empty()) {
      answer.runtime = NETFIT_TRY(device::find_runtime(described, environment.device_roots)).runtime;
    }
    cost::EstimateOptions options{.threads = std::max(situation.threads, 1), .memory_use = query.memory_use};
    if (situation.int8 && !calib::computes_in_int8(graph)) options.as_type = DType::Int8;
    NETFIT_TRY(calib::add_structure(graph, answer.device, answer.runtime, options, answer.estimate));
    if (query.memory_use) answer.notes.push_back(answer.device.remark);
  }
  answer.runtime.name = answer.runtime.title = situation.runtime;
  answer.runtime.version.clear();
  return {};
}

// The name that tables have for the model, if it is one of theirs and not another of that name.
std::string id_in_tables(const Model& model, const Environment& environment) {
  if (model.format != "ncnn") return model.name;
  const std::string id = "ncnn/" + model.name + ".param";
  Result<calib::ModelSource> models = open_models("", environment);
  if (!models) return "";
  const auto known = models->find(id);
  return known && ir::canonical_hash(**known) == ir::canonical_hash(model.graph) ? id : "";
}

}  // namespace

std::shared_ptr<const calib::Calibration> calibration_for(const device::Device& device,
                                                          const Environment& environment) {
  if (device.measured_as.empty()) return nullptr;
  Result<calib::Calibration> calibration = load_calibration(environment);
  return calibration ? std::make_shared<const calib::Calibration>(*std::move(calibration)) : nullptr;
}

store::DeviceRef device_ref(const device::Device& device, const Environment& environment) {
  if (device.measured_as.empty()) return {device.name, device.hash};
  const Result<std::filesystem::path> path = find_measurements("coefficients.csv", environment);
  const Result<std::string> coefficients = path ? base::read_text(*path) : Result<std::string>(fail(path.error()));
  return {device.name, coefficients ? store::digest(device.hash + *coefficients) : device.hash};
}

std::optional<Reading> measured_latency(const ir::Graph& graph, const device::Device& device,
                                        const device::Runtime& runtime, const cost::EstimateOptions& options,
                                        const Environment& environment) {
  const auto calibration = calibration_for(device, environment);
  if (calibration == nullptr) return std::nullopt;
  return calib::known_latency(graph, device, runtime, options.threads, options.as_type, *calibration);
}

std::vector<calib::BoardSummary> measured_boards(const Environment& environment) {
  const Result<calib::Calibration> calibration = load_calibration(environment);
  return calibration ? calib::list_boards(*calibration) : std::vector<calib::BoardSummary>();
}

Result<std::optional<KnownBoard>> find_known_board(const calib::BoardQuery& query, const std::string& own,
                                                   const Environment& environment) {
  if (device::load_device(query.device, environment.device_roots)) return std::optional<KnownBoard>();
  Result<calib::Calibration> loaded = load_calibration(environment, own);
  if (!loaded && !own.empty()) return fail(loaded.error());
  if (!loaded || !calib::names_board(*loaded, query.device)) return std::optional<KnownBoard>();
  KnownBoard board{.calibration = std::make_shared<const calib::Calibration>(*std::move(loaded)), .found = {}};
  board.found = NETFIT_TRY(calib::find_board(*board.calibration, query));
  return std::optional(std::move(board));
}

std::optional<device::FoundDevice> find_measured_device(const std::string& spec, const Environment& environment) {
  Result<std::optional<KnownBoard>> known = find_known_board({.device = spec, .runtime = ""}, "", environment);
  if (!known || !*known) return std::nullopt;
  calib::FoundBoard& found = (*known)->found;
  for (const calib::BoardSummary& board : calib::list_boards(*(*known)->calibration)) {
    if (board.id == found.situation.board) found.situation.threads = std::max(board.threads, 1);
  }
  std::optional<device::Device> device = calib::describe_board(found.situation);
  if (!device) return std::nullopt;
  found.notes.push_back(device->remark);
  const std::string file = "cores/" + device->core + ".toml";
  return device::FoundDevice{.device = *std::move(device), .notes = std::move(found.notes), .file = file};
}

Result<device::FoundDevice> load_described_device(const std::string& spec, const Environment& environment) {
  Result<device::FoundDevice> found = device::load_device(spec, environment.device_roots);
  if (found) return found;
  // A fault of its file or of the clock is no question of names.
  const std::string name = spec.substr(0, spec.find('@'));
  const std::vector<std::string> described = device::device_names(environment.device_roots);
  const bool known = std::ranges::find(described, name) != described.end() ||
                     device::load_device(name, environment.device_roots).has_value();
  if (known || spec.ends_with(".toml")) return found;
  std::vector<std::string> names;
  for (const calib::BoardSummary& board : measured_boards(environment)) {
    names.push_back(board.id);
    names.push_back(calib::board_name(board.id));
  }
  if (const std::optional<std::string> nearest = base::nearest_word(spec, names)) {
    return fail(Error(found.error()).hint(fmt::format("measurements know '{}'", *nearest)));
  }
  if (names.empty()) return found;
  return fail(Error(found.error()).hint("'netfit devices list --boards' names the boards that measurements know"));
}

Result<std::optional<MeasuredEstimate>> estimate_by_measurements(const MeasuredQuery& query, const Model& model,
                                                                 const Environment& environment) {
  const bool int8 = query.as_type == "int8" || (query.as_type.empty() && calib::computes_in_int8(model.graph));
  const std::optional<KnownBoard> board =
      NETFIT_TRY(find_known_board({query.device, query.runtime, query.threads, int8}, query.calibration, environment));
  if (!board) return std::optional<MeasuredEstimate>();
  const ir::Graph graph = NETFIT_TRY(deployed(model));
  const std::string id = id_in_tables(model, environment);
  MeasuredEstimate answer{.situation = board->found.situation,
                          .notes = board->found.notes,
                          .estimate = calib::estimate_on_board(graph, board->predictor(), id)};
  NETFIT_TRY(add_hardware(graph, query, environment, answer));
  return std::optional(std::move(answer));
}

}  // namespace netfit::cli
