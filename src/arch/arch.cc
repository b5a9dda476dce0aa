// SPDX-License-Identifier: Apache-2.0
// A spec is read in three steps: which family, each parameter by itself, all of them together. Every fault of a step is
// told; a step begins only if the one before found none.
#include "arch/arch.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "arch/family.h"
#include "base/diagnostics.h"
#include "base/text.h"

namespace netfit::arch {
namespace {

// No spec that means something is longer; keeps messages short.
constexpr std::size_t kLongestSpec = 2000;

struct Spec {
  const Family* family = nullptr;
  Values values;
};

std::string_view family_name(std::string_view spec) { return spec.substr(0, spec.find(':')); }

const Family* find_family(std::string_view name) {
  const auto found = std::ranges::find(families(), name, &Family::name);
  return found == families().end() ? nullptr : *found;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
  if (const auto nearest = base::nearest_word(word, names)) return fmt::format(", did you mean '{}'?", *nearest);
  return fmt::format(" (allowed: {})", fmt::join(names, ", "));
}

Result<const Family*> require_family(std::string_view spec) {
  if (const Family* family = find_family(family_name(spec))) return family;
  std::vector<std::string> names;
  for (const Family* family : families()) names.emplace_back(family->name);
  return bad_input(fmt::format("unknown architecture '{}'{}", base::printable(family_name(spec), 80),
                               did_you_mean(family_name(spec), names)));
}

Result<void> read_parameter(const Family& family, std::string_view text, Values& values) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const std::string shown = base::printable(name, 40);
  const auto parameter = std::ranges::find(family.parameters, name, &Parameter::name);
  if (parameter == family.parameters.end()) {
    std::vector<std::string> names;
    for (const Parameter& known : family.parameters) names.emplace_back(known.name);
    return bad_input(fmt::format("unknown parameter '{}'{}", shown, did_you_mean(name, names)));
  }
  if (equals == std::string_view::npos) return bad_input(fmt::format("parameter '{}' has no value", shown));
  if (values.has(name)) return bad_input(fmt::format("parameter '{}' is given twice", shown));
  values.set(parameter->name, NETFIT_TRY(read_value(*parameter, text.substr(equals + 1))));
  return {};
}

Result<Spec> read_spec(std::string_view text) {
  Spec spec{.family = NETFIT_TRY(require_family(text))};
  if (text.size() > kLongestSpec) {
    return bad_input(fmt::format("the specification has {} bytes (allowed: {})", text.size(), kLongestSpec));
  }
  Diagnostics faults;
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    for (const std::string& part : base::split(text.substr(colon + 1), ',')) {
      const Result<void> read = read_parameter(*spec.family, part, spec.values);
      if (!read) faults.error("", read.error().what());
    }
  }
  NETFIT_TRY(faults.result());
  for (const Parameter& parameter : spec.family->parameters) {
    const bool open = !parameter.fallback.empty() && !spec.values.has(parameter.name);
    if (open) spec.values.set(parameter.name, std::string(parameter.fallback));
  }
  if (spec.family->complete != nullptr) spec.family->complete(spec.values);
  if (spec.family->fault == nullptr) return spec;
  if (const std::optional<std::string> fault = spec.family->fault(spec.values)) return bad_input(*fault);
  return spec;
}

std::string canonical_text(const Spec& spec) {
  std::vector<std::string> parts;
  for (const Parameter& parameter : spec.family->parameters) {
    const std::string& text = spec.values.word(parameter.name);
    if (parameter.defining || text != parameter.fallback) parts.push_back(fmt::format("{}={}", parameter.name, text));
  }
  return fmt::format("{}{}{}", spec.family->name, parts.empty() ? "" : ":", fmt::join(parts, ","));
}

}  // namespace

bool names_family(std::string_view spec) { return find_family(family_name(spec)) != nullptr; }

Result<std::string> canonical(std::string_view spec) {
  const Spec read = NETFIT_TRY(located(read_spec(spec), base::printable(family_name(spec), 80)));
  return canonical_text(read);
}

void build_classifier(const Values& values, std::span<const Stage> stages, Net& net) {
  const ir::ValueId image = net.image(values.whole("resolution"), values.whole("channels"));
  net.classify(add_stages(net, image, stages), values.whole("classes"));
}

Result<ir::Graph> build(std::string_view spec, const BuildOptions& options) {
  const Spec read = NETFIT_TRY(located(read_spec(spec), base::printable(family_name(spec), 80)));
  Net net(options, read.family->output);
  read.family->build(read.values, net);
  return located(net.finish(std::string(read.family->name)), canonical_text(read));
}

}  // namespace netfit::arch
