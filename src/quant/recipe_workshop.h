// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "quant/fidelity.h"
#include "quant/recipe.h"

namespace netfit::quant {

/// Applies recipes to one network. What several of them have in common is done once: the float graph as it is prepared,
/// its ranges, and how near it comes when it is rounded as usual.
class RecipeWorkshop {
 public:
  /// What the job refers to, and both sets of samples, must outlive the workshop. Fails as apply_recipe does.
  static Result<RecipeWorkshop> create(const QuantizeJob& job, const Samples& samples, const Samples* held_out);

  struct Made {
    Quantized quantized;
    std::optional<Fidelity> fidelity;  ///< to the float graph on the held-out samples, where there are any
  };
  Result<Made> make(const Recipe& recipe);

  /// Whether both recipes do the same to this network.
  Result<bool> same_work(const Recipe& a, const Recipe& b);

 private:
  using Preparations = std::array<bool, 3>;  ///< which were wanted, in their order

  /// A float graph; those that are equal are one.
  struct Form {
    ir::Graph graph;
    std::list<std::pair<CalibrationOptions, Ranges>> ranges = {};
    std::list<std::pair<CalibrationOptions, Fidelity>> usual = {};  ///< rounded as usual
  };
  struct Prepared {
    std::shared_ptr<Form> form;
    std::vector<StepEffect> steps = {};
  };

  RecipeWorkshop(const QuantizeJob& job, const Samples& samples, const Samples* held_out);
  Result<Prepared> prepare(const Recipe& recipe);
  Result<Prepared> prepare_further(const Prepared& before, std::size_t preparation, const CalibrationOptions& options);
  Result<const Ranges*> ranges_of(Form& form, const CalibrationOptions& options);
  Result<Fidelity> judge(const ir::Graph& graph, const Ranges& ranges, LayerOptions options);
  Result<std::optional<Fidelity>> usual(Form& form, const CalibrationOptions& options);
  Result<std::string> round(const Form& form, const Recipe& recipe, const Ranges& ranges, LayerOptions& options);
  Result<std::string> correct_bias(const Form& form, const Recipe& recipe, const Ranges& ranges, LayerOptions& options);

  QuantizeJob job_;
  const Samples& samples_;
  const Samples* held_out_;
  std::vector<Tensor> reference_;  ///< outputs of the float graph on the held-out samples
  std::map<Preparations, Prepared> prepared_;
};

}  // namespace netfit::quant
