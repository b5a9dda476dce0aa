// SPDX-License-Identifier: Apache-2.0
// Every key of a recipe reaches the training: switched off, or set otherwise, other weights come out. What each does
// is tested beside its source.
#include "tinted_training.h"
#include "train/initialize.h"

namespace netfit::whole_networks {
namespace {

using train::Recipe;

struct Feature {
  const char* name;
  void (*off)(Recipe& recipe);
  void (*on)(Recipe& recipe);
};

void plain(Recipe&) {}
void adamw(Recipe& r) { r.optimizer = {.kind = train::OptimizerKind::AdamW, .learning_rate = 0.01}; }
void rand_augment(Recipe& r) { r.augmentation.policy = train::Policy::RandAugment; }
void int8(Recipe& r) { r.qat.scheme = train::QatScheme::Int8; }
void observed(Recipe& r) { int8(r), r.qat.activation_ranges = train::RangeUpdate::Observed; }
void learned_steps(Recipe& r) { int8(r), r.qat.weight_steps = train::WeightSteps::Learned; }

// clang-format off
const Feature kFeatures[] = {
    {"adamw", plain, adamw},
    {"muon", plain, [](Recipe& r) { r.optimizer.kind = train::OptimizerKind::Muon; }},
    {"learning_rate", plain, [](Recipe& r) { r.optimizer.learning_rate = 0.05; }},
    {"momentum", plain, [](Recipe& r) { r.optimizer.momentum = 0; }},
    {"beta2", adamw, [](Recipe& r) { adamw(r), r.optimizer.beta2 = 0.9; }},
    {"weight_decay", plain, [](Recipe& r) { r.optimizer.weight_decay = 0; }},
    {"depthwise_weight_decay", plain, [](Recipe& r) { r.optimizer.depthwise_weight_decay = 0; }},
    {"vector_weight_decay", plain, [](Recipe& r) { r.optimizer.vector_weight_decay = 0.1; }},
    {"one_cycle", plain, [](Recipe& r) { r.schedule.kind = train::ScheduleKind::OneCycle; }},
    {"warm_up", plain, [](Recipe& r) { r.schedule.warm_up_epochs = 0; }},
    {"final_part", plain, [](Recipe& r) { r.schedule.final_part = 0.5; }},
    {"batch", plain, [](Recipe& r) { r.schedule.batch = 16; }},
    {"crop", plain, [](Recipe& r) { r.augmentation.crop = 0; }},
    {"flip", plain, [](Recipe& r) { r.augmentation.flip = false; }},
    {"cutout", plain, [](Recipe& r) { r.augmentation.cutout = 4; }},
    {"trivial_augment", plain, [](Recipe& r) { r.augmentation.policy = train::Policy::TrivialAugment; }},
    {"rand_augment", plain, rand_augment},
    {"rand_augment_operations", rand_augment, [](Recipe& r) { rand_augment(r), r.augmentation.rand_augment_operations = 1; }},
    {"rand_augment_magnitude", rand_augment, [](Recipe& r) { rand_augment(r), r.augmentation.rand_augment_magnitude = 20; }},
    {"mixup", plain, [](Recipe& r) { r.augmentation.mixup = 1; }},
    {"cutmix", plain, [](Recipe& r) { r.augmentation.cutmix = 1; }},
    {"label_smoothing", plain, [](Recipe& r) { r.regularization.label_smoothing = 0.1; }},
    {"stochastic_depth", plain, [](Recipe& r) { r.regularization.stochastic_depth = 0.5; }},
    {"ema", plain, [](Recipe& r) { r.regularization.ema = 0; }},
    {"validation", plain, [](Recipe& r) { r.validation = 128; }},
    {"seed", plain, [](Recipe& r) { r.seed = 6; }},
    {"distillation_temperature", plain, [](Recipe& r) { r.distillation.temperature = 1; }},
    {"distillation_weight", plain, [](Recipe& r) { r.distillation.weight = 0.5; }},
    {"distillation_features", plain, [](Recipe& r) { r.distillation.features = 1000; }},
    {"qat", plain, int8},
    {"int8_per_tensor", int8, [](Recipe& r) { r.qat.scheme = train::QatScheme::Int8PerTensor; }},
    {"int4", int8, [](Recipe& r) { r.qat.scheme = train::QatScheme::Int4; }},
    {"observed_ranges", int8, observed},
    {"kept_ranges", int8, [](Recipe& r) { int8(r), r.qat.activation_ranges = train::RangeUpdate::Kept; }},
    {"learned_steps", int8, learned_steps},
    {"freeze_batch_norm", int8, [](Recipe& r) { int8(r), r.qat.freeze_batch_norm = 0; }},
    {"freeze_learned_ranges", int8, [](Recipe& r) { int8(r), r.qat.freeze_ranges = 0; }},
    {"freeze_observed_ranges", observed, [](Recipe& r) { observed(r), r.qat.freeze_ranges = 0; }},
    {"calibration_batches", int8, [](Recipe& r) { int8(r), r.qat.calibration_batches = 1; }},
};
// clang-format on

class RecipeFeature : public Training, public ::testing::WithParamInterface<Feature> {
 protected:
  RecipeFeature() {
    train::initialize(request_.graph, 3);
    request_.teacher = small_network();
    train::initialize(*request_.teacher, 4);
    request_.checkpoint.clear();
    request_.recipe.schedule.epochs = 2;
  }

  std::string trained_with(void (*set)(Recipe& recipe)) {
    const Recipe before = request_.recipe;
    set(request_.recipe);
    const std::string weights = trained();
    request_.recipe = before;
    return weights;
  }
};

TEST_P(RecipeFeature, ChangesWhatIsTrained) {
  const std::string off = trained_with(GetParam().off);
  EXPECT_NE(trained_with(GetParam().on), off);
}

INSTANTIATE_TEST_SUITE_P(All, RecipeFeature, ::testing::ValuesIn(kFeatures),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace netfit::whole_networks
