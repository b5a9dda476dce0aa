// SPDX-License-Identifier: Apache-2.0
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <algorithm>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/files.h"
#include "base/text.h"
#include "base/toml_text.h"
#include "data/preprocess.h"

namespace netfit::data {
namespace {

struct Named {
  std::string_view name;
  ir::Preprocessing preprocessing;
};

const std::vector<Named>& known_preprocessings() {
  static const std::vector<Named> known{
      {"cifar10", {.scale = 1.0F / 255.0F, .mean{0.4914F, 0.4822F, 0.4465F}, .std{0.2470F, 0.2435F, 0.2616F}}},
      {"imagenet", {.scale = 1.0F / 255.0F, .mean{0.485F, 0.456F, 0.406F}, .std{0.229F, 0.224F, 0.225F}}},
      {"pixels", {}},
  };
  return known;
}

Result<float> read_number(const toml::node& node, std::string_view key) {
  const std::optional<double> number = node.value<double>();
  if (!number) return bad_input(fmt::format("'{}' is not a number", key));
  return static_cast<float>(*number);
}

// One number for all channels, or an array with one for each.
Result<std::vector<float>> read_numbers(const toml::node& node, std::string_view key) {
  const toml::array* array = node.as_array();
  if (array == nullptr) return std::vector<float>{NETFIT_TRY(read_number(node, key))};
  std::vector<float> numbers;
  for (const toml::node& element : *array) numbers.push_back(NETFIT_TRY(read_number(element, key)));
  if (numbers.empty())
    return bad_input(fmt::format("'{}' is empty (allowed: one number or one for each channel)", key));
  return numbers;
}

Result<ir::ColorOrder> read_order(const toml::node& node) {
  const std::optional<std::string> order = node.value<std::string>();
  if (order == "rgb") return ir::ColorOrder::Rgb;
  if (order == "bgr") return ir::ColorOrder::Bgr;
  return bad_input("'order' is neither \"rgb\" nor \"bgr\"");
}

Result<ir::Preprocessing> parse_toml(const std::string& text) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return bad_input(
        fmt::format("line {}: {}", parsed.error().source().begin.line, base::printable(parsed.error().description())));
  }
  ir::Preprocessing preprocessing;
  bool has_scale = false;
  for (const auto& [key, node] : parsed.table()) {
    const std::string_view word = key.str();
    if (word == "scale") {
      preprocessing.scale = NETFIT_TRY(read_number(node, word));
      has_scale = true;
    } else if (word == "mean") {
      preprocessing.mean = NETFIT_TRY(read_numbers(node, word));
    } else if (word == "std") {
      preprocessing.std = NETFIT_TRY(read_numbers(node, word));
    } else if (word == "order") {
      preprocessing.order = NETFIT_TRY(read_order(node));
    } else {
      return bad_input(fmt::format("key '{}' is not known (allowed: scale, mean, std, order)", base::printable(word)));
    }
  }
  // The one key without a harmless default: mean and std mean nothing without it.
  if (!has_scale) return bad_input("key 'scale' is missing");
  return preprocessing;
}

}  // namespace

Result<ir::Preprocessing> load_preprocessing(const std::string& name_or_file) {
  const std::vector<Named>& known = known_preprocessings();
  const auto named = std::ranges::find(known, name_or_file, &Named::name);
  if (named != known.end()) return named->preprocessing;
  if (!name_or_file.ends_with(".toml")) {
    std::vector<std::string> names;
    for (const Named& one : known) names.emplace_back(one.name);
    return bad_usage(fmt::format("preprocessing '{}' is not known (allowed: {}, or a .toml file)",
                                 base::printable(name_or_file), base::join(names, ", ")));
  }
  const std::string text = NETFIT_TRY(base::read_text(name_or_file));
  NETFIT_TRY(base::check_toml_text(text, name_or_file));
  return located(parse_toml(text), name_or_file);
}

}  // namespace netfit::data
