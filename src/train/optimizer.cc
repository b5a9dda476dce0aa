// SPDX-License-Identifier: Apache-2.0
#include "train/optimizer.h"

#include <algorithm>
#include <cmath>

#include <c10/core/GradMode.h>

namespace netfit::train {
namespace {

// The decay of each trained number; the groups are those of the recipe.
at::Tensor decays(const OptimizerRecipe& recipe, const Parameters& parameters) {
  at::Tensor decay = at::zeros({parameters.layout().trainable()}, at::kFloat);  // ranges have none
  for (const Slot& slot : parameters.layout().slots) {
    if (slot.role != Role::Weight && slot.role != Role::Vector) continue;
    const double value = slot.role == Role::Vector ? recipe.vector_weight_decay
                         : slot.depthwise          ? recipe.depthwise_weight_decay
                                                   : recipe.weight_decay;
    decay.narrow(0, parameters.layout().trained_at(slot), slot.shape.element_count()).fill_(value);
  }
  return decay.to(parameters.device());
}

void assign_where(const at::Tensor& condition, at::Tensor target, const at::Tensor& source) {
  target.copy_(at::where(condition, source, target));
}

class Sgd : public Optimizer {
 public:
  Sgd(const OptimizerRecipe& recipe, const Parameters& parameters)
      : momentum_(recipe.momentum), decay_(decays(recipe, parameters)), velocity_(at::zeros_like(parameters.trained)) {}

  void step(Parameters& parameters, const at::Tensor& gradient, const at::Tensor& rate,
            const at::Tensor& sound) override {
    const c10::NoGradGuard no_grad;
    const at::Tensor pull = at::addcmul(gradient, decay_, parameters.trained);
    assign_where(sound, velocity_, velocity_ * momentum_ + pull);
    assign_where(sound, parameters.trained, parameters.trained - rate * direction(parameters, pull));
  }

  std::vector<at::Tensor> state() override { return {velocity_}; }

 protected:
  virtual at::Tensor direction(const Parameters&, const at::Tensor& pull) const { return pull + velocity_ * momentum_; }

  double momentum_;
  at::Tensor decay_;
  at::Tensor velocity_;
};

// The nearest half-orthogonal matrix of m, by five steps of a quintic Newton-Schulz iteration with the coefficients of
// Jordan et al.; rows are the shorter side.
at::Tensor orthogonalized(const at::Tensor& m) {
  const bool tall = m.size(0) > m.size(1);
  at::Tensor x = tall ? m.t() : m;
  x = x / (x.norm() + 1e-7);
  for (int i = 0; i < 5; ++i) {
    const at::Tensor a = x.mm(x.t());
    x = 3.4445 * x + (-4.7750 * a + 2.0315 * a.mm(a)).mm(x);
  }
  return tall ? x.t() : x;
}

class Muon : public Sgd {
 public:
  using Sgd::Sgd;

 private:
  // A step's size follows the kernel's shape, as in Jordan et al.; kernels of SGD keep its rate.
  at::Tensor direction(const Parameters& parameters, const at::Tensor& pull) const override {
    at::Tensor result = Sgd::direction(parameters, pull);
    for (const Slot& slot : parameters.layout().slots) {
      if (slot.role != Role::Weight || slot.depthwise) continue;
      const std::int64_t rows = slot.shape[0];
      const std::int64_t columns = slot.shape.element_count() / rows;
      at::Tensor part = result.narrow(0, slot.offset, rows * columns);
      const double size =
          kMuonRate * std::sqrt(std::max(1.0, static_cast<double>(rows) / static_cast<double>(columns)));
      part.copy_(orthogonalized(part.view({rows, columns})).reshape({-1}) * size);
    }
    return result;
  }

  // Of an orthogonal step beside one of SGD, at one learning rate for both.
  static constexpr double kMuonRate = 0.1;
};

class AdamW : public Optimizer {
 public:
  AdamW(const OptimizerRecipe& recipe, const Parameters& parameters)
      : recipe_(recipe),
        decay_(decays(recipe, parameters)),
        mean_(at::zeros_like(parameters.trained)),
        square_(at::zeros_like(parameters.trained)),
        steps_(at::zeros({}, parameters.trained.options())) {}

  void step(Parameters& parameters, const at::Tensor& gradient, const at::Tensor& rate,
            const at::Tensor& sound) override {
    const c10::NoGradGuard no_grad;
    assign_where(sound, steps_, steps_ + 1);
    assign_where(sound, mean_, at::lerp(mean_, gradient, 1 - recipe_.momentum));
    assign_where(sound, square_, at::lerp(square_, gradient * gradient, 1 - recipe_.beta2));
    const at::Tensor mean = mean_ / (1 - at::pow(recipe_.momentum, steps_)).clamp_min(1e-12);
    const at::Tensor square = square_ / (1 - at::pow(recipe_.beta2, steps_)).clamp_min(1e-12);
    const at::Tensor change = mean / (square.sqrt() + 1e-8) + decay_ * parameters.trained;
    assign_where(sound, parameters.trained, parameters.trained - rate * change);
  }

  std::vector<at::Tensor> state() override { return {mean_, square_, steps_}; }

 private:
  OptimizerRecipe recipe_;
  at::Tensor decay_;
  at::Tensor mean_;
  at::Tensor square_;
  at::Tensor steps_;
};

}  // namespace

std::unique_ptr<Optimizer> make_optimizer(const OptimizerRecipe& recipe, const Parameters& parameters) {
  switch (recipe.kind) {
    case OptimizerKind::Sgd:
      return std::make_unique<Sgd>(recipe, parameters);
    case OptimizerKind::AdamW:
      return std::make_unique<AdamW>(recipe, parameters);
    case OptimizerKind::Muon:
      return std::make_unique<Muon>(recipe, parameters);
  }
  NETFIT_UNREACHABLE();
}

}  // namespace netfit::train
