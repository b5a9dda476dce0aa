// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/print_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace netfit::cli {

void print_json(const nlohmann::ordered_json& answer, const Environment& environment) {
  fmt::print(environment.out, "{}\n", answer.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace netfit::cli
