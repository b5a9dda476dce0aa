// SPDX-License-Identifier: Apache-2.0
#include "train/training.h"

#include <cmath>
#include <numeric>

#include <ATen/Context.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include "base/random.h"
#include "train/qat.h"
#include "train/recording.h"
#include "train/schedule.h"

namespace netfit::train {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// Taken before the first step, also of a training that is resumed: a weight that becomes 0 on its way is free.
at::Tensor mask_of(const Parameters& parameters) {
  at::Tensor mask = at::ones_like(parameters.trained);
  const std::int64_t weights = parameters.layout().weights;
  mask.narrow(0, 0, weights).copy_(parameters.trained.narrow(0, 0, weights).ne(0));
  return mask;
}

StepState make_state(const Network& network, const Recipe& recipe, std::int64_t samples, at::Device device) {
  const at::ScalarType arithmetic = recipe.arithmetic == Arithmetic::Float16 ? at::kHalf : at::kFloat;
  Parameters parameters(network.graph(), network.layout(), device, arithmetic);
  const at::TensorOptions whole = at::TensorOptions(device).dtype(at::kLong);
  const at::TensorOptions real = at::TensorOptions(device).dtype(at::kFloat);
  const std::vector<float> rates =
      learning_rates(recipe.schedule, recipe.optimizer.learning_rate, samples / recipe.schedule.batch);
  constexpr double kFirstLossScale = 1024;
  StepState state{.parameters = std::move(parameters),
                  .order = at::arange(samples, whole),
                  .position = at::zeros({}, whole),
                  .steps = at::zeros({}, whole),
                  .rates = at::tensor(rates, at::kFloat).to(device),
                  .loss_scale = at::full({}, kFirstLossScale, real),
                  .loss_sum = at::zeros({}, real),
                  .correct = at::zeros({}, whole)};
  if (recipe.keep_zeros) state.mask = mask_of(state.parameters);
  if (recipe.regularization.ema > 0) state.averaged = state.parameters.clone();
  state.optimizer = make_optimizer(recipe.optimizer, state.parameters);
  return state;
}

}  // namespace

std::int64_t class_count(const ir::Graph& graph) { return graph.value(graph.outputs.front().value).shape.dim(-1); }

double top1(const Network& network, const Parameters& parameters, const Images& images,
            const ir::Preprocessing& preprocessing, QatScheme scheme) {
  constexpr std::int64_t kBatch = 1000;
  const c10::NoGradGuard no_grad;
  const at::TensorOptions whole = at::TensorOptions(parameters.device()).dtype(at::kLong);
  at::Tensor correct = at::zeros({}, whole);
  for (std::int64_t begin = 0; begin < images.count(); begin += kBatch) {
    const at::Tensor indices = at::arange(begin, std::min(begin + kBatch, images.count()), whole);
    const at::Tensor input = normalize(images.plain(indices), preprocessing);
    correct += network.logits(parameters, input, {.rounding = {scheme}}).argmax(1).eq(images.labels(indices)).sum();
  }
  return 100.0 * static_cast<double>(correct.item<std::int64_t>()) / static_cast<double>(images.count());
}

Training::Training(const TrainingRequest& request, Progress& progress, Subject subject, at::Device device)
    : request_(request),
      recipe_(request.recipe),
      progress_(progress),
      subject_(std::move(subject)),
      augmenter_(recipe_.augmentation, recipe_.regularization.label_smoothing, request.preprocessing,
                 class_count(subject_.network.graph()), device),
      steps_per_epoch_(subject_.images.count() / recipe_.schedule.batch),
      state_(make_state(subject_.network, recipe_, subject_.images.count(), device)),
      step_(subject_.network, subject_.images, augmenter_, recipe_, subject_.teacher ? &*subject_.teacher : nullptr) {}

Result<TrainingResult> Training::run() {
  NETFIT_TRY(begin());
  const std::int64_t steps = steps_per_epoch_ * recipe_.schedule.epochs;
  progress_.begin("training", steps);
  progress_.advance(position_.steps);
  {
    std::optional<Recording> recording;
    Stage recorded;
    while (position_.steps < steps) {
      const std::int64_t epoch = position_.steps / steps_per_epoch_ + 1;
      const Stage stage = stage_of(epoch);
      if (!recording || stage != recorded) {
        recording.reset();  // there is one at a time
        recording.emplace([this, stage] { step_.run(state_, stage); }, state_.parameters.device());
        recorded = stage;
      }
      NETFIT_TRY(run_epoch(epoch, *recording));
      NETFIT_TRY(end_epoch(epoch));
      NETFIT_TRY(write_if_due());
    }
  }
  NETFIT_TRY(write());
  const Parameters& chosen = position_.best ? *position_.best : judged();
  return TrainingResult{.graph = trained_graph(subject_.network, chosen, recipe_.qat.scheme),
                        .epoch = position_.best ? position_.best_epoch : recipe_.schedule.epochs,
                        .device = describe_device(state_.parameters.device())};
}

Stage Training::stage_of(std::int64_t epoch) const {
  const QatRecipe& qat = recipe_.qat;
  const std::int64_t epochs = recipe_.schedule.epochs;
  return {.norm = is_behind(qat.freeze_batch_norm, epoch, epochs) ? FoldedNorm::Frozen : FoldedNorm::Batch,
          .ranges_frozen = is_behind(qat.freeze_ranges, epoch, epochs)};
}

Result<void> Training::begin() {
  at::Generator generator = at::globalContext().defaultGenerator(state_.parameters.device());
  generator.set_current_seed(static_cast<std::uint64_t>(recipe_.seed));
  std::error_code ignored;
  if (!request_.resume || !std::filesystem::exists(request_.checkpoint, ignored)) {
    if (recipe_.qat.scheme != QatScheme::None) NETFIT_TRY(calibrate());
    position_.steps = request_.first_epoch * steps_per_epoch_;
    state_.steps.fill_(position_.steps);
    return {};
  }
  position_ = NETFIT_TRY(read_checkpoint(request_.checkpoint, subject_.name, state_));
  sound_ = judged().clone();
  sound_epoch_ = position_.steps / steps_per_epoch_;
  return {};
}

Result<void> Training::calibrate() {
  const FirstImages first{subject_.images, request_.preprocessing, recipe_.qat.calibration_batches};
  NETFIT_TRY(begin_rounding(subject_.network, state_.parameters, first, recipe_.qat.scheme, progress_));
  if (state_.averaged) state_.averaged->trained.copy_(state_.parameters.trained);
  return {};
}

// From where the position stands to the epoch's last step.
Result<void> Training::run_epoch(std::int64_t epoch, Recording& recording) {
  const std::int64_t first = position_.steps % steps_per_epoch_;
  shuffle(epoch);
  state_.position.fill_(first * recipe_.schedule.batch);
  if (first == 0) {
    state_.loss_sum.zero_();
    state_.correct.zero_();
    position_.epoch_seconds = 0;
  }
  const Clock::time_point begin = Clock::now();
  const double before = position_.epoch_seconds;
  for (std::int64_t step = first; step < steps_per_epoch_; ++step) {
    if (step > first) NETFIT_TRY(write_if_due());
    recording.run();
    ++position_.steps;
    position_.epoch_seconds = before + seconds_since(begin);
    progress_.advance(1);
  }
  state_.correct.item();  // waits for the device
  position_.epoch_seconds = before + seconds_since(begin);
  return {};
}

// A new order for each epoch, from its number alone, so that a resumed epoch has the order that it began with.
void Training::shuffle(std::int64_t epoch) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(subject_.images.count()));
  std::iota(order.begin(), order.end(), 0);
  constexpr std::uint64_t kEpochsApart = 1000003;
  base::Random random(static_cast<std::uint64_t>(recipe_.seed) * kEpochsApart + static_cast<std::uint64_t>(epoch));
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(i) - 1))]);
  }
  state_.order.copy_(at::tensor(order, at::kLong));
}

// Weights from before are handed out, so that an epoch that went wrong costs no more than itself.
Result<void> Training::check_loss() {
  if (std::isfinite(state_.loss_sum.item<float>())) return {};
  const std::int64_t step = std::min(position_.steps, state_.rates.size(0)) - 1;
  Error error(ErrorKind::BadInput, fmt::format("the loss is not a number in epoch {}, at a learning rate of {:.4g}",
                                               step / steps_per_epoch_ + 1, state_.rates[step].item<float>()));
  if (!sound_ || !request_.rescue) return fail(std::move(error));
  const ir::Graph graph = trained_graph(subject_.network, *sound_, recipe_.qat.scheme);
  return fail(std::move(error).note(NETFIT_TRY(request_.rescue(graph, sound_epoch_))));
}

Result<void> Training::end_epoch(std::int64_t epoch) {
  NETFIT_TRY(check_loss());
  sound_ = judged().clone();
  sound_epoch_ = epoch;
  const auto samples = static_cast<double>(steps_per_epoch_ * recipe_.schedule.batch);
  EpochResult result{.epoch = epoch,
                     .learning_rate = state_.rates[position_.steps - 1].item<float>(),
                     .loss = state_.loss_sum.item<float>() / samples,
                     .train_top1 = 100 * static_cast<double>(state_.correct.item<std::int64_t>()) / samples,
                     .seconds = position_.epoch_seconds,
                     .images_per_second = samples / position_.epoch_seconds};
  const bool is_last = epoch == recipe_.schedule.epochs;
  if (subject_.validation && (is_last || epoch % recipe_.evaluate_every == 0)) validate(result);
  if (request_.report) NETFIT_TRY(request_.report(result));
  if (!request_.snapshot.take || epoch != request_.snapshot.epoch) return {};
  return request_.snapshot.take(trained_graph(subject_.network, state_.parameters, recipe_.qat.scheme));
}

void Training::validate(EpochResult& result) {
  if (state_.averaged) state_.averaged->refresh();
  result.validation_top1 =
      top1(subject_.network, judged(), *subject_.validation, request_.preprocessing, recipe_.qat.scheme);
  if (*result.validation_top1 <= position_.best_top1) return;
  position_.best_top1 = *result.validation_top1;
  position_.best_epoch = result.epoch;
  position_.best = judged().clone();
}

// Never between an epoch's last step and its end: a checkpoint says where the steps stand, not whether that epoch has
// been judged and reported.
Result<void> Training::write_if_due() {
  const bool stopped = progress_.stopped();
  const bool due = seconds_since(last_write_) > 60 * request_.checkpoint_minutes;
  if (stopped || due) NETFIT_TRY(write());
  if (stopped) return base::interrupted();
  return {};
}

Result<void> Training::write() {
  NETFIT_TRY(check_loss());
  if (request_.checkpoint.empty()) return {};
  last_write_ = Clock::now();
  return write_checkpoint(request_.checkpoint, subject_.name, state_, position_);
}

}  // namespace netfit::train
