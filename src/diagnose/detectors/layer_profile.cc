// SPDX-License-Identifier: Apache-2.0
#include "diagnose/detectors/layer_profile.h"

#include <algorithm>
#include <cmath>

#include "ir/ops/requantize.h"
#include "ir/uses.h"
#include "passes/layer_channels.h"

namespace netfit::diagnose {
namespace {

// A weight that went to the neighbouring integer lies up to one step away (learned rounding), the rest up to a half.
constexpr double kSteps = 1.05;
constexpr double kFloatError = 2e-3;  // of the channel's largest weight: half precision, and the order of products
constexpr double kStrays = 0.01;      // share of the weights that a range estimator may have clipped

std::vector<std::vector<double>> rows(const ir::NodeView& layer, std::size_t channels) {
  std::vector<std::vector<double>> result(channels);
  const std::vector<double> weights = tensor::to_doubles(*layer.input(1).constant);
  for (std::size_t i = 0; i < weights.size(); ++i) result[passes::channels_of(layer, i).output].push_back(weights[i]);
  return result;
}

std::vector<double> bias_of(const ir::NodeView& layer, std::size_t channels) {
  return layer.has_input(2) ? tensor::to_doubles(*layer.input(2).constant) : std::vector<double>(channels, 0.0);
}

double product(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void compare_rows(LayerProfile& profile) {
  for (std::size_t c = 0; c < profile.channels(); ++c) {
    const std::vector<double>& own = profile.weights[c];
    const std::vector<double>& wanted = profile.reference[c];
    const double square = product(wanted, wanted);
    const double ratio = square > 0.0 ? product(own, wanted) / square : 1.0;
    double left = 0.0;
    for (std::size_t i = 0; i < own.size(); ++i) left += std::pow(own[i] - ratio * wanted[i], 2);
    profile.ratios.push_back(ratio);
    profile.residuals.push_back(std::sqrt(left) / std::max(root_of_squares(own), 1e-30));
  }
}

// The weights as the file holds them: those that are only stored in integers are widened before the layer.
const ir::Value& stored_weights(const ir::NodeView& layer) {
  const ir::Graph& graph = layer.graph();
  const ir::NodeId producer = ir::Uses(graph).producer(layer.node().inputs[1]);
  const bool widened = producer.valid() && graph.node(producer).op == &ir::kRequantize;
  return widened ? graph.value(graph.node(producer).inputs.front()) : layer.input(1);
}

void read_steps(const Examination& exam, LayerProfile& profile) {
  const ir::NodeView stored(exam.subject, exam.subject.node(profile.layer.subject));
  const ir::Value& weights = stored_weights(stored);
  profile.steps.assign(profile.channels(), 0.0);
  profile.bias_steps.assign(profile.channels(), 0.0);
  if (!weights.quant) return;
  for (std::size_t c = 0; c < profile.channels(); ++c) {
    profile.steps[c] = static_cast<double>(weights.quant->scale(static_cast<std::int64_t>(c)));
    if (stored.input(0).quant) {
      profile.bias_steps[c] = profile.steps[c] * static_cast<double>(stored.input(0).quant->scale());
    }
  }
  if (stored.has_input(2) && tensor::is_integer(stored.input(2).dtype)) {
    profile.bias_integers = tensor::to_doubles(*stored.input(2).constant);
  }
}

}  // namespace

double root_of_squares(const std::vector<double>& numbers) { return std::sqrt(product(numbers, numbers)); }

double median(std::vector<double> numbers) {
  if (numbers.empty()) return 0.0;
  const auto middle = numbers.begin() + std::ssize(numbers) / 2;
  std::ranges::nth_element(numbers, middle);
  return *middle;
}

bool LayerProfile::weights_match() const {
  std::int64_t strays = 0;
  std::int64_t all = 0;
  for (std::size_t c = 0; c < channels(); ++c) {
    double largest = 0.0;
    for (const double weight : reference[c]) largest = std::max(largest, std::fabs(weight));
    const double slack = kSteps * steps[c] + kFloatError * largest;
    for (std::size_t i = 0; i < weights[c].size(); ++i) {
      strays += std::fabs(weights[c][i] - reference[c][i]) > slack ? 1 : 0;
      ++all;
    }
  }
  return static_cast<double>(strays) <= kStrays * static_cast<double>(all);
}

bool LayerProfile::one_step() const {
  return is_quantized() && std::ranges::all_of(steps, [&](double step) { return step == steps.front(); });
}

double LayerProfile::greatest_integer() const {
  double greatest = 0.0;
  for (std::size_t c = 0; c < channels(); ++c) {
    for (const double weight : weights[c]) greatest = std::max(greatest, std::fabs(weight) / std::max(steps[c], 1e-30));
  }
  return greatest;
}

LayerProfile profile_layer(const Examination& exam, const LayerPair& layer) {
  const ir::NodeView own(exam.form, exam.form.node(layer.subject));
  const ir::NodeView wanted(*exam.reference, exam.reference->node(layer.reference));
  const auto channels = static_cast<std::size_t>(own.output().shape.dim(-1));
  LayerProfile profile{.layer = layer, .name = own.node().name, .place = ir::describe(own)};
  profile.weights = rows(own, channels);
  profile.reference = rows(wanted, channels);
  profile.bias = bias_of(own, channels);
  profile.reference_bias = bias_of(wanted, channels);
  compare_rows(profile);
  read_steps(exam, profile);
  return profile;
}

std::vector<LayerProfile> profile_layers(const Examination& exam) {
  std::vector<LayerProfile> profiles;
  for (const LayerPair& layer : exam.layers) profiles.push_back(profile_layer(exam, layer));
  return profiles;
}

}  // namespace netfit::diagnose
