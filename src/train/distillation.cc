// SPDX-License-Identifier: Apache-2.0
#include "train/distillation.h"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::train {
namespace {

using Size = std::pair<std::int64_t, std::int64_t>;

std::map<Size, ir::ValueId> last_of_each_size(const ir::Graph& graph) {
  std::map<Size, ir::ValueId> last;
  for (const ir::NodeId id : graph.order()) {
    const ir::ValueId result = graph.node(id).outputs.front();
    const Shape& shape = graph.value(result).shape;
    if (shape.rank() == 4 && shape[1] * shape[2] > 1) last[{shape[1], shape[2]}] = result;
  }
  return last;
}

std::string in_words(const std::map<Size, ir::ValueId>& maps) {
  std::vector<std::string> words;
  for (const auto& [size, value] : maps) words.push_back(fmt::format("{}x{}", size.first, size.second));
  return words.empty() ? "none" : base::join(words, ", ");
}

// [n, height, width, channels] -> [n, height * width], rows of length 1.
at::Tensor attention(const at::Tensor& map) {
  const at::Tensor energy = map.to(at::kFloat).pow(2).mean(3).flatten(1);
  return energy / energy.norm(2, {1}, true).clamp_min(1e-12);
}

}  // namespace

Result<FeaturePairs> pair_features(const ir::Graph& student, const ir::Graph& teacher) {
  const std::map<Size, ir::ValueId> own = last_of_each_size(student);
  const std::map<Size, ir::ValueId> others = last_of_each_size(teacher);
  FeaturePairs pairs;
  for (const auto& [size, value] : own) {
    const auto other = others.find(size);
    if (other == others.end()) continue;
    pairs.student.push_back(value);
    pairs.teacher.push_back(other->second);
  }
  if (!pairs.student.empty()) return pairs;
  return bad_input(fmt::format("no feature maps of one size to compare: the network has {}, the teacher {}",
                               in_words(own), in_words(others)));
}

at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& targets) {
  return -(at::log_softmax(logits, 1) * targets).sum(1).mean();
}

at::Tensor logits_distance(const at::Tensor& student, const at::Tensor& teacher, double temperature) {
  const at::Tensor wanted = at::softmax(teacher / temperature, 1);
  return cross_entropy(student / temperature, wanted) * (temperature * temperature);
}

at::Tensor attention_distance(const std::vector<at::Tensor>& student, const std::vector<at::Tensor>& teacher) {
  at::Tensor sum = at::zeros({}, student.front().options().dtype(at::kFloat));
  for (std::size_t i = 0; i < student.size(); ++i)
    sum = sum + (attention(student[i]) - attention(teacher[i])).pow(2).mean();
  return sum;
}

at::Tensor distillation_loss(const Outputs& student, const Outputs& teacher, const at::Tensor& targets,
                             const DistillationRecipe& recipe) {
  const at::Tensor distance = logits_distance(student.logits, teacher.logits, recipe.temperature);
  at::Tensor loss = cross_entropy(student.logits, targets) * (1 - recipe.weight) + distance * recipe.weight;
  if (!student.features.empty()) loss = loss + attention_distance(student.features, teacher.features) * recipe.features;
  return loss;
}

}  // namespace netfit::train
