// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace netfit::exec::litert {

/// While alive, what the process writes to its standard error is dropped. LiteRT greets there when it compiles a model,
/// and offers no way to stop it.
class QuietStderr {
 public:
  QuietStderr();
  ~QuietStderr();
  QuietStderr(const QuietStderr&) = delete;
  QuietStderr& operator=(const QuietStderr&) = delete;

 private:
  int saved_ = -1;
};

}  // namespace netfit::exec::litert
