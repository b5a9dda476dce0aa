// SPDX-License-Identifier: Apache-2.0
#include "train/trainer.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include "base/text.h"
#include "data/subset.h"
#include "passes/pipelines.h"
#include "train/initialize.h"
#include "train/recording.h"
#include "train/training.h"

namespace netfit::train {

Result<void> check_data(const data::Dataset& dataset, const ir::Graph& graph) {
  const std::string shown = base::printable(dataset.name);
  if (!dataset.images || !dataset.labelled())
    return bad_input(fmt::format("'{}' has no images with labels, which training needs", shown));
  const Shape& wanted = graph.value(graph.inputs.front().value).shape;
  const Shape given = dataset.samples.shape().with_dim(0, 1);
  if (given != wanted) {
    return bad_input(
        fmt::format("'{}' has images of {}, the network takes {}", shown, to_string(given), to_string(wanted)));
  }
  const std::int64_t classes = class_count(graph);
  for (const std::int64_t label : dataset.labels) {
    if (label < 0 || label >= classes)
      return bad_input(fmt::format("'{}' has the label {}, the network {} classes", shown, label, classes));
  }
  return {};
}

namespace {

Result<void> check_teacher(const ir::Graph& teacher, const ir::Graph& graph, const Recipe& recipe) {
  NETFIT_TRY(Network::create(teacher));
  if (class_count(teacher) != class_count(graph))
    return bad_input(fmt::format("has {} classes, the network {}", class_count(teacher), class_count(graph)));
  if (recipe.distillation.features > 0) NETFIT_TRY(pair_features(graph, teacher));
  return {};
}

at::ScalarType scalar_type(const Recipe& recipe) {
  return recipe.arithmetic == Arithmetic::Float16 ? at::kHalf : at::kFloat;
}

Teacher make_teacher(const ir::Graph& graph, const ir::Graph& student, const Recipe& recipe, at::Device device) {
  Network network = *Network::create(graph);
  Parameters parameters(network.graph(), network.layout(), device, scalar_type(recipe));
  Teacher teacher{.network = std::move(network), .parameters = std::move(parameters)};
  if (recipe.distillation.features > 0) teacher.features = *pair_features(student, teacher.network.graph());
  return teacher;
}

// An integer network has its batch norms inside its layers, which each pass sees to, and rounds behind a layer's own
// clamp.
Result<ir::Graph> trained_form(ir::Graph graph, QatScheme scheme) {
  if (scheme != QatScheme::None) NETFIT_TRY(passes::optimize_but_batch_norm(graph));
  return graph;
}

Subject make_subject(const TrainingRequest& request, at::Device device) {
  const Recipe& recipe = request.recipe;
  ir::Graph graph = request.graph;
  if (graph.weights == ir::Weights::Absent) initialize(graph, static_cast<std::uint64_t>(recipe.seed));
  graph = *trained_form(std::move(graph), recipe.qat.scheme);
  const data::ChosenAndHeldOut sets =
      data::choose_and_hold_out(*request.train, request.train->count() - recipe.validation, recipe.validation,
                                static_cast<std::uint64_t>(recipe.seed));
  Subject subject{.network = *Network::create(std::move(graph), recipe.qat),
                  .images = Images(sets.chosen, recipe.augmentation.crop, device),
                  .name = request.name};
  if (request.teacher) subject.teacher.emplace(make_teacher(*request.teacher, subject.network.graph(), recipe, device));
  if (recipe.validation > 0) subject.validation.emplace(sets.held_out, 0, device);
  return subject;
}

}  // namespace

Result<void> check(const TrainingRequest& request) {
  const Recipe& recipe = request.recipe;
  const at::Device device = NETFIT_TRY(find_device(request.device));
  if (recipe.arithmetic == Arithmetic::Float16 && !device.is_cuda())
    return bad_usage("arithmetic = \"float16\" needs a GPU (allowed on a CPU: float32)");
  if (recipe.qat.scheme != QatScheme::None && request.graph.weights == ir::Weights::Absent)
    return bad_usage("quantization-aware training goes on from a trained network (--model)");
  if (std::max(request.first_epoch, request.snapshot.epoch) >= recipe.schedule.epochs) {
    return bad_usage(fmt::format("a training of {} epochs cannot be rewound to epoch {}", recipe.schedule.epochs,
                                 std::max(request.first_epoch, request.snapshot.epoch)));
  }
  ir::Graph graph = NETFIT_TRY(trained_form(request.graph, recipe.qat.scheme));
  if (request.teacher) NETFIT_TRY(with_context(check_teacher(*request.teacher, graph, recipe), "in the teacher"));
  NETFIT_TRY(Network::create(std::move(graph), recipe.qat));
  NETFIT_TRY(check_data(*request.train, request.graph));
  if (request.train->count() - recipe.validation >= recipe.schedule.batch) return {};
  return bad_input(fmt::format("{} images less {} for validation do not fill a batch of {}", request.train->count(),
                               recipe.validation, recipe.schedule.batch));
}

Result<TrainingResult> train(const TrainingRequest& request, Progress& progress) {
  NETFIT_TRY(check(request));
  const at::Device device = NETFIT_TRY(find_device(request.device));
  at::set_num_threads(request.threads);
  Training training(request, progress, make_subject(request, device), device);
  return training.run();
}

Result<double> evaluate_top1(const ir::Graph& graph, const data::Dataset& images,
                             const ir::Preprocessing& preprocessing, const std::string& device_name) {
  const at::Device device = NETFIT_TRY(find_device(device_name));
  const Network network = NETFIT_TRY(Network::create(graph));
  NETFIT_TRY(check_data(images, network.graph()));
  const Parameters parameters(network.graph(), network.layout(), device, at::kFloat);
  return top1(network, parameters, Images(images, 0, device), preprocessing);
}

}  // namespace netfit::train
