// SPDX-License-Identifier: Apache-2.0
#include "report/methods.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "select/option.h"

namespace netfit::report {
namespace {

using base::Source;

// A quantity that is counted on the graph or file has nothing to do with the device.
std::string_view counted(Quantity quantity) {
  switch (quantity) {
    case Quantity::Arena:
      return "planned: every activation has its place in one arena, and no two that are alive at once overlap";
    case Quantity::FileSize:
      return "the size of the exported file";
    case Quantity::Macs:
      return "counted on the graph: multiply-accumulates of convolutions and fully connected layers";
    case Quantity::Params:
      return "counted on the graph: learned numbers";
    default:
      return {};
  }
}

std::string_view predicted(Quantity quantity) {
  switch (quantity) {
    case Quantity::Latency:
      return "predicted kernel by kernel from the device file's figures: the slower of computing and moving data, plus "
             "overhead; no device was run";
    case Quantity::PeakRam:
      return "the planned arena of activations, plus what the runtime's description says that it needs itself";
    case Quantity::Flash:
      return "the weights, plus what the runtime's description says of its code";
    case Quantity::Energy:
      return "predicted from the latency and the device file's power figures; no meter was attached";
    default:
      return "predicted from the graph and the device file; no device was run";
  }
}

}  // namespace

std::string how_obtained(Quantity quantity, Source source) {
  if (quantity == Quantity::Top1 && source == Source::Measured) {
    return "counted: the share of test images whose best class is the label; the interval is that of a share of so "
           "many "
           "images";
  }
  if (source == Source::Published) return "taken from a publication, which the note names";
  if (source == Source::Simulated) return "counted in simulation; not a time on hardware";
  if (const std::string_view how = counted(quantity); !how.empty()) return std::string(how);
  if (source == Source::Measured) return "measured; the note says where";
  const std::string_view how = predicted(quantity);
  if (source == Source::Calibrated) return fmt::format("{}; corrected by measurements of the platform", how);
  return std::string(how);
}

std::vector<Method> methods_of(std::span<const store::Run> runs) {
  std::map<std::pair<Quantity, Source>, std::set<std::string>> notes;
  for (const store::Run& run : runs) {
    for (const auto& [quantity, reading] : select::option_of(run).readings) {
      std::set<std::string>& own = notes[{quantity, reading.source}];
      if (!reading.note.empty()) own.insert(reading.note);
    }
  }
  std::vector<Method> methods;
  for (const auto& [kind, own] : notes) {
    methods.push_back({kind.first, kind.second, how_obtained(kind.first, kind.second), {own.begin(), own.end()}});
  }
  return methods;
}

}  // namespace netfit::report
