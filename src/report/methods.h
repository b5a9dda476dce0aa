// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/report.h"
#include "store/run.h"

namespace netfit::report {

/// What a reader must know of every kind of number in `runs` to judge it.
std::vector<Method> methods_of(std::span<const store::Run> runs);

/// "predicted from ...": one sentence for a quantity from that source.
std::string how_obtained(Quantity quantity, base::Source source);

}  // namespace netfit::report
