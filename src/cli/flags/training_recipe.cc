// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/training_recipe.h"

#include <algorithm>
#include <array>
#include <variant>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "cli/flags/toml_file.h"

namespace netfit::cli {
namespace {

using train::Recipe;

/// One of several words, by number.
struct Word {
  std::uint8_t* number;
  std::string_view words;  ///< separated by '|', in the order of the enumeration
};
using Field = std::variant<double*, std::int64_t*, bool*, Word>;

/// A key of the file: where its value lies in the recipe, and what numbers it may be.
struct Key {
  std::string_view section;
  std::string_view name;
  Field (*field)(Recipe& recipe);
  double low = 0;
  double high = 0;
};

// An enumeration of bytes, seen as one.
template <typename T>
Word word(T& value, std::string_view words) {
  static_assert(sizeof(T) == 1);
  return {reinterpret_cast<std::uint8_t*>(&value), words};
}

constexpr std::string_view kQatSchemes = "none|int8|int8-per-tensor|int4";

// clang-format off
constexpr std::array kKeys{
    Key{"", "arithmetic", [](Recipe& r) -> Field { return word(r.arithmetic, "float32|float16"); }},
    Key{"", "keep_zeros", [](Recipe& r) -> Field { return &r.keep_zeros; }},
    Key{"", "validation", [](Recipe& r) -> Field { return &r.validation; }, 0, 1e9},
    Key{"", "evaluate_every", [](Recipe& r) -> Field { return &r.evaluate_every; }, 1, 1e6},
    Key{"", "seed", [](Recipe& r) -> Field { return &r.seed; }, 0, 1e15},
    Key{"schedule", "kind", [](Recipe& r) -> Field { return word(r.schedule.kind, "cosine|one-cycle"); }},
    Key{"schedule", "epochs", [](Recipe& r) -> Field { return &r.schedule.epochs; }, 1, 1e5},
    Key{"schedule", "batch", [](Recipe& r) -> Field { return &r.schedule.batch; }, 1, 1e5},
    Key{"schedule", "warm_up_epochs", [](Recipe& r) -> Field { return &r.schedule.warm_up_epochs; }, 0, 1e5},
    Key{"schedule", "final_part", [](Recipe& r) -> Field { return &r.schedule.final_part; }, 0, 1},
    Key{"optimizer", "kind", [](Recipe& r) -> Field { return word(r.optimizer.kind, "sgd|adamw|muon"); }},
    Key{"optimizer", "learning_rate", [](Recipe& r) -> Field { return &r.optimizer.learning_rate; }, 0, 100},
    Key{"optimizer", "momentum", [](Recipe& r) -> Field { return &r.optimizer.momentum; }, 0, 0.9999},
    Key{"optimizer", "beta2", [](Recipe& r) -> Field { return &r.optimizer.beta2; }, 0, 0.999999},
    Key{"optimizer", "weight_decay", [](Recipe& r) -> Field { return &r.optimizer.weight_decay; }, 0, 10},
    Key{"optimizer", "depthwise_weight_decay", [](Recipe& r) -> Field { return &r.optimizer.depthwise_weight_decay; }, 0, 10},
    Key{"optimizer", "vector_weight_decay", [](Recipe& r) -> Field { return &r.optimizer.vector_weight_decay; }, 0, 10},
    Key{"augmentation", "crop", [](Recipe& r) -> Field { return &r.augmentation.crop; }, 0, 64},
    Key{"augmentation", "flip", [](Recipe& r) -> Field { return &r.augmentation.flip; }},
    Key{"augmentation", "cutout", [](Recipe& r) -> Field { return &r.augmentation.cutout; }, 0, 1024},
    Key{"augmentation", "policy", [](Recipe& r) -> Field { return word(r.augmentation.policy, "none|trivial-augment|rand-augment"); }},
    Key{"augmentation", "rand_augment_operations", [](Recipe& r) -> Field { return &r.augmentation.rand_augment_operations; }, 1, 10},
    Key{"augmentation", "rand_augment_magnitude", [](Recipe& r) -> Field { return &r.augmentation.rand_augment_magnitude; }, 0, 30},
    Key{"augmentation", "mixup", [](Recipe& r) -> Field { return &r.augmentation.mixup; }, 0, 10},
    Key{"augmentation", "cutmix", [](Recipe& r) -> Field { return &r.augmentation.cutmix; }, 0, 10},
    Key{"regularization", "label_smoothing", [](Recipe& r) -> Field { return &r.regularization.label_smoothing; }, 0, 0.9},
    Key{"regularization", "stochastic_depth", [](Recipe& r) -> Field { return &r.regularization.stochastic_depth; }, 0, 0.9},
    Key{"regularization", "ema", [](Recipe& r) -> Field { return &r.regularization.ema; }, 0, 0.999999},
    Key{"qat", "scheme", [](Recipe& r) -> Field { return word(r.qat.scheme, kQatSchemes); }},
    Key{"qat", "activation_ranges", [](Recipe& r) -> Field { return word(r.qat.activation_ranges, "learned|observed|kept"); }},
    Key{"qat", "weight_steps", [](Recipe& r) -> Field { return word(r.qat.weight_steps, "largest|learned"); }},
    Key{"qat", "freeze_batch_norm", [](Recipe& r) -> Field { return &r.qat.freeze_batch_norm; }, 0, 1},
    Key{"qat", "freeze_ranges", [](Recipe& r) -> Field { return &r.qat.freeze_ranges; }, 0, 1},
    Key{"qat", "calibration_batches", [](Recipe& r) -> Field { return &r.qat.calibration_batches; }, 1, 1e6},
    Key{"distillation", "temperature", [](Recipe& r) -> Field { return &r.distillation.temperature; }, 0.1, 100},
    Key{"distillation", "weight", [](Recipe& r) -> Field { return &r.distillation.weight; }, 0, 1},
    Key{"distillation", "features", [](Recipe& r) -> Field { return &r.distillation.features; }, 0, 1e6},
};
// clang-format on

std::vector<std::string> names_in(std::string_view section) {
  std::vector<std::string> names;
  for (const Key& key : kKeys) {
    if (key.section == section) names.emplace_back(key.name);
    const bool opens = section.empty() && !key.section.empty();
    if (opens && std::ranges::find(names, key.section) == names.end()) names.emplace_back(key.section);
  }
  return names;
}

void read_number(const Key& key, const TomlEntry& entry, Field field, Diagnostics& diagnostics) {
  const bool whole = std::holds_alternative<std::int64_t*>(field);
  const bool right = entry.real && (!whole || entry.integer) && *entry.real >= key.low && *entry.real <= key.high;
  if (!right) {
    return diagnostics.error(entry.where, fmt::format("'{}' is not a {}number from {} to {}", entry.key,
                                                      whole ? "whole " : "", key.low, key.high));
  }
  if (whole) {
    *std::get<std::int64_t*>(field) = *entry.integer;
  } else {
    *std::get<double*>(field) = *entry.real;
  }
}

void read_word(const TomlEntry& entry, Word target, Diagnostics& diagnostics) {
  const std::optional<std::string> given = text_of(entry, diagnostics);
  if (!given) return;
  const std::vector<std::string> words = base::split(target.words, '|');
  const auto found = std::ranges::find(words, *given);
  if (found == words.end()) {
    return diagnostics.error(entry.where, fmt::format("{} '{}' is not known (allowed: {})", entry.key,
                                                      base::printable(*given, 40), base::join(words, ", ")));
  }
  *target.number = static_cast<std::uint8_t>(found - words.begin());
}

void read_entry(std::string_view section, const TomlEntry& entry, Recipe& recipe, Diagnostics& diagnostics) {
  const auto key =
      std::ranges::find_if(kKeys, [&](const Key& k) { return k.section == section && k.name == entry.key; });
  if (key == kKeys.end()) return report_unknown(entry, names_in(section), diagnostics);
  const Field field = key->field(recipe);
  if (std::holds_alternative<bool*>(field)) {
    bool& value = *std::get<bool*>(field);
    value = switch_of(entry, diagnostics).value_or(value);
  } else if (std::holds_alternative<Word>(field)) {
    read_word(entry, std::get<Word>(field), diagnostics);
  } else {
    read_number(*key, entry, field, diagnostics);
  }
}

std::string value_text(const Field& field) {
  if (const auto* real = std::get_if<double*>(&field)) return fmt::format("{}", **real);
  if (const auto* whole = std::get_if<std::int64_t*>(&field)) return fmt::format("{}", **whole);
  if (const auto* flag = std::get_if<bool*>(&field)) return **flag ? "true" : "false";
  const Word& word = std::get<Word>(field);
  return fmt::format("\"{}\"", base::split(word.words, '|')[*word.number]);
}

}  // namespace

Result<Recipe> parse_training_recipe(std::string_view text, std::string_view where) {
  const std::vector<TomlEntry> entries = NETFIT_TRY(parse_toml(text, where));
  Recipe recipe;
  Diagnostics diagnostics;
  for (const TomlEntry& entry : entries) {
    const bool is_section = std::ranges::find(kKeys, entry.key, &Key::section) != kKeys.end();
    if (!is_section) {
      read_entry("", entry, recipe, diagnostics);
    } else if (const auto table = table_of(entry, diagnostics)) {
      for (const TomlEntry& inner : *table) read_entry(entry.key, inner, recipe, diagnostics);
    }
  }
  NETFIT_TRY(diagnostics.result());
  return recipe;
}

Result<Recipe> load_training_recipe(const std::filesystem::path& path) {
  const std::string text = NETFIT_TRY(base::read_text(path));
  return parse_training_recipe(text, base::printable(path.string()));
}

std::string name(train::QatScheme scheme) { return base::split(kQatSchemes, '|')[static_cast<std::size_t>(scheme)]; }

std::string training_recipe_text(const Recipe& recipe) {
  Recipe copy = recipe;
  std::string text;
  std::string_view section;
  for (const Key& key : kKeys) {
    if (key.section != section) text += fmt::format("\n[{}]\n", section = key.section);
    text += fmt::format("{} = {}\n", key.name, value_text(key.field(copy)));
  }
  return text;
}

}  // namespace netfit::cli
