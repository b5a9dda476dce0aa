// SPDX-License-Identifier: Apache-2.0
// Stands in for model.cc, export_trained.cc, integer_file.cc, latency_cost.cc, sparsity_chart.cc and training_curves.cc
// in the preset train, which has neither a library for any model format nor the cost models.
#include <fmt/format.h>

#include "base/text.h"
#include "cli/answers/sparsity_chart.h"
#include "cli/answers/training_curves.h"
#include "cli/integer_file.h"
#include "cli/latency_cost.h"
#include "cli/model.h"
#include "cli/trained_model.h"

namespace netfit::cli {
namespace fs = std::filesystem;

Result<Model> load_model(const std::string& path, const Environment&) {
  if (!path.ends_with(".safetensors"))
    return bad_usage(
        fmt::format("'{}' cannot be read: this netfit was built for training alone (allowed: .safetensors)",
                    base::printable(path)));
  Model model{.path = path, .name = fs::path(path).stem().string(), .format = "safetensors"};
  model.graph = NETFIT_TRY(load_trained(path));
  return model;
}

Result<ir::GraphCost> latency_cost(const Target& target, const Environment&) {
  return bad_usage(
      fmt::format("the latency on '{}' is not known: this netfit was built for training alone (allowed: "
                  "macs, params, bytes)",
                  base::printable(target.device)));
}

Result<std::optional<double>> judge_integer_file(const IntegerJob&, const Environment&) { return std::nullopt; }

Result<std::string> sparsity_svg(const std::vector<SparseRound>&) {
  return bad_usage("--chart: this netfit was built for training alone; the figures are in pruning.jsonl");
}

Result<void> write_training_charts(const fs::path&) { return {}; }

Result<void> export_trained(const ir::Graph&, const fs::path&) { return {}; }

}  // namespace netfit::cli
