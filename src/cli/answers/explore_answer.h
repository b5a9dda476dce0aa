// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "cli/environment.h"
#include "cli/explore/explore_plan.h"
#include "cli/explore/explore_work.h"

namespace netfit::cli {

struct ExploreAnswer {
  const ExplorePlan& plan;
  const Explored& explored;
  std::filesystem::path store;
  std::filesystem::path files;
};

/// A line for each Run and what was done, or one JSON object.
void print_explored(const ExploreAnswer& answer, bool json, const Environment& environment);

}  // namespace netfit::cli
