// SPDX-License-Identifier: Apache-2.0
#include "train/trainer.h"

#include <fmt/format.h>

#include "base/text.h"
#include "data/subset.h"
#include "train/recording.h"
#include "train/training.h"

namespace netfit::train {
namespace {

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

Result<Teacher> make_teacher(const ir::Graph& graph, const ir::Graph& student, at::Device device,
                             Arithmetic arithmetic) {
  Network network = NETFIT_TRY(with_context(Network::create(graph), "in the teacher"));
  if (class_count(network.graph()) != class_count(student)) {
    return bad_input(
        fmt::format("the teacher has {} classes, the network {}", class_count(network.graph()), class_count(student)));
  }
  Parameters parameters(network.graph(), network.layout(), device,
                        arithmetic == Arithmetic::Float16 ? at::kHalf : at::kFloat);
  return Teacher{std::move(network), std::move(parameters)};
}

Result<Subject> make_subject(const TrainingRequest& request, at::Device device) {
  const Recipe& recipe = request.recipe;
  ir::Graph graph = request.graph;
  if (graph.weights == ir::Weights::Absent) initialize(graph, recipe.seed);
  Network network = NETFIT_TRY(Network::create(std::move(graph)));
  NETFIT_TRY(check_data(*request.train, network.graph()));
  std::optional<Teacher> teacher;
  if (request.teacher)
    teacher.emplace(NETFIT_TRY(make_teacher(*request.teacher, network.graph(), device, recipe.arithmetic)));
  const std::int64_t trained_on = request.train->count() - recipe.validation;
  if (trained_on < recipe.schedule.batch) {
    return bad_input(fmt::format("{} images less {} for validation do not fill a batch of {}", request.train->count(),
                                 recipe.validation, recipe.schedule.batch));
  }
  const data::ChosenAndHeldOut sets =
      data::choose_and_hold_out(*request.train, trained_on, recipe.validation, recipe.seed);
  Subject subject{.network = std::move(network),
                  .teacher = std::move(teacher),
                  .images = Images(sets.chosen, recipe.augmentation.crop, device),
                  .name = request.name};
  if (recipe.validation > 0) subject.validation.emplace(sets.held_out, 0, device);
  return subject;
}

}  // namespace

Result<TrainingResult> train(const TrainingRequest& request, Progress& progress) {
  const at::Device device = NETFIT_TRY(find_device(request.device));
  if (request.recipe.arithmetic == Arithmetic::Float16 && !device.is_cuda())
    return bad_usage("arithmetic = \"float16\" needs a GPU (allowed on a CPU: float32)");
  Subject subject = NETFIT_TRY(make_subject(request, device));
  Training training(request, progress, std::move(subject), device);
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
