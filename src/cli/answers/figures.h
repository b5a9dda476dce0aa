// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/reading.h"
#include "cli/environment.h"
#include "select/option.h"

// Readings and options as answers print them.
namespace netfit::cli {

/// "latency_ms", "peak_ram_bytes", "top1", ...: the member of an answer's JSON.
std::string_view json_name(Quantity quantity);
std::optional<Quantity> find_json_name(std::string_view name);

/// {"value","low","high","source"}, with "note" where there is one.
nlohmann::ordered_json reading_json(const Reading& reading);

/// Adds the option's names, its figures, and why others are unavailable. No paths, times or durations.
nlohmann::ordered_json option_json(const select::Option& option);

/// The value, or "n/a" for what is unavailable.
std::string value_text(const select::Option& option, Quantity quantity);

/// A line for each figure: value, 90 % interval, source; and the reasons for what is unavailable.
std::string figures_table(const select::Option& option);

/// One line an option: its names and the values of the quantities; the runtime where there are several.
std::string options_table(std::span<const select::Option> options, std::span<const Quantity> quantities);

/// Where the figures of such a table come from: "latency, peak RAM: analytic; top-1: measured".
std::string sources_line(std::span<const select::Option> options, std::span<const Quantity> quantities);

/// Lines of at most 100 columns; further lines of a paragraph are indented by `indent`.
std::string wrapped(std::string_view text, std::size_t indent);

}  // namespace netfit::cli
