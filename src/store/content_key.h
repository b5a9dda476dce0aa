// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "store/run.h"

namespace netfit::store {

/// 32 hexadecimal digits of all that defines the work: graph, scheme, recipe, data, device, runtime, threads, options,
/// seed, tool version. Results, times and the model's name do not count: equal key means equal work. The same on every
/// machine and for ever; a change of what counts changes every key, and with it the schema version of the store.
std::string content_key(const Run& run);

/// 32 hexadecimal digits of any text.
std::string digest(std::string_view text);

}  // namespace netfit::store
