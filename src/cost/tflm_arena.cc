// SPDX-License-Identifier: Apache-2.0
// GreedyMemoryPlanner of TensorFlow Lite for Microcontrollers (tensorflow/lite/micro/memory_planner): buffers sorted by
// decreasing size, each placed in the lowest gap among the placed ones that are in use at the same time. Every tensor
// has a buffer of its own, in multiples of 16 bytes, from the node that writes it to the last reader. The list to be
// sorted is filled from its end, so that of two buffers of one size the later one is placed first: for MLPerf Tiny's
// person network this is the difference between 64,512 bytes and the 73,728 that are published.
#include "cost/tflm_arena.h"

#include <algorithm>
#include <map>
#include <vector>

#include "ir/op_spec.h"
#include "ir/ops.h"

namespace netfit::cost {
namespace {

constexpr std::int64_t kAlignment = 16;
// arm_convolve_s8 widens two columns of its input to 16 bits; pointwise convolutions do without.
constexpr std::int64_t kScratchOfATap = 2 * 2;

struct Block {
  std::int64_t bytes = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t offset = 0;
};

std::int64_t aligned(std::int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

std::int64_t scratch_bytes(const ir::NodeView& node, const Typing& typing) {
  if (&node.op() != &ir::kConv2d || type_of(node.input(0), typing) != DType::Int8) return 0;
  const Shape& weights = node.input(1).shape;
  const std::int64_t taps = weights[1] * weights[2];
  return taps > 1 ? kScratchOfATap * taps * weights[3] : 0;
}

// Tensors in the order of the file, then scratch buffers.
std::vector<Block> list_blocks(const ir::Graph& graph, const Typing& typing) {
  std::map<ir::ValueId, Block> tensors;
  const auto touch = [&](ir::ValueId id, std::int64_t step) {
    if (!id.valid() || graph.value(id).is_constant()) return;
    Block& block = tensors.try_emplace(id, Block{aligned(bytes_of(graph.value(id), typing)), step, step}).first->second;
    block.last = std::max(block.last, step);
  };
  for (const ir::GraphInput& input : graph.inputs) touch(input.value, 0);
  std::vector<Block> scratch;
  std::int64_t step = 0;
  for (const ir::NodeId id : graph.order()) {
    for (const ir::ValueId value : graph.node(id).inputs) touch(value, step);
    for (const ir::ValueId value : graph.node(id).outputs) touch(value, step);
    const std::int64_t bytes = scratch_bytes({graph, graph.node(id)}, typing);
    if (bytes > 0) scratch.push_back({aligned(bytes), step, step});
    ++step;
  }
  for (const ir::GraphOutput& output : graph.outputs) touch(output.value, step - 1);
  std::vector<Block> blocks;
  for (const auto& [id, block] : tensors) blocks.push_back(block);
  blocks.insert(blocks.end(), scratch.begin(), scratch.end());
  return blocks;
}

}  // namespace

std::int64_t tflm_arena(const ir::Graph& graph, const Typing& typing) {
  std::vector<Block> blocks = list_blocks(graph, typing);
  std::ranges::reverse(blocks);
  std::ranges::stable_sort(blocks, std::greater(), &Block::bytes);
  std::int64_t arena = 0;
  std::vector<Block> placed;  // by offset
  for (Block& block : blocks) {
    for (const Block& other : placed) {
      if (other.last < block.first || block.last < other.first) continue;
      if (block.offset + block.bytes <= other.offset) break;
      block.offset = std::max(block.offset, other.offset + other.bytes);
    }
    arena = std::max(arena, block.offset + block.bytes);
    placed.insert(std::ranges::upper_bound(placed, block.offset, {}, &Block::offset), block);
  }
  return arena;
}

}  // namespace netfit::cost
