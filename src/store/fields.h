// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "store/store.h"

namespace netfit::store {

/// What a Filter can ask for: the column of the SQLite table, and where both records keep it.
struct Field {
  const char* column;
  std::optional<std::string> Filter::*wanted;
  const std::string& (*given)(const Run& run);
};

inline constexpr std::array kFields{
    Field{"model", &Filter::model, [](const Run& run) -> const std::string& { return run.candidate.model; }},
    Field{"graph", &Filter::graph, [](const Run& run) -> const std::string& { return run.candidate.graph; }},
    Field{"scheme", &Filter::scheme, [](const Run& run) -> const std::string& { return run.candidate.scheme; }},
    Field{"data", &Filter::data, [](const Run& run) -> const std::string& { return run.data.name; }},
    Field{"device", &Filter::device, [](const Run& run) -> const std::string& { return run.device.name; }},
    Field{"runtime", &Filter::runtime, [](const Run& run) -> const std::string& { return run.runtime.name; }},
    Field{"tool_version", &Filter::tool_version, [](const Run& run) -> const std::string& { return run.tool_version; }},
};

}  // namespace netfit::store
