// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/wishes.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "select/parse_limit.h"

namespace netfit::cli {
namespace {

using Place = std::optional<Wish> Wishes::*;

struct Word {
  const char* key;
  Place place;
};

constexpr std::array kWords{
    Word{"confidence", &Wishes::confidence},
    Word{"objective", &Wishes::objective},
    Word{"rate", &Wishes::rate},
};

// The value, or its fault into the list.
template <typename T>
std::optional<T> checked(Result<T> parsed, std::vector<base::Fault>& faults) {
  if (parsed) return std::move(*parsed);
  faults.insert(faults.end(), parsed.error().faults().begin(), parsed.error().faults().end());
  return std::nullopt;
}

}  // namespace

void Wishes::add(const Wishes& other) {
  for (const auto& [limited, wish] : other.limits) limits[limited] = wish;
  for (const Word& word : kWords) {
    if (other.*word.place) this->*word.place = other.*word.place;
  }
}

std::vector<std::string> wish_keys() {
  std::vector<std::string> keys;
  for (const select::Limited limited : select::limitable()) keys.emplace_back(select::name(limited));
  for (const Word& word : kWords) keys.emplace_back(word.key);
  return keys;
}

bool read_wish(const TomlEntry& entry, Wishes& wishes, Diagnostics& diagnostics) {
  if (const std::optional<select::Limited> limited = select::find_limited(entry.key)) {
    // A percentage is a number in TOML; what has a unit is a string.
    std::optional<std::string> text = entry.text;
    if (!text && select::is_floor(*limited) && entry.real) text = fmt::format("{}", *entry.real);
    if (!text) text = text_of(entry, diagnostics);
    if (text) wishes.limits[*limited] = {*text, entry.where};
    return true;
  }
  for (const Word& word : kWords) {
    if (entry.key != word.key) continue;
    std::optional<std::string> text = entry.text;
    if (!text && entry.real) text = fmt::format("{}", *entry.real);
    if (!text) text = text_of(entry, diagnostics);
    if (text) wishes.*word.place = Wish{*text, entry.where};
    return true;
  }
  return false;
}

Result<select::Request> request_of(const Wishes& wishes) {
  select::Request request;
  std::vector<base::Fault> faults;
  for (const auto& [limited, wish] : wishes.limits) {
    const auto limit = checked(select::parse_limit(limited, wish.text, wish.where), faults);
    if (limit) request.constraints.limits.push_back(*limit);
  }
  if (wishes.rate) {
    request.constraints.rate_per_s = checked(select::parse_rate(wishes.rate->text, wishes.rate->where), faults);
  }
  if (wishes.confidence) {
    const auto judge = checked(select::parse_confidence(wishes.confidence->text, wishes.confidence->where), faults);
    if (judge) request.constraints.judge = *judge;
  }
  if (wishes.objective) {
    auto objectives = checked(select::parse_objectives(wishes.objective->text, wishes.objective->where), faults);
    if (objectives) request.ranking.objectives = std::move(*objectives);
  }
  if (!faults.empty()) {
    const bool in_flags = std::ranges::all_of(faults, [](const base::Fault& f) { return f.where.starts_with("--"); });
    return fail(Error(in_flags ? ErrorKind::BadUsage : ErrorKind::BadInput, std::move(faults)));
  }
  NETFIT_TRY(select::check_constraints(request.constraints));
  return request;
}

}  // namespace netfit::cli
