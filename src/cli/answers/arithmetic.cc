// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/arithmetic.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/figures.h"
#include "cli/answers/table.h"
#include "formats/catalog.h"
#include "quant/stored_weights.h"

namespace netfit::cli {
namespace {

using formats::Computes;
using formats::NodeLabel;

// More names than these are left to --nodes.
constexpr std::size_t kMostNames = 6;
constexpr std::size_t kMostNameBytes = 60;

struct Kind {
  Computes computes;
  std::string_view word;
  std::string_view phrase;
};
constexpr std::array kKinds{Kind{Computes::Integer, "integer", "on integers"},
                            Kind{Computes::Hybrid, "hybrid", "on integers that each run makes of float data"},
                            Kind{Computes::Float, "float", "in float"}};

std::string_view word(Computes computes) { return std::ranges::find(kKinds, computes, &Kind::computes)->word; }

std::string named(const NodeLabel& label) {
  return fmt::format("{} '{}'", label.op, base::printable(label.node, kMostNameBytes));
}

// "conv2d 'stem', add 'sum'", or how many of each op where they are many.
std::string listed(const std::vector<const NodeLabel*>& labels) {
  std::vector<std::string> words;
  if (labels.size() <= kMostNames) {
    for (const NodeLabel* label : labels) words.push_back(named(*label));
    return base::join(words, ", ");
  }
  std::map<std::string, int> ops;
  for (const NodeLabel* label : labels) ++ops[label->op];
  for (const auto& [op, count] : ops) words.push_back(fmt::format("{} {}", count, base::printable(op, kMostNameBytes)));
  return base::join(words, ", ");
}

// "48 of 52 nodes on integers, 4 in float"
std::string counts(const Arithmetic& arithmetic) {
  std::string text;
  for (const Kind& kind : kKinds) {
    const std::int64_t count = arithmetic.count(kind.computes);
    if (count == std::ssize(arithmetic.labels)) return fmt::format("all {} nodes {}", count, kind.phrase);
    if (kind.computes == Computes::Integer) {
      text = fmt::format("{} of {} nodes {}", count, arithmetic.labels.size(), kind.phrase);
    } else if (count > 0) {
      text += fmt::format(", {} {}", count, kind.phrase);
    }
  }
  return text;
}

// What is not on integers: a line for each reason.
std::string exceptions(const Arithmetic& arithmetic) {
  std::map<std::pair<Computes, std::string>, std::vector<const NodeLabel*>> by_reason;
  for (const NodeLabel& label : arithmetic.labels) {
    if (label.computes != Computes::Integer) by_reason[{label.computes, label.reason}].push_back(&label);
  }
  std::string text;
  for (const auto& [key, labels] : by_reason) {
    const std::string why = key.second.empty() ? "" : fmt::format(", {}", key.second);
    text += wrapped(fmt::format("- {} {}{}: {}", labels.size(), word(key.first), why, listed(labels)), 2);
  }
  return text;
}

std::string why_float(const std::optional<formats::MakingRecord>& record) {
  if (!record) return "the file does not tell why";
  return std::string(quant::why_float({.role = quant::ConstantRole::Weights}, record->scheme));
}

std::string float_weights(const Arithmetic& arithmetic, const std::optional<formats::MakingRecord>& record) {
  std::vector<const NodeLabel*> kept;
  std::int64_t layers = 0;
  std::int64_t numbers = 0;
  std::int64_t all = 0;
  for (const NodeLabel& label : arithmetic.labels) {
    layers += label.is_layer ? 1 : 0;
    all += label.weight_count;
    if (label.weights != "f32") continue;
    kept.push_back(&label);
    numbers += label.weight_count;
  }
  if (kept.empty()) return "";
  return wrapped(fmt::format("float weights: {} of {} layers, {} of {} numbers, {}: {}", kept.size(), layers,
                             grouped(numbers), grouped(all), why_float(record), listed(kept)),
                 2);
}

}  // namespace

std::int64_t Arithmetic::count(Computes computes) const {
  return std::ranges::count(labels, computes, &NodeLabel::computes);
}

bool Arithmetic::is_quantized() const {
  return std::ranges::any_of(labels, [](const NodeLabel& label) {
    return label.computes != Computes::Float || (!label.weights.empty() && label.weights != "f32");
  });
}

Result<std::optional<Arithmetic>> arithmetic_of(const Model& model) {
  const auto format = std::ranges::find(formats::formats(), model.format, &formats::Format::name);
  if (format == formats::formats().end() || format->label == nullptr) return std::nullopt;
  return Arithmetic{format->runtime, NETFIT_TRY(format->label(model.bytes))};
}

std::string arithmetic_summary(const Arithmetic& arithmetic, const std::optional<formats::MakingRecord>& record) {
  const std::string first_line = wrapped(fmt::format("{} computes {}", arithmetic.runtime, counts(arithmetic)), 2);
  // Nobody asks why a float model is float.
  return arithmetic.is_quantized() ? first_line + exceptions(arithmetic) + float_weights(arithmetic, record)
                                   : first_line;
}

std::string arithmetic_table(const Arithmetic& arithmetic) {
  Table table({{"node"}, {"op"}, {"computes"}, {"weights"}, {"numbers", Align::Right}, {"why not on integers"}});
  for (const NodeLabel& label : arithmetic.labels) {
    table.add({label.node, label.op, std::string(word(label.computes)), label.weights,
               label.weights.empty() ? "" : grouped(label.weight_count), label.reason});
  }
  return table.text();
}

nlohmann::ordered_json arithmetic_json(const Arithmetic& arithmetic) {
  nlohmann::ordered_json json{{"runtime", arithmetic.runtime}};
  for (const Kind& kind : kKinds) json[std::string(kind.word)] = arithmetic.count(kind.computes);
  json["nodes"] = nlohmann::ordered_json::array();
  for (const NodeLabel& label : arithmetic.labels) {
    nlohmann::ordered_json node{{"name", label.node}, {"op", label.op}, {"computes", word(label.computes)}};
    node["reason"] = label.reason.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(label.reason);
    if (label.is_layer) {
      node["weights"] = label.weights.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(label.weights);
      node["weight_count"] = label.weight_count;
    }
    json["nodes"].push_back(std::move(node));
  }
  return json;
}

}  // namespace netfit::cli
