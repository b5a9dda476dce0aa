// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "diagnose/subject.h"

namespace netfit::gone_wrong {

/// Top-1 in percent on the case's test samples, as its user sees it: of the outputs that were observed, else of the
/// subject fed by its harness.
Result<double> seen_accuracy(const diagnose::Case& subject, const diagnose::Tools& tools);

/// Of a graph fed with what `preprocessing` says, else its own record.
Result<double> accuracy(const ir::Graph& graph, const std::optional<ir::Preprocessing>& preprocessing,
                        const data::Dataset& test, const diagnose::Tools& tools);

/// The case on the first `count` of its test samples.
diagnose::Case on_first_samples(diagnose::Case subject, std::int64_t count);

}  // namespace netfit::gone_wrong
