// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/distillation.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::cli {
namespace {

// As in the experiments of Zagoruyko and Komodakis (arXiv:1612.03928), section 4.1.
constexpr double kUsualFeatures = 1000;

/// One figure of a part: its name in the flag, and what it may be.
struct Figure {
  std::string_view name;
  double* value;
  double low;
  double high;
};

Result<void> set_figure(const std::string& part, const std::string& setting, const std::vector<Figure>& figures) {
  const std::size_t equals = setting.find('=');
  std::vector<std::string> names;
  for (const Figure& figure : figures) {
    names.emplace_back(figure.name);
    if (equals == setting.npos || setting.substr(0, equals) != figure.name) continue;
    const char* end = setting.data() + setting.size();
    double value = 0;
    const auto [stop, error] = std::from_chars(setting.data() + equals + 1, end, value);
    if (error == std::errc() && stop == end && value >= figure.low && value <= figure.high) {
      *figure.value = value;
      return {};
    }
    return bad_usage(fmt::format("--distill {}: '{}' is not a number from {} to {}", part, base::printable(setting, 40),
                                 figure.low, figure.high));
  }
  return bad_usage(fmt::format("--distill {}: unknown setting '{}' (allowed: {})", part, base::printable(setting, 40),
                               base::join(names, "=, ") + "="));
}

}  // namespace

Result<train::DistillationRecipe> parse_distillation(const std::vector<std::string>& parts,
                                                     const train::DistillationRecipe& recipe) {
  train::DistillationRecipe result{.temperature = recipe.temperature, .weight = 0, .features = 0};
  for (const std::string& part : parts) {
    const std::size_t colon = part.find(':');
    const std::string name = part.substr(0, colon);
    std::vector<Figure> figures;
    if (name == "logits") {
      result.weight = recipe.weight > 0 ? recipe.weight : train::DistillationRecipe{}.weight;
      figures = {{"T", &result.temperature, 0.1, 100}, {"weight", &result.weight, 0, 1}};
    } else if (name == "features") {
      result.features = recipe.features > 0 ? recipe.features : kUsualFeatures;
      figures = {{"weight", &result.features, 0, 1e6}};
    } else {
      return bad_usage(
          fmt::format("--distill: '{}' is not known (allowed: logits:T=4,weight=0.9, features:weight=1000)",
                      base::printable(part, 40)));
    }
    if (colon == part.npos) continue;
    for (const std::string& setting : base::split(std::string_view(part).substr(colon + 1), ','))
      NETFIT_TRY(set_figure(name, setting, figures));
  }
  return result;
}

}  // namespace netfit::cli
