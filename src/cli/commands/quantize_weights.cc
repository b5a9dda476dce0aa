// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/quantize_weights.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/making.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/model.h"
#include "cli/schemes.h"
#include "formats/catalog.h"
#include "quant/stored_weights.h"

namespace netfit::cli {
namespace {

struct Reason {
  std::int64_t constants = 0;
  std::int64_t numbers = 0;
};

struct Answer {
  std::int64_t bytes = 0;
  std::map<std::string, std::int64_t> numbers;  ///< by type
  std::map<std::string, Reason> kept_float;     ///< by reason
  std::vector<quant::StoredConstant> float_weights;
  std::int64_t vanished = 0;
};

Answer describe(const ir::Graph& before, const ir::Graph& after, const std::string& scheme) {
  Answer answer;
  for (const quant::StoredConstant& constant : quant::stored_constants(after)) {
    answer.numbers[std::string(tensor::name(constant.dtype))] += constant.elements;
    if (constant.dtype != DType::Float32 || scheme == "float32") continue;
    Reason& reason = answer.kept_float[std::string(quant::why_float(constant, scheme))];
    ++reason.constants;
    reason.numbers += constant.elements;
    if (constant.role == quant::ConstantRole::Weights) answer.float_weights.push_back(constant);
  }
  answer.vanished = quant::count_vanished(before, after);
  return answer;
}

void print_object(const WeightsJob& job, const Model& model, const Answer& answer, const Environment& environment) {
  nlohmann::ordered_json json{{"output", job.output},
                              {"bytes", answer.bytes},
                              {"scheme", job.scheme},
                              {"from_bytes", model.bytes.size()},
                              {"numbers", answer.numbers},
                              {"kept_float", nlohmann::ordered_json::array()},
                              {"float_weights", nlohmann::ordered_json::array()},
                              {"vanished", answer.vanished}};
  for (const auto& [why, reason] : answer.kept_float) {
    json["kept_float"].push_back({{"reason", why}, {"constants", reason.constants}, {"numbers", reason.numbers}});
  }
  for (const quant::StoredConstant& constant : answer.float_weights) {
    json["float_weights"].push_back({{"name", constant.name}, {"elements", constant.elements}});
  }
  print_json(json, environment);
}

void print_text(const WeightsJob& job, const Model& model, const Answer& answer, const Environment& environment) {
  std::FILE* out = environment.out;
  fmt::print(out, "{}: {} bytes, {}\n{:.2f} times smaller than {}\n", job.output, grouped(answer.bytes), job.scheme,
             static_cast<double>(model.bytes.size()) / static_cast<double>(answer.bytes), model.path);
  std::vector<std::string> stored;
  for (const auto& [type, numbers] : answer.numbers) stored.push_back(fmt::format("{} {}", grouped(numbers), type));
  fmt::print(out, "constants: {}\n", base::join(stored, ", "));
  for (const auto& [why, reason] : answer.kept_float) {
    fmt::print(out, "float32 stay {} constants of {} numbers: {}\n", reason.constants, grouped(reason.numbers), why);
  }
  if (job.scheme == "dynamic" && !answer.float_weights.empty()) {
    fmt::print(out, "layers with float32 weights:\n");
    for (const quant::StoredConstant& constant : answer.float_weights) {
      fmt::print(out, "  {} ({} numbers)\n", base::printable(constant.name, 70), grouped(constant.elements));
    }
  }
  if (answer.vanished > 0) {
    note(environment, fmt::format("{} numbers are too small for half precision and became 0", answer.vanished));
  }
}

}  // namespace

Result<void> quantize_weights(const WeightsJob& job, const Environment& environment) {
  NETFIT_TRY(formats::format_for(job.output));
  const Model model = NETFIT_TRY(load_model(job.model, environment));
  const ir::Graph graph = NETFIT_TRY(optimized(model));
  NETFIT_TRY(check_float(graph, model.path));
  const Scheme* scheme = NETFIT_TRY(find_scheme(job.scheme));
  const ir::Graph stored = NETFIT_TRY(apply_scheme(*scheme, graph, std::nullopt, {}));
  Answer answer = describe(graph, stored, job.scheme);
  std::optional<formats::MakingRecord> record;
  if (job.scheme != "float32") record = making_record(job.scheme);
  answer.bytes = NETFIT_TRY(save_with_record(stored, job.output, record));
  if (job.json) {
    print_object(job, model, answer, environment);
  } else {
    print_text(job, model, answer, environment);
  }
  return {};
}

}  // namespace netfit::cli
