// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace netfit::base {

/// What a long operation says while it works, and how it learns that it should stop. The cli shows it; the default
/// does nothing. All calls may come from any thread.
class Progress {
 public:
  virtual ~Progress() = default;
  /// A stage begins: what it does ("evaluating") and how many steps it has.
  virtual void begin(std::string_view /*what*/, std::int64_t /*steps*/) {}
  /// That many more steps of the stage are done.
  virtual void advance(std::int64_t /*steps*/) {}
  /// The user asked to stop; a long operation checks this often and returns `interrupted()`.
  virtual bool stopped() const { return false; }
};

inline Failure interrupted() { return fail(Error(ErrorKind::Interrupted, "interrupted")); }

/// For callers that need no progress.
inline Progress& no_progress() {
  static Progress none;
  return none;
}

}  // namespace netfit::base

namespace netfit {
using base::Progress;
}
