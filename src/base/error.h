// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace netfit::base {

/// Whose fault a failure is. Each kind is one exit code of the program (docs/diagnostics.md).
enum class ErrorKind {
  BadInput,        ///< a file, model, data set or record from outside is wrong (exit 1)
  BadUsage,        ///< the flags are wrong (exit 2)
  CheckFailed,     ///< the work was done and the check that was asked for fails (exit 3)
  MissingProgram,  ///< an outside program or library is missing or failed (exit 4)
  Interrupted,     ///< stopped by the user (exit 130)
};

/// One thing that is wrong: where, and what. Printed as `where: error: what`; `where` may be empty.
struct Fault {
  std::string where;
  std::string what;
};

/// A failure: at least one fault, what was being done at the time, and hints that are surely right.
class Error {
 public:
  Error(ErrorKind kind, std::string what) : kind_(kind), faults_{{"", std::move(what)}} {}
  Error(ErrorKind kind, std::vector<Fault> faults) : kind_(kind), faults_(std::move(faults)) {}

  ErrorKind kind() const { return kind_; }
  const std::vector<Fault>& faults() const { return faults_; }
  /// The first fault's text, for tests and one-line answers.
  const std::string& what() const { return faults_.front().what; }

  /// Names the place of every fault that has none yet, e.g. a file.
  Error&& at(std::string_view where) &&;
  /// Adds a line of context, e.g. "while importing 'kws.tflite'"; the innermost comes first.
  Error&& note(std::string note) &&;
  /// Adds advice.
  Error&& hint(std::string hint) &&;

  /// All lines: faults, then notes, then hints, joined by newlines, without a trailing one.
  std::string text() const;

 private:
  ErrorKind kind_;
  std::vector<Fault> faults_;
  std::vector<std::string> notes_;
  std::vector<std::string> hints_;
};

}  // namespace netfit::base

namespace netfit {
using base::Error;
using base::ErrorKind;
}  // namespace netfit
