// SPDX-License-Identifier: Apache-2.0
#include "train/step.h"

#include <cmath>
#include <limits>

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

namespace netfit::train {
namespace {

// Loss scaling (Micikevicius et al., arXiv:1710.03740): halved when a gradient overflows, doubled in that many steps
// without; float16 holds no gradient above 65504.
constexpr double kStepsToDouble = 1000;
constexpr double kMostScale = 32768;

// Of a batch's least and greatest elements in the ranges that follow them (Jacob et al., arXiv:1712.05877).
constexpr double kFollow = 0.01;

void average(const at::Tensor& average, const at::Tensor& value, double kept) {
  at::Tensor target = average;
  target.lerp_(value, 1 - kept);
}

}  // namespace

void Step::run(StepState& state, const Stage& stage) const {
  const std::int64_t size = recipe_.schedule.batch;
  const at::Tensor places = state.position + at::arange(size, state.position.options());
  const Batch batch = augmenter_.make(images_, state.order.index_select(0, places));
  const Layout& layout = state.parameters.layout();
  const at::Tensor before = state.parameters.trained.slice(0, layout.ranges_at()).clone();
  Rounding rounding{.scheme = recipe_.qat.scheme, .norm = stage.norm};
  if (layout.ranges > 0 && recipe_.qat.activation_ranges == RangeUpdate::Observed) {
    const at::Tensor none = at::full({layout.ranges}, std::numeric_limits<double>::infinity(), before.options());
    rounding.ends = at::stack({none, -none}, 1);
  }
  const Outputs outputs = network_.run(
      state.parameters, batch.input,
      {.phase = Phase::Training, .drop_last_branch = recipe_.regularization.stochastic_depth, .rounding = rounding},
      teacher_ != nullptr ? teacher_->features.student : std::vector<ir::ValueId>());
  const at::Tensor loss_of_batch = loss(outputs, batch);
  update(state, loss_of_batch);
  settle_ranges(state, stage, before, rounding.ends);
  average_numbers(state);
  const c10::NoGradGuard no_grad;
  state.loss_sum.add_(loss_of_batch.detach() * static_cast<double>(size));
  state.correct.add_(outputs.logits.detach().argmax(1).eq(batch.labels).sum());
  state.position.add_(size);
  state.steps.add_(1);
}

at::Tensor Step::loss(const Outputs& outputs, const Batch& batch) const {
  if (teacher_ == nullptr) return cross_entropy(outputs.logits, batch.targets);
  Outputs wanted;
  {
    const c10::NoGradGuard no_grad;
    wanted = teacher_->network.run(teacher_->parameters, batch.input, {}, teacher_->features.teacher);
  }
  return distillation_loss(outputs, wanted, batch.targets, recipe_.distillation);
}

void Step::update(StepState& state, const at::Tensor& loss) const {
  Parameters& parameters = state.parameters;
  const bool scaled = parameters.arithmetic() != at::kFloat;
  const at::Tensor root = scaled ? loss * state.loss_scale : loss;
  const std::vector<at::Tensor> gradients = torch::autograd::grad({root}, parameters.leaves());
  const c10::NoGradGuard no_grad;
  at::Tensor gradient = parameters.flatten(gradients);
  if (state.mask.defined()) gradient = gradient * state.mask;
  const at::Tensor sound = gradient.sum().isfinite();
  if (scaled) {
    gradient = gradient / state.loss_scale;
    const at::Tensor grown = (state.loss_scale * std::exp2(1 / kStepsToDouble)).clamp_max(kMostScale);
    state.loss_scale.copy_(at::where(sound, grown, state.loss_scale / 2));
  }
  const at::Tensor rate = state.rates.index_select(0, state.steps.view({1}));
  state.optimizer->step(parameters, gradient, rate, sound);
  // A masked weight has neither gradient nor decay, and so no momentum; but Muon's steps mix the weights of a kernel.
  if (state.mask.defined()) parameters.trained.mul_(state.mask);
  parameters.refresh();
}

// The optimizer moves all numbers alike; those that do not follow their gradients go back to where they were.
void Step::settle_ranges(StepState& state, const Stage& stage, const at::Tensor& before, const at::Tensor& ends) const {
  const Layout& layout = state.parameters.layout();
  if (before.numel() == 0) return;
  const c10::NoGradGuard no_grad;
  at::Tensor now = state.parameters.trained.slice(0, layout.ranges_at());
  if (stage.ranges_frozen) {
    now.copy_(before);
    return;
  }
  if (recipe_.qat.activation_ranges == RangeUpdate::Learned) return;
  at::Tensor ranges = now.narrow(0, 0, 2 * layout.ranges);
  ranges.copy_(before.narrow(0, 0, 2 * layout.ranges));
  if (!ends.defined()) return;
  const at::Tensor seen = ends.reshape({-1});
  ranges.copy_(at::where(seen.isfinite(), at::lerp(ranges, seen, kFollow), ranges));
}

void Step::average_numbers(StepState& state) const {
  if (!state.averaged) return;
  const c10::NoGradGuard no_grad;
  const double kept = recipe_.regularization.ema;
  average(state.averaged->trained, state.parameters.trained, kept);
  average(state.averaged->statistics, state.parameters.statistics, kept);
}

}  // namespace netfit::train
