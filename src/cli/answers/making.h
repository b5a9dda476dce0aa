// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "cli/model.h"
#include "formats/making_record.h"
#include "quant/recipe.h"

namespace netfit::cli {

/// What a file of ours says of how it was made, under a scheme that leaves nothing to choose.
formats::MakingRecord making_record(std::string_view scheme);
/// The same by a recipe.
formats::MakingRecord making_record(std::string_view scheme, const quant::Recipe& recipe, std::int64_t samples,
                                    std::uint64_t seed);

/// The same as save_model, and the file says how it was made.
Result<std::int64_t> save_with_record(const ir::Graph& graph, const std::filesystem::path& path,
                                      const std::optional<formats::MakingRecord>& record);

/// Nothing for what is no file of a runtime, or does not say.
Result<std::optional<formats::MakingRecord>> making_record_of(const Model& model);

/// "made by netfit 0.1.0: scheme int8, recipe plain (rounding balanced), ranges mse, 512 samples, seed 0", in lines.
std::string making_text(const formats::MakingRecord& record);
nlohmann::ordered_json making_json(const formats::MakingRecord& record);

}  // namespace netfit::cli
