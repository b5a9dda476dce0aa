// SPDX-License-Identifier: Apache-2.0
#include "store/json_lines.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "store/content_key.h"

namespace netfit::store {
namespace {

constexpr std::size_t kMostFaults = 20;

class Lines {
 public:
  explicit Lines(std::string_view where) : where_(where) {}

  void add(std::string_view line) {
    ++number_;
    if (base::trim(line).empty()) return;
    Result<Run> run = read_record(line);
    if (!run) return fault(run.error().what());
    const auto [first, inserted] = first_.try_emplace(content_key(*run), number_, runs_.size());
    if (inserted) {
      runs_.push_back(std::move(*run));
    } else if (runs_[first->second.second] != *run) {
      fault(fmt::format("has the key of line {}, but other results", first->second.first));
    }
  }

  bool full() const { return diagnostics_.faults().size() >= kMostFaults; }

  Result<std::vector<Run>> result() {
    NETFIT_TRY(diagnostics_.result());
    return std::move(runs_);
  }

 private:
  void fault(std::string what) { diagnostics_.error(fmt::format("{}:{}", where_, number_), std::move(what)); }

  std::string where_;
  std::size_t number_ = 0;
  Diagnostics diagnostics_;
  std::vector<Run> runs_;
  // Key to line number and place in runs_.
  std::map<std::string, std::pair<std::size_t, std::size_t>> first_;
};

}  // namespace

std::string write_json_lines(std::span<const Run> runs, Times times) {
  std::vector<std::pair<std::string, const Run*>> sorted;
  for (const Run& run : runs) sorted.emplace_back(content_key(run), &run);
  std::ranges::stable_sort(sorted, {}, [](const auto& entry) -> const std::string& { return entry.first; });
  std::string text;
  for (const auto& [key, run] : sorted) {
    text += write_record(*run, times);
    text += '\n';
  }
  return text;
}

Result<std::vector<Run>> read_json_lines(std::string_view text, std::string_view where) {
  Lines lines(where);
  while (!text.empty() && !lines.full()) {
    const std::size_t end = text.find('\n');
    lines.add(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines.result();
}

}  // namespace netfit::store
