// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/recipe_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "cli/flags/toml_file.h"
#include "passes/layer_channels.h"
#include "quant/recipe_names.h"

namespace netfit::cli {
namespace fs = std::filesystem;
namespace {

/// "unknown layer 'sten', did you mean 'stem'?", with all that are allowed if there are few.
std::string unknown(std::string_view what, std::string_view word, std::span<const std::string> known) {
  constexpr std::size_t kFew = 12;
  const std::optional<std::string> nearest = base::nearest_word(word, known);
  return fmt::format(
      "unknown {} '{}'{}{}", what, base::printable(word),
      nearest ? fmt::format(", did you mean '{}'?", base::printable(*nearest)) : "",
      known.size() <= kFew ? fmt::format(" (allowed: {})", base::printable(base::join(known, ", "), 400)) : "");
}

template <typename T>
std::vector<std::string> names_of(std::span<const T> choices) {
  std::vector<std::string> names;
  for (const T& choice : choices) names.emplace_back(choice.name);
  return names;
}

void read_switch(const TomlEntry& entry, bool& value, Diagnostics& diagnostics) {
  value = switch_of(entry, diagnostics).value_or(value);
}

void read_text(const TomlEntry& entry, std::string& value, Diagnostics& diagnostics) {
  value = text_of(entry, diagnostics).value_or(value);
}

// Answers print it.
void read_name(const TomlEntry& entry, std::string& value, Diagnostics& diagnostics) {
  const std::optional<std::string> text = text_of(entry, diagnostics);
  if (!text) return;
  if (text->empty() || base::printable(*text) != *text) {
    return diagnostics.error(entry.where, fmt::format("'{}' is empty, too long or has control characters", entry.key));
  }
  value = *text;
}

template <typename T>
void read_choice(const TomlEntry& entry, std::span<const quant::Choice<T>> choices, T& value,
                 Diagnostics& diagnostics) {
  const std::optional<std::string> word = text_of(entry, diagnostics);
  if (!word) return;
  const auto found = std::ranges::find(choices, *word, &quant::Choice<T>::name);
  if (found == choices.end())
    return diagnostics.error(entry.where, unknown("choice of '" + entry.key + "'", *word, names_of(choices)));
  value = found->value;
}

/// Within [low, high], but for one end.
void read_real(const TomlEntry& entry, std::string_view interval, const std::function<bool(double)>& allowed,
               double& value, Diagnostics& diagnostics) {
  if (entry.real && allowed(*entry.real)) {
    value = *entry.real;
  } else {
    diagnostics.error(entry.where, fmt::format("'{}' is not a number in {}", entry.key, interval));
  }
}

std::vector<std::string> precision_names() { return names_of(quant::named_precisions()); }

void read_layers(const TomlEntry& entry, std::vector<LayerPrecision>& layers, Diagnostics& diagnostics) {
  const auto table = table_of(entry, diagnostics);
  if (!table) return;
  for (const TomlEntry& layer : *table) {
    const std::optional<std::string> word = text_of(layer, diagnostics);
    if (!word) continue;
    const std::optional<quant::Precision> precision = quant::find_precision(*word);
    if (precision) {
      layers.push_back({layer.key, *precision, layer.where});
    } else {
      diagnostics.error(layer.where, unknown("precision", *word, precision_names()));
    }
  }
}

struct Key {
  std::string_view name;
  void (*read)(const TomlEntry&, RecipeFile&, Diagnostics&);
};

constexpr std::array kKeys{
    Key{"name", [](const auto& entry, auto& file, auto& faults) { read_name(entry, file.recipe.name, faults); }},
    Key{"summary", [](const auto& entry, auto& file, auto& faults) { read_text(entry, file.summary, faults); }},
    Key{"guard_dead_channels", [](const auto& entry, auto& file,
                                  auto& faults) { read_switch(entry, file.recipe.guard_dead_channels, faults); }},
    Key{"equalize",
        [](const auto& entry, auto& file, auto& faults) { read_switch(entry, file.recipe.equalize, faults); }},
    Key{"absorb_high_bias",
        [](const auto& entry, auto& file, auto& faults) { read_switch(entry, file.recipe.absorb_high_bias, faults); }},
    Key{"ranges",
        [](const auto& entry, auto& file, auto& faults) {
          read_choice(entry, quant::range_estimators(), file.recipe.ranges.estimator, faults);
        }},
    Key{"percentile",
        [](const auto& entry, auto& file, auto& faults) {
          read_real(
              entry, "(0, 100]", [](double x) { return x > 0 && x <= 100; }, file.recipe.ranges.percentile, faults);
        }},
    Key{"moving_average",
        [](const auto& entry, auto& file, auto& faults) {
          read_real(
              entry, "[0, 1)", [](double x) { return x >= 0 && x < 1; }, file.recipe.ranges.moving_average, faults);
        }},
    Key{"rounding", [](const auto& entry, auto& file,
                       auto& faults) { read_choice(entry, quant::roundings(), file.recipe.rounding, faults); }},
    Key{"bias_correction",
        [](const auto& entry, auto& file, auto& faults) {
          read_choice(entry, quant::bias_corrections(), file.recipe.bias_correction, faults);
        }},
    Key{"layers", [](const auto& entry, auto& file, auto& faults) { read_layers(entry, file.layers, faults); }},
};

// A figure that nothing reads is a mistake of the one who wrote it.
void check_figures(const std::vector<TomlEntry>& entries, quant::RangeEstimator used, Diagnostics& diagnostics) {
  constexpr std::array kReaders{std::pair{"percentile", quant::RangeEstimator::Percentile},
                                std::pair{"moving_average", quant::RangeEstimator::MovingAverage}};
  for (const auto& [key, reader] : kReaders) {
    const auto entry = std::ranges::find(entries, key, &TomlEntry::key);
    if (entry == entries.end() || used == reader) continue;
    diagnostics.error(entry->where,
                      fmt::format("'{}' is for ranges = \"{}\", but they are \"{}\"", key, name(reader), name(used)));
  }
}

Result<RecipeFile> read_recipe(const std::vector<TomlEntry>& entries, std::string name) {
  RecipeFile file{.recipe = {.name = std::move(name)}};
  Diagnostics diagnostics;
  for (const TomlEntry& entry : entries) {
    const auto key = std::ranges::find(kKeys, entry.key, &Key::name);
    if (key == kKeys.end()) {
      report_unknown(entry, names_of(std::span<const Key>(kKeys)), diagnostics);
    } else {
      key->read(entry, file, diagnostics);
    }
  }
  check_figures(entries, file.recipe.ranges.estimator, diagnostics);
  NETFIT_TRY(diagnostics.result());
  return file;
}

// The shipped ones and the user's, by name.
std::set<std::string> known_recipes(const Environment& environment) {
  std::set<std::string> names = {"auto"};
  for (const fs::path& root : environment.device_roots) {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(root / "recipes", ignored)) {
      if (entry.path().extension() == ".toml") names.insert(entry.path().stem().string());
    }
  }
  return names;
}

// Strings of TOML: quotes, backslashes and control characters are escaped.
std::string toml_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      result += fmt::format("\\u{:04x}", byte);
    } else {
      if (c == '"' || c == '\\') result += '\\';
      result += c;
    }
  }
  return result + '"';
}

std::string print_ranges(const quant::CalibrationOptions& ranges) {
  std::string text = fmt::format("ranges = \"{}\"\n", name(ranges.estimator));
  if (ranges.estimator == quant::RangeEstimator::Percentile)
    text += fmt::format("percentile = {}\n", ranges.percentile);
  if (ranges.estimator == quant::RangeEstimator::MovingAverage)
    text += fmt::format("moving_average = {}\n", ranges.moving_average);
  return text;
}

}  // namespace

Result<RecipeFile> parse_recipe(std::string_view text, const std::string& where) {
  const std::vector<TomlEntry> entries = NETFIT_TRY(parse_toml(text, where));
  return read_recipe(entries, base::printable(fs::path(where).stem().string()));
}

Result<RecipeFile> load_recipe(const std::string& word, const Environment& environment) {
  if (word.ends_with(".toml")) {
    const std::string text = NETFIT_TRY(base::read_text(word));
    return parse_recipe(text, word);
  }
  const std::set<std::string> names = known_recipes(environment);
  if (!names.contains(word)) {
    return bad_usage(unknown("recipe", word, std::vector<std::string>(names.begin(), names.end())) +
                     "; a file ends in .toml");
  }
  for (const fs::path& root : environment.device_roots) {
    const fs::path path = root / "recipes" / (word + ".toml");
    std::error_code ignored;
    if (fs::exists(path, ignored)) return load_recipe(path.string(), environment);
  }
  return RecipeFile{};
}

std::string print_recipe(const RecipeFile& file) {
  const quant::Recipe& recipe = file.recipe;
  std::string text = fmt::format(
      "name = {}\nsummary = {}\nguard_dead_channels = {}\nequalize = {}\nabsorb_high_bias = {}\n{}rounding = \"{}\"\n"
      "bias_correction = \"{}\"\n",
      toml_string(recipe.name), toml_string(file.summary), recipe.guard_dead_channels, recipe.equalize,
      recipe.absorb_high_bias, print_ranges(recipe.ranges), name(recipe.rounding), name(recipe.bias_correction));
  if (!file.layers.empty()) text += "\n[layers]\n";
  for (const LayerPrecision& layer : file.layers) {
    text += fmt::format("{} = \"{}\"\n", toml_string(layer.layer), name(layer.precision));
  }
  return text;
}

Result<quant::PrecisionPlan> plan_of(const quant::Precision& scheme, std::span<const LayerPrecision> layers,
                                     const ir::Graph& graph) {
  quant::PrecisionPlan plan{.everywhere = scheme};
  std::vector<std::string> known;
  for (const ir::NodeId id : graph.order()) {
    if (passes::is_layer(*graph.node(id).op)) known.push_back(graph.node(id).name);
  }
  Diagnostics diagnostics;
  for (const LayerPrecision& layer : layers) {
    const auto is_it = [&](ir::NodeId id) { return graph.node(id).name == layer.layer; };
    const auto found = std::ranges::find_if(graph.order(), is_it);
    if (found == graph.order().end()) {
      diagnostics.error(layer.where, unknown("layer", layer.layer, known));
    } else {
      plan.exceptions[*found] = layer.precision;
    }
  }
  NETFIT_TRY(diagnostics.result());
  return plan;
}

}  // namespace netfit::cli
