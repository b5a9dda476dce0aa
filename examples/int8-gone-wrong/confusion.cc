// SPDX-License-Identifier: Apache-2.0
#include "confusion.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/files.h"

namespace netfit::gone_wrong {
namespace {

using diagnose::FaultKind;

template <typename Predicate>
std::int64_t count(const std::vector<Trial>& trials, const Predicate& predicate) {
  return std::ranges::count_if(trials, predicate);
}

bool is_sound(const Trial& trial) { return trial.truth.kind == FaultKind::Healthy; }
bool has_place(const Trial& trial) { return !trial.truth.layer.empty() || !trial.truth.values.empty(); }
bool is_named(const Trial& trial) { return !is_sound(trial) && trial.said == trial.truth.kind; }

std::string share(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "none";
  return fmt::format("{} of {} ({:.1f} %)", part, whole,
                     100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

// Rows: what was done. Columns: what was said, by the number of the row that has that name.
std::string matrix(const std::vector<Trial>& trials) {
  std::map<std::pair<FaultKind, FaultKind>, std::int64_t> cells;
  for (const Trial& trial : trials) ++cells[{trial.truth.kind, trial.said}];
  const auto catalog = diagnose::fault_catalog();
  std::string text = "| done | cases | right |";
  for (std::size_t column = 0; column < catalog.size(); ++column) text += fmt::format(" {} |", column);
  text += "\n|---|---:|---:|";
  for (std::size_t column = 0; column < catalog.size(); ++column) text += "---:|";
  text += "\n";
  for (std::size_t row = 0; row < catalog.size(); ++row) {
    const FaultKind kind = catalog[row].kind;
    const auto of_row = [&](const Trial& trial) { return trial.truth.kind == kind; };
    const std::int64_t cases = count(trials, of_row);
    const std::int64_t right = count(trials, [&](const Trial& trial) { return of_row(trial) && trial.named_right(); });
    text += fmt::format("| {} {} |", row, catalog[row].name);
    text += cases == 0 ? "  |  |" : fmt::format(" {} | {} |", cases, right);
    for (const diagnose::FaultEntry& said : catalog) {
      const std::int64_t cell = cells[{kind, said.kind}];
      text += cell == 0 ? "  |" : fmt::format(" {} |", cell);
    }
    text += "\n";
  }
  return text;
}

std::string wrong_ones(const std::vector<Trial>& trials) {
  std::string text;
  for (const Trial& trial : trials) {
    if (trial.named_right() && trial.place_right) continue;
    text += fmt::format("- {}, {}, seed {}: {} ({:.1f} % instead of {:.1f} %); said {}{}\n",
                        diagnose::entry(trial.truth.kind).name, trial.network, trial.seed, trial.truth.done,
                        trial.seen_percent, trial.sound_percent, diagnose::entry(trial.said).name,
                        trial.place_right ? "" : " elsewhere");
  }
  return text.empty() ? "" : "\nWrong:\n\n" + text;
}

std::string fixes(const std::vector<Trial>& trials) {
  const auto tried = [](const Trial& trial) {
    return is_named(trial) && trial.fixed_percent && diagnose::entry(trial.truth.kind).repairable;
  };
  const auto cured = [&](const Trial& trial) {
    return tried(trial) && *trial.fixed_percent >= trial.sound_percent - 0.3;
  };
  if (count(trials, tried) == 0) return "";
  return fmt::format("- repaired to within 0.3 points of the sound file: {}\n",
                     share(count(trials, cured), count(trials, tried)));
}

}  // namespace

std::string confusion_text(const std::vector<Trial>& trials) {
  const auto is_fault = [](const Trial& trial) { return !is_sound(trial); };
  const auto right = [&](const Trial& trial) { return is_fault(trial) && trial.named_right(); };
  const auto placed = [](const Trial& trial) { return is_named(trial) && has_place(trial); };
  const auto placed_right = [&](const Trial& trial) { return placed(trial) && trial.place_right; };
  const auto alarm = [](const Trial& trial) { return is_sound(trial) && trial.said != FaultKind::Healthy; };
  return matrix(trials) + "\n" +
         fmt::format(
             "- named rightly (or healthy where the drop is below 1 point): {}\n"
             "- layer or group right, where the fault is named and one is at fault: {}\n"
             "- false alarms: {}\n",
             share(count(trials, right), count(trials, is_fault)),
             share(count(trials, placed_right), count(trials, placed)),
             share(count(trials, alarm), count(trials, is_sound))) +
         fixes(trials) + wrong_ones(trials);
}

Result<void> write_between_markers(const std::filesystem::path& page, const std::string& text) {
  const base::Bytes bytes = NETFIT_TRY(base::read_file(page));
  std::string content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string begin = "<!-- confusion: begin -->\n";
  const std::string end = "<!-- confusion: end -->\n";
  const std::size_t from = content.find(begin);
  const std::size_t to = content.find(end);
  if (from == std::string::npos || to == std::string::npos || to < from) {
    return bad_input(fmt::format("{} has no lines '{}' and '{}'", page.string(), begin.substr(0, begin.size() - 1),
                                 end.substr(0, end.size() - 1)));
  }
  content.replace(from + begin.size(), to - from - begin.size(), text);
  return base::write_file(page, content);
}

}  // namespace netfit::gone_wrong
