// SPDX-License-Identifier: Apache-2.0
#include "ir/attr_codec.h"

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::ir {

base::Failure unknown_attribute(std::string_view name) {
  return bad_input(fmt::format("unknown attribute '{}'", base::printable(name)));
}

base::Failure bad_attribute(std::string_view name, Error error) {
  return bad_input(fmt::format("attribute '{}': {}", name, error.what()));
}

}  // namespace netfit::ir
