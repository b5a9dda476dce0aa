// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "diagnose/fault.h"
#include "diagnose/subject.h"
#include "draw.h"
#include "workbench.h"

namespace netfit::gone_wrong {

/// What was done to a sound network: what a diagnosis has to find.
struct Truth {
  diagnose::FaultKind kind = diagnose::FaultKind::Healthy;
  std::string layer;                     ///< node of the subject; empty where no single one is at fault
  std::vector<std::string> values = {};  ///< of the subject, of a group that is at fault
  std::vector<std::int64_t> channels = {};
  std::string done;  ///< one sentence
};

struct Broken {
  diagnose::Case subject;
  Truth truth;
  /// The same file without the fault, where its float network is not the workbench's (it has lost channels, say).
  std::optional<ir::Graph> sound = std::nullopt;
};

/// A way to break a network. Layer, extent and severity are drawn.
struct Injector {
  diagnose::FaultKind kind;
  /// Whether a network has what it takes: a relu6 that can be lost, say.
  bool (*applies)(const Workbench& bench);
  Result<Broken> (*inject)(const Workbench& bench, Draw& draw);
};

/// Every fault of the catalogue but Healthy and Unknown, in the catalogue's order.
std::span<const Injector> injectors();

/// The broken case of one fault, network and seed; the same every time.
Result<Broken> inject(const Injector& injector, const Workbench& bench, std::uint64_t seed);

}  // namespace netfit::gone_wrong
