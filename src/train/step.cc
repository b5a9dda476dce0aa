// SPDX-License-Identifier: Apache-2.0
#include "train/step.h"

#include <cmath>

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

namespace netfit::train {
namespace {

// Loss scaling (Micikevicius et al., arXiv:1710.03740): halved when a gradient overflows, doubled in that many steps
// without; float16 holds no gradient above 65504.
constexpr double kStepsToDouble = 1000;
constexpr double kMostScale = 32768;

at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& targets) {
  return -(at::log_softmax(logits, 1) * targets).sum(1).mean();
}

// Hinton et al., arXiv:1503.02531: between both softened by the temperature; its square keeps gradients as large.
at::Tensor distance(const at::Tensor& logits, const at::Tensor& teacher, double temperature) {
  const at::Tensor wanted = at::softmax(teacher / temperature, 1);
  return cross_entropy(logits / temperature, wanted) * (temperature * temperature);
}

void average(const at::Tensor& average, const at::Tensor& value, double kept) {
  at::Tensor target = average;
  target.lerp_(value, 1 - kept);
}

}  // namespace

void Step::run(StepState& state) const {
  const std::int64_t size = recipe_.schedule.batch;
  const at::Tensor places = state.position + at::arange(size, state.position.options());
  const Batch batch = augmenter_.make(images_, state.order.index_select(0, places));
  const at::Tensor logits = network_.logits(state.parameters, batch.input,
                                            {.phase = Phase::Training,
                                             .drop_last_branch = recipe_.regularization.stochastic_depth,
                                             .rounding = {recipe_.qat.scheme}});
  const at::Tensor loss_of_batch = loss(logits, batch);
  update(state, loss_of_batch);
  const c10::NoGradGuard no_grad;
  state.loss_sum.add_(loss_of_batch.detach() * static_cast<double>(size));
  state.correct.add_(logits.detach().argmax(1).eq(batch.labels).sum());
  state.position.add_(size);
  state.steps.add_(1);
}

at::Tensor Step::loss(const at::Tensor& logits, const Batch& batch) const {
  const at::Tensor labels = cross_entropy(logits, batch.targets);
  if (teacher_ == nullptr) return labels;
  at::Tensor wanted;
  {
    const c10::NoGradGuard no_grad;
    wanted = teacher_->network.logits(teacher_->parameters, batch.input, {});
  }
  const DistillationRecipe& recipe = recipe_.distillation;
  return labels * (1 - recipe.weight) + distance(logits, wanted, recipe.temperature) * recipe.weight;
}

void Step::update(StepState& state, const at::Tensor& loss) const {
  Parameters& parameters = state.parameters;
  const bool scaled = parameters.arithmetic() != at::kFloat;
  const at::Tensor root = scaled ? loss * state.loss_scale : loss;
  const std::vector<at::Tensor> gradients = torch::autograd::grad({root}, parameters.leaves());
  const c10::NoGradGuard no_grad;
  at::Tensor gradient = parameters.flatten(gradients);
  const Layout& layout = parameters.layout();
  if (!recipe_.qat.learn_ranges) gradient.narrow(0, layout.weights + layout.vectors, 2 * layout.ranges).zero_();
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
  if (!state.averaged) return;
  const double kept = recipe_.regularization.ema;
  average(state.averaged->trained, parameters.trained, kept);
  average(state.averaged->statistics, parameters.statistics, kept);
}

}  // namespace netfit::train
