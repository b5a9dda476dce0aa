// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/reading.h"
#include "base/result.h"

namespace netfit::store {

/// One named choice, as words: {"observer", "percentile"}.
struct Setting {
  std::string name;
  std::string value;
  friend bool operator==(const Setting&, const Setting&) = default;
};

/// A proposed configuration: what is built from which graph.
struct Candidate {
  std::string model;            ///< the name that people know it by; not part of the key
  std::string graph;            ///< canonical hash of the Graph before the scheme is applied
  std::string scheme;           ///< "float32", "int8", ...
  std::vector<Setting> recipe;  ///< the steps from the graph to the file, in their order
  friend bool operator==(const Candidate&, const Candidate&) = default;
};

/// The samples that accuracy was counted on.
struct DataRef {
  std::string name;
  std::string split;
  std::int64_t count = 0;
  std::string hash;  ///< of the samples, or empty where the name says it all
  friend bool operator==(const DataRef&, const DataRef&) = default;
};

struct DeviceRef {
  std::string name;
  std::string hash;  ///< of its description: a Device whose file was edited is another one
  friend bool operator==(const DeviceRef&, const DeviceRef&) = default;
};

struct RuntimeRef {
  std::string name;
  std::string version;
  std::string hash;  ///< of its description
  friend bool operator==(const RuntimeRef&, const RuntimeRef&) = default;
};

/// The file that goes onto the device.
struct DeployedFile {
  std::string name;
  std::int64_t bytes = 0;
  std::string hash;
  friend bool operator==(const DeployedFile&, const DeployedFile&) = default;
};

/// A number that cannot be known, and why.
struct Unavailable {
  Quantity quantity = Quantity::Top1;
  std::string reason;
  friend bool operator==(const Unavailable&, const Unavailable&) = default;
};

/// One kernel of the estimate behind a Run's readings, for charts; not part of the key.
struct LayerFigures {
  std::string name;
  std::string op;
  std::int64_t macs = 0;
  double latency_ms = 0.0;
  double energy_mj = 0.0;
  std::string bound;            ///< "compute", "memory", "overhead"
  double utilisation = 0.0;     ///< of the core's peak, 0 to 1
  std::int64_t live_bytes = 0;  ///< activations alive while it runs
  friend bool operator==(const LayerFigures&, const LayerFigures&) = default;
};

/// An evaluated candidate. The first block defines the work and makes the key (content_key.h), the second is what came
/// of it, the third says when.
struct Run {
  Candidate candidate;
  DataRef data;
  DeviceRef device;
  RuntimeRef runtime;
  std::int64_t threads = 1;
  std::vector<Setting> options;  ///< order does not matter; no name twice
  std::uint64_t seed = 0;
  std::string tool_version;

  std::vector<Reading> readings;  ///< a quantity may come from several sources
  std::vector<Unavailable> unavailable;
  DeployedFile file;
  std::vector<LayerFigures> layers;  ///< in the order in which they run; empty where nothing was estimated

  std::string created;  ///< UTC, "2026-01-31T12:00:00Z", or empty
  double duration_ms = 0.0;

  friend bool operator==(const Run&, const Run&) = default;
};

/// Refuses what no honest Run holds: empty names, numbers that are not finite or outside their own interval, a quantity
/// that is both read and unavailable. Every Store and the import ask this.
Result<void> check_run(const Run& run);

}  // namespace netfit::store
