// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "calib/board.h"
#include "calib/calibration.h"
#include "calib/situation.h"
#include "cli/environment.h"
#include "cli/model.h"
#include "cost/estimate.h"
#include "device/catalog.h"
#include "device/device.h"
#include "device/runtime.h"
#include "store/run.h"

namespace netfit::cli {

struct MeasuredQuery {
  std::string device;
  std::string runtime;  ///< empty: of the family that the device was measured with most
  int threads = 1;
  std::string as_type;      ///< "int8", ...; empty: the model's own
  std::string calibration;  ///< a file of `netfit calibrate`; empty: what is shipped alone
  bool memory_use = false;  ///< as cost::EstimateOptions has it
};

struct MeasuredEstimate {
  calib::Situation situation;
  std::vector<std::string> notes;
  cost::Estimate estimate;
  /// The board; of a core that nobody describes its name and clock alone.
  device::Device device;
  device::Runtime runtime;  ///< by the name that the measurements have, else as the described one that works alike
};

/// A board that measurements know, with what is known of it.
struct KnownBoard {
  std::shared_ptr<const calib::Calibration> calibration;
  calib::FoundBoard found;

  calib::Predictor predictor() const { return {calibration->of(found.situation.population), found.situation}; }
};

/// No value where a file describes the device, or where nobody knows it. `own` is a file of `netfit calibrate`, or
/// empty.
Result<std::optional<KnownBoard>> find_known_board(const calib::BoardQuery& query, const std::string& own,
                                                   const Environment& environment);

/// The estimate on a device that is known by measurements alone (a board of their tables, a core with a clock, this
/// host); no value where a file describes the device, or where nobody knows it.
Result<std::optional<MeasuredEstimate>> estimate_by_measurements(const MeasuredQuery& query, const Model& model,
                                                                 const Environment& environment);

/// A device that a file describes, as device::load_device; the message about one that is unknown names the board of the
/// measurements that the user may have meant.
Result<device::FoundDevice> load_described_device(const std::string& spec, const Environment& environment);

/// The boards of the shipped measurements; none where they are not installed.
std::vector<calib::BoardSummary> measured_boards(const Environment& environment);

/// The hardware of a board or core that measurements know; no value if they don't, or if nobody describes its core.
std::optional<device::FoundDevice> find_measured_device(const std::string& spec, const Environment& environment);

/// What is shipped, for devices that measurements know (Device::measured_as); null for others, and where the tables are
/// not installed.
std::shared_ptr<const calib::Calibration> calibration_for(const device::Device& device, const Environment& environment);

/// What a Run says of the device that it was predicted for: its description and, where measurements know the device,
/// the coefficients; a Run by others is of another device.
store::DeviceRef device_ref(const device::Device& device, const Environment& environment);

/// calib::known_latency by what is shipped, for one graph.
std::optional<Reading> measured_latency(const ir::Graph& graph, const device::Device& device,
                                        const device::Runtime& runtime, const cost::EstimateOptions& options,
                                        const Environment& environment);

}  // namespace netfit::cli
