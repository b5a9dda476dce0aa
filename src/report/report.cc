// SPDX-License-Identifier: Apache-2.0
#include "report/report.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "report/methods.h"
#include "select/words.h"

namespace netfit::report {
namespace {

constexpr std::array kAgainstAccuracy{Quantity::Latency, Quantity::Flash, Quantity::Energy};

// What may tell Runs of one label apart, in the order in which people would name it.
std::vector<std::string> distinctions(const store::Run& run) {
  std::vector<std::string> words{run.runtime.name,
                                 run.threads == 1 ? "1 thread" : fmt::format("{} threads", run.threads)};
  for (const store::Setting& option : run.options) words.push_back(fmt::format("{}={}", option.name, option.value));
  words.push_back(fmt::format("{} images of {}", run.data.count, run.data.name));
  words.push_back("netfit " + run.tool_version);
  return words;
}

// Adds to equal names the first distinction in which they differ, and in the end the key.
void name_entries(std::vector<Entry>& entries) {
  std::map<std::string, std::vector<Entry*>> by_name;
  for (Entry& entry : entries) by_name[entry.option.label].push_back(&entry);
  for (auto& [label, group] : by_name) {
    for (Entry* entry : group) entry->name = label;
    if (group.size() == 1) continue;
    std::map<std::string, std::size_t> common;
    for (const Entry* entry : group) {
      const std::vector<std::string> words = distinctions(entry->run);
      for (const std::string& word : std::set<std::string>(words.begin(), words.end())) ++common[word];
    }
    std::set<std::string> seen;
    for (Entry* entry : group) {
      for (const std::string& word : distinctions(entry->run)) {
        if (common[word] < group.size()) entry->name += ", " + word;
      }
      if (!seen.insert(entry->name).second) entry->name += ", run " + entry->option.key.substr(0, 8);
    }
  }
}

std::vector<std::string> lacks_of(const select::Option& option, const select::Constraints& constraints) {
  std::vector<std::string> lacks;
  for (const select::Violation& violation : select::violations_of(option, constraints)) {
    const std::string_view what = select::in_words(violation.limited);
    // Why it is unavailable is said where the figure would be.
    lacks.push_back(violation.best ? fmt::format("{}: {}", what, violation.reason)
                                   : fmt::format("{} is unavailable", what));
  }
  return lacks;
}

std::vector<FrontPart> fronts_of(std::span<const select::Option> options) {
  std::vector<FrontPart> fronts;
  for (const Quantity quantity : kAgainstAccuracy) {
    FrontPart part{.objectives = {quantity, Quantity::Top1}};
    select::Front front = select::pareto_front(options, part.objectives);
    part.members = std::move(front.members);
    part.excluded = std::move(front.excluded);
    fronts.push_back(std::move(part));
  }
  return fronts;
}

Result<DevicePart> make_device(const std::string& device, std::span<const store::Run> runs,
                               const select::Request& request) {
  const std::vector<select::Option> options = select::options_of(runs);
  DevicePart part{.device = device, .request = request};
  part.recommendation = NETFIT_TRY(select::recommend(options, request));
  for (const std::size_t place : select::ranked(options, request.ranking)) {
    part.entries.push_back({runs[place], options[place], {}, lacks_of(options[place], request.constraints)});
  }
  std::ranges::stable_partition(part.entries, [](const Entry& entry) { return entry.lacks.empty(); });
  name_entries(part.entries);
  std::vector<select::Option> in_order;
  for (const Entry& entry : part.entries) in_order.push_back(entry.option);
  part.fronts = fronts_of(in_order);
  return part;
}

}  // namespace

const Entry* DevicePart::find(const select::Option& option) const {
  const auto found = std::ranges::find_if(entries, [&](const Entry& e) { return e.option.key == option.key; });
  return found == entries.end() ? nullptr : &*found;
}

Result<Report> make_report(std::span<const store::Run> runs, const ReportOptions& options) {
  if (runs.empty()) return bad_input("there are no runs to report");
  std::map<std::string, std::vector<store::Run>> by_device;
  for (const store::Run& run : runs) by_device[run.device.name].push_back(run);
  Report report{.title = options.title, .tool_version = options.tool_version, .created = options.created};
  for (const auto& [device, own] : by_device) {
    const auto request = options.requests.find(device);
    report.devices.push_back(
        NETFIT_TRY(make_device(device, own, request == options.requests.end() ? options.otherwise : request->second)));
  }
  report.methods = methods_of(runs);
  return report;
}

}  // namespace netfit::report
