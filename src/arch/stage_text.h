// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arch/stage.h"
#include "base/result.h"

namespace netfit::arch {

/// One line without anything that a shell would read: "conv_k3_c16_s1_n1_relu6+ir_k3_e6_c24_s2_n2_relu6".
/// docs/architectures.md has the grammar.
std::string print_stages(std::span<const Stage> stages);

/// What print_stages wrote. By hand, the parts of a stage may have any order, and all but the channels may be left out.
/// Fails on the first stage that is none, with its place.
Result<std::vector<Stage>> parse_stages(std::string_view text);

}  // namespace netfit::arch
