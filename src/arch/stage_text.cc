// SPDX-License-Identifier: Apache-2.0
#include "arch/stage_text.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "arch/parameter.h"
#include "base/check.h"
#include "base/text.h"

namespace netfit::arch {
namespace {

// Far beyond any network that is trained; bounds what a hostile line can ask for.
constexpr std::size_t kMostStages = 64;

template <typename T>
struct Word {
  std::string_view text;
  T value;
};

constexpr std::array kKinds{
    Word{"conv", StageKind::Conv},
    Word{"ds", StageKind::Separable},
    Word{"ir", StageKind::Inverted},
    Word{"res", StageKind::Residual},
};
constexpr std::array kFunctions{
    Word{"relu", Function::Relu},
    Word{"relu6", Function::Relu6},
    Word{"hswish", Function::HardSwish},
};
constexpr std::string_view kExcites = "se";

// A letter and a number.
struct Field {
  Parameter parameter;
  std::int64_t Stage::*whole;  ///< absent for the expansion, which is the one real number and only of inverted blocks
};

constexpr std::array kFields{
    Field{{.name = "k", .low = 1, .high = 11}, &Stage::kernel},
    Field{{.name = "e", .kind = ParameterKind::Real, .low = 1, .high = 16}, nullptr},
    Field{{.name = "c", .low = 1, .high = 8192}, &Stage::channels},
    Field{{.name = "s", .low = 1, .high = 4}, &Stage::stride},
    Field{{.name = "n", .low = 1, .high = 64}, &Stage::repeats},
};

bool has(StageKind kind, const Field& field) { return field.whole != nullptr || kind == StageKind::Inverted; }

// The text of a value; asking for one that the table lacks is a bug.
template <typename Table, typename T>
std::string_view text_of(const Table& table, T value) {
  const auto found = std::ranges::find(table, value, [](const auto& word) { return word.value; });
  NETFIT_CHECK(found != table.end());
  return found->text;
}

std::string print_stage(const Stage& stage) {
  std::string text(text_of(kKinds, stage.kind));
  for (const Field& field : kFields) {
    if (!has(stage.kind, field)) continue;
    const auto number = field.whole == nullptr ? stage.expansion : static_cast<double>(stage.*field.whole);
    text += fmt::format("_{}{}", field.parameter.name, number);
  }
  text += fmt::format("_{}", text_of(kFunctions, stage.function));
  const bool excites = stage.excites && stage.kind == StageKind::Inverted;
  return excites ? fmt::format("{}_{}", text, kExcites) : text;
}

base::Failure unknown_part(StageKind kind, std::string_view part) {
  std::vector<std::string> letters;
  for (const Field& field : kFields) {
    if (has(kind, field)) letters.emplace_back(field.parameter.name);
  }
  std::vector<std::string> words;
  for (const Word<Function>& function : kFunctions) words.emplace_back(function.text);
  if (kind == StageKind::Inverted) words.emplace_back(kExcites);
  return bad_input(fmt::format("unknown part '{}' (allowed: {} with a number, {})", base::printable(part, 40),
                               base::join(letters, ", "), base::join(words, ", ")));
}

// Takes in one part, and gives the name of what it sets.
Result<std::string_view> read_part(std::string_view part, Stage& stage) {
  if (part == kExcites && stage.kind == StageKind::Inverted) {
    stage.excites = true;
    return kExcites;
  }
  const auto* function = std::ranges::find(kFunctions, part, &Word<Function>::text);
  if (function != kFunctions.end()) {
    stage.function = function->value;
    return "activation";
  }
  const std::string_view letters = part.substr(0, part.find_first_not_of("abcdefghijklmnopqrstuvwxyz"));
  const auto* field = std::ranges::find_if(
      kFields, [&](const Field& known) { return known.parameter.name == letters && has(stage.kind, known); });
  if (field == kFields.end()) return unknown_part(stage.kind, part);
  const double number = NETFIT_TRY(read_number(field->parameter, part.substr(1)));
  if (field->whole == nullptr) {
    stage.expansion = number;
  } else {
    stage.*field->whole = static_cast<std::int64_t>(number);
  }
  return field->parameter.name;
}

Result<Stage> parse_stage(std::string_view text) {
  const std::vector<std::string> parts = base::split(text, '_');
  const auto* kind = std::ranges::find(kKinds, std::string_view(parts.front()), &Word<StageKind>::text);
  if (kind == kKinds.end()) {
    return bad_input(fmt::format("unknown kind '{}' (allowed: conv, ds, ir, res)", base::printable(parts.front(), 40)));
  }
  Stage stage{.kind = kind->value};
  std::vector<std::string_view> given;
  for (const std::string& part : std::span(parts).subspan(1)) {
    const std::string_view name = NETFIT_TRY(read_part(part, stage));
    if (std::ranges::find(given, name) != given.end()) return bad_input(fmt::format("{} is given twice", name));
    given.push_back(name);
  }
  if (stage.channels == 0) return bad_input("c, the number of channels, is not given");
  return stage;
}

}  // namespace

std::string print_stages(std::span<const Stage> stages) {
  std::vector<std::string> texts;
  for (const Stage& stage : stages) texts.push_back(print_stage(stage));
  return base::join(texts, "+");
}

Result<std::vector<Stage>> parse_stages(std::string_view text) {
  const std::vector<std::string> texts = base::split(text, '+');
  if (texts.size() > kMostStages) {
    return bad_input(fmt::format("there are {} stages (allowed: {})", texts.size(), kMostStages));
  }
  std::vector<Stage> stages;
  for (const std::string& stage : texts) {
    Result<Stage> parsed = parse_stage(stage);
    if (!parsed) {
      return bad_input(
          fmt::format("stage {} '{}': {}", stages.size() + 1, base::printable(stage, 60), parsed.error().what()));
    }
    stages.push_back(*parsed);
  }
  return stages;
}

}  // namespace netfit::arch
