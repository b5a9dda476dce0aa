// SPDX-License-Identifier: Apache-2.0
#include "train/pruning/sparsity.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <vector>

#include "base/check.h"
#include "train/layout.h"

namespace netfit::train {
namespace {

std::vector<Slot> kernels_of(const ir::Graph& graph) {
  std::vector<Slot> slots = make_layout(graph).slots;
  std::erase_if(slots, [](const Slot& slot) { return slot.role != Role::Weight; });
  return slots;
}

std::span<const float> weights_of(const ir::Graph& graph, const Slot& slot) {
  return graph.value(slot.value).constant->data<float>();
}

struct Score {
  float score = 0;
  std::int32_t kernel = 0;
  std::int64_t place = 0;
};

/// The squares of a kernel's weights, each over the sum of those that come at or behind it in ascending order.
void add_scores(std::vector<Score>& scores, std::span<const float> weights, std::int32_t kernel) {
  std::vector<std::int64_t> order(weights.size());
  std::iota(order.begin(), order.end(), 0);
  const auto square = [&](std::int64_t place) {
    const auto weight = static_cast<double>(weights[static_cast<std::size_t>(place)]);
    return weight * weight;
  };
  std::ranges::stable_sort(order, std::ranges::greater(), square);
  double behind = 0;
  for (const std::int64_t place : order) {
    behind += square(place);
    scores.push_back({static_cast<float>(behind > 0 ? square(place) / behind : 0), kernel, place});
  }
}

}  // namespace

double sparsity_of(const ir::Graph& graph) {
  std::int64_t zeros = 0;
  std::int64_t all = 0;
  for (const Slot& slot : kernels_of(graph)) {
    zeros += std::ranges::count(weights_of(graph, slot), 0.0F);
    all += slot.shape.element_count();
  }
  return all > 0 ? static_cast<double>(zeros) / static_cast<double>(all) : 0;
}

ir::Graph sparsified(const ir::Graph& graph, double sparsity) {
  const std::vector<Slot> kernels = kernels_of(graph);
  std::vector<Score> scores;
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    add_scores(scores, weights_of(graph, kernels[i]), static_cast<std::int32_t>(i));
  }
  const auto zeros = static_cast<std::ptrdiff_t>(std::llround(sparsity * static_cast<double>(scores.size())));
  std::ranges::nth_element(scores, scores.begin() + zeros, {},
                           [](const Score& score) { return std::tuple(score.score, score.kernel, score.place); });
  ir::Graph result = graph;
  for (const Score& score : std::span(scores).first(static_cast<std::size_t>(zeros))) {
    Tensor& kernel = *result.value(kernels[static_cast<std::size_t>(score.kernel)].value).constant;
    kernel.mutable_data<float>()[static_cast<std::size_t>(score.place)] = 0;
  }
  return result;
}

ir::Graph with_zeros_of(ir::Graph graph, const ir::Graph& pattern) {
  // Ids need not be the same: one of them may have been read from a file.
  const std::vector<Slot> kernels = kernels_of(graph);
  const std::vector<Slot> patterns = kernels_of(pattern);
  NETFIT_CHECK(kernels.size() == patterns.size());
  for (std::size_t kernel = 0; kernel < kernels.size(); ++kernel) {
    const std::span<const float> zeros = weights_of(pattern, patterns[kernel]);
    const std::span<float> weights = graph.value(kernels[kernel].value).constant->mutable_data<float>();
    NETFIT_CHECK(weights.size() == zeros.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (zeros[i] == 0) weights[i] = 0;
    }
  }
  return graph;
}

SparseBytes int8_bytes(const ir::Graph& graph) {
  constexpr std::int64_t kOfBiasAndScale = 8;
  SparseBytes bytes;
  for (const Slot& slot : kernels_of(graph)) {
    const Tensor kernel = to_slot_order(*graph.value(slot.value).constant, slot);
    const std::span<const float> weights = kernel.data<float>();
    const std::size_t in_channel = weights.size() / static_cast<std::size_t>(slot.shape[0]);
    for (std::size_t begin = 0; begin < weights.size(); begin += in_channel) {
      const auto channel = weights.subspan(begin, in_channel);
      float largest = 0;
      for (const float weight : channel) largest = std::max(largest, std::abs(weight));
      const float least = largest / 127 / 2;  // what is smaller is rounded to zero
      bytes.sparse += std::ranges::count_if(channel, [&](float weight) { return std::abs(weight) > least; });
    }
    const std::int64_t elements = slot.shape.element_count();
    bytes.sparse += (elements + 7) / 8 + kOfBiasAndScale * slot.shape[0];
    bytes.dense += elements + kOfBiasAndScale * slot.shape[0];
  }
  return bytes;
}

}  // namespace netfit::train
