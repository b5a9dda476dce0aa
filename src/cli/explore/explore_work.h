// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "cli/environment.h"
#include "cli/explore/explore_plan.h"
#include "store/store.h"

namespace netfit::cli {

/// Whether what the store has counts.
enum class Known : std::uint8_t { Reuse, WorkAnew };

struct ExploreOptions {
  Known known = Known::Reuse;
  std::filesystem::path files;  ///< folder of the files that are built
  int threads = 1;
};

enum class Origin : std::uint8_t { Stored, Evaluated, Planned };

struct ExploredRun {
  Origin origin = Origin::Stored;
  store::Run run;
};

struct Explored {
  std::vector<ExploredRun> runs;  ///< in the order of the plan
  std::int64_t files_built = 0;
  std::int64_t files_evaluated = 0;   ///< on the data
  std::vector<base::Fault> failures;  ///< a file that cannot be built does not stop the others

  std::int64_t count(Origin origin) const;
};

/// What the store has of the plan; the rest is Planned.
Result<Explored> look_up(const ExplorePlan& plan, store::Store& store);

/// Does what the store does not have. Every Run is stored as soon as it is known; nothing is lost when the process is
/// killed at any moment.
Result<Explored> explore(const ExplorePlan& plan, store::Store& store, const ExploreOptions& options,
                         const Environment& environment);

}  // namespace netfit::cli
