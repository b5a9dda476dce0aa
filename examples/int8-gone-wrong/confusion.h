// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "trial.h"

namespace netfit::gone_wrong {

/// What was said of what was done, as a table in Markdown with the shares below it.
std::string confusion_text(const std::vector<Trial>& trials);

/// Replaces what lies between the lines "<!-- confusion: begin -->" and "<!-- confusion: end -->" of a page, which must
/// have both.
Result<void> write_between_markers(const std::filesystem::path& page, const std::string& text);

}  // namespace netfit::gone_wrong
