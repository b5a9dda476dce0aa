// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include <tl/expected.hpp>

#include "base/error.h"

namespace netfit::base {

/// A value, or why there is none. GCC 12 has no std::expected in C++20 mode; this becomes it one day.
template <typename T>
using Result = tl::expected<T, Error>;

using Failure = tl::unexpected<Error>;

inline Failure fail(Error error) { return Failure(std::move(error)); }
inline Failure bad_input(std::string what) { return fail(Error(ErrorKind::BadInput, std::move(what))); }
inline Failure bad_usage(std::string what) { return fail(Error(ErrorKind::BadUsage, std::move(what))); }
inline Failure missing_program(std::string what) { return fail(Error(ErrorKind::MissingProgram, std::move(what))); }

/// Adds "while ..." to a failure; used at module doors, not at each line.
template <typename T>
Result<T> with_context(Result<T> result, std::string note) {
  if (result) return result;
  return fail(std::move(result.error()).note(std::move(note)));
}

/// Says where a failure is: the file, tensor or node. Innermost place wins.
template <typename T>
Result<T> located(Result<T> result, std::string_view where) {
  if (result) return result;
  return fail(std::move(result.error()).at(where));
}

/// The value of a success; a Result<void> gives nothing.
template <typename T>
T take(Result<T>&& result) {
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

}  // namespace netfit::base

namespace netfit {
using base::bad_input;
using base::bad_usage;
using base::fail;
using base::located;
using base::missing_program;
using base::Result;
using base::with_context;
}  // namespace netfit

/// The value of a Result, or return its failure from the enclosing function. Never nest two in one expression.
#define NETFIT_TRY(expression)                                                           \
  __extension__({                                                                        \
    auto netfit_try_result = (expression);                                               \
    if (!netfit_try_result) return ::netfit::fail(std::move(netfit_try_result).error()); \
    ::netfit::base::take(std::move(netfit_try_result));                                  \
  })
