// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/reading.h"
#include "base/result.h"
#include "select/pareto.h"
#include "select/recommend.h"
#include "store/run.h"

namespace netfit::report {

/// Of the report as JSON (docs/report-schema.md); raised whenever a key changes its meaning or goes.
inline constexpr int kSchemaVersion = 1;

/// A Run, as what can be chosen.
struct Entry {
  store::Run run;
  select::Option option;
  std::string name;                ///< the option's label, with what tells it from others of that label on the device
  std::vector<std::string> lacks;  ///< limits that it does not meet, in words
};

/// The options that nothing beats in two figures at once.
struct FrontPart {
  std::vector<Quantity> objectives;
  std::vector<std::size_t> members;        ///< places in DevicePart::entries, best first in the first objective
  std::vector<select::Excluded> excluded;  ///< likewise, with the reason
};

/// Everything about one device.
struct DevicePart {
  std::string device;
  std::vector<Entry> entries;  ///< those that fit, best first; then the others, likewise
  std::vector<FrontPart> fronts;
  select::Request request;
  select::Recommendation recommendation;

  /// The entry of an option, by its key; none if it is of another device.
  const Entry* find(const select::Option& option) const;
};

/// How one kind of number was obtained.
struct Method {
  Quantity quantity = Quantity::Top1;
  base::Source source = base::Source::Analytic;
  std::string how;
  std::vector<std::string> notes;  ///< what Readings of this kind say of themselves, each once
};

/// What all writers write: a function of Runs and requests alone.
struct Report {
  std::string title;
  std::string tool_version;
  std::string created;              ///< UTC, or empty
  std::vector<DevicePart> devices;  ///< by name
  std::vector<Method> methods;      ///< of every number in it
};

struct ReportOptions {
  std::string title = "netfit report";
  std::string tool_version;
  std::string created;
  std::map<std::string, select::Request> requests;  ///< by device
  select::Request otherwise;                        ///< for devices that are not in `requests`
};

/// Fails without Runs, and on requests that are wrong in themselves.
Result<Report> make_report(std::span<const store::Run> runs, const ReportOptions& options);

}  // namespace netfit::report
