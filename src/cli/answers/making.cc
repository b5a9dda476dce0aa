// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/making.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/figures.h"
#include "cli/answers/table.h"
#include "cli/version.h"
#include "formats/catalog.h"
#include "quant/recipe_names.h"

namespace netfit::cli {

formats::MakingRecord making_record(std::string_view scheme) {
  return {.made_by = fmt::format("netfit {}", kVersion), .scheme = std::string(scheme)};
}

formats::MakingRecord making_record(std::string_view scheme, const quant::Recipe& recipe, std::int64_t samples,
                                    std::uint64_t seed) {
  formats::MakingRecord record = making_record(scheme);
  record.recipe = base::printable(recipe.name, 60);
  record.ranges = quant::in_words(recipe.ranges);
  record.techniques = quant::techniques(recipe);
  record.samples = samples;
  record.seed = seed;
  return record;
}

Result<std::int64_t> save_with_record(const ir::Graph& graph, const std::filesystem::path& path,
                                      const std::optional<formats::MakingRecord>& record) {
  const formats::Format* format = NETFIT_TRY(formats::format_for(path));
  const base::Bytes bytes =
      NETFIT_TRY(with_context(format->write(graph, record), fmt::format("while exporting to {}", format->name)));
  NETFIT_TRY(base::write_file(path, bytes));
  return std::ssize(bytes);
}

Result<std::optional<formats::MakingRecord>> making_record_of(const Model& model) {
  const auto format = std::ranges::find(formats::formats(), model.format, &formats::Format::name);
  if (format == formats::formats().end() || format->read_record == nullptr) return std::nullopt;
  return with_context(format->read_record(model.bytes), fmt::format("while reading '{}'", base::printable(model.path)));
}

std::string making_text(const formats::MakingRecord& record) {
  std::string text = fmt::format("made by {}: scheme {}", record.made_by, record.scheme);
  if (!record.recipe.empty()) text += fmt::format(", recipe {}", record.recipe);
  if (!record.techniques.empty()) text += fmt::format(" ({})", base::join(record.techniques, ", "));
  if (!record.ranges.empty()) text += fmt::format(", ranges {}", record.ranges);
  if (record.samples) text += fmt::format(", {} samples", grouped(*record.samples));
  if (record.seed) text += fmt::format(", seed {}", *record.seed);
  return wrapped(text, 2);
}

nlohmann::ordered_json making_json(const formats::MakingRecord& record) {
  const auto or_null = [](const auto& value, bool is_there) {
    return is_there ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
  };
  return {{"made_by", record.made_by},
          {"scheme", record.scheme},
          {"recipe", or_null(record.recipe, !record.recipe.empty())},
          {"ranges", or_null(record.ranges, !record.ranges.empty())},
          {"techniques", record.techniques},
          {"samples", or_null(record.samples.value_or(0), record.samples.has_value())},
          {"seed", or_null(record.seed.value_or(0), record.seed.has_value())}};
}

}  // namespace netfit::cli
