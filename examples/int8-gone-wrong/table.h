// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "trial.h"

namespace netfit::gone_wrong {

/// How a page names what was run.
struct Setting {
  std::string network;
  std::int64_t test_samples = 0;
  std::uint64_t seeds = 0;
  std::string command;
};

/// docs/int8-gone-wrong.md: what each fault costs, what diagnose says, what --fix brings back.
std::string table_page(const std::vector<Trial>& trials, const Setting& setting);

/// The same as a picture: accuracy with each fault, the worst first.
std::string table_chart(const std::vector<Trial>& trials, const Setting& setting);

}  // namespace netfit::gone_wrong
