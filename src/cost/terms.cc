// SPDX-License-Identifier: Apache-2.0
#include "cost/terms.h"

#include <algorithm>

#include "base/check.h"

namespace netfit::cost {
namespace {

using enum TermGroup;

// Cycles: physical orders of magnitude for an in-order core with one 128-bit multiply-accumulate pipe, from a study of
// published ncnn rows (docs/cost-models.md). Exponents: dense arithmetic is spread well, memory is shared, and the
// start of a layer isn't spread at all.
constexpr double kDense = 0.95;
constexpr double kShared = 0.6;

// One term a line, in the order of the enumeration.
// clang-format off
constexpr std::array<TermSpec, kTermCount> kSpecs{{
    {Term::Conv1x1, "conv1x1", "MAC, output channels rounded up to whole vectors", Gemm, 0.3, kDense, true},
    {Term::Winograd, "winograd", "MAC in the transformed domain", TermGroup::Winograd, 0.3, kDense, true},
    {Term::WinogradTransform, "winograd_transform", "element of transformed tiles", TermGroup::Winograd, 1.0, kDense, true},
    {Term::WinogradWeights, "winograd_weights", "transformed weight", TermGroup::Winograd, 0.5, kShared, true},
    {Term::Conv, "conv", "MAC", Gemm, 0.35, kDense, true},
    {Term::Stem, "stem", "MAC", Gemm, 0.5, kDense, true},
    {Term::StemPatches, "stem_patches", "element gathered for the first convolution", Memory, 0.7, kDense, true},
    {Term::Depthwise3x3, "depthwise3x3", "output", Depthwise, 4.0, kDense, true},
    {Term::Depthwise3x3Stride2, "depthwise3x3_stride2", "output", Depthwise, 5.0, kDense, true},
    {Term::DepthwiseOther, "depthwise_other", "MAC", Depthwise, 0.5, kDense, true},
    {Term::DepthwisePosition, "depthwise_position", "position of a depthwise convolution", Depthwise, 10.0, kDense, false},
    {Term::ConvPosition, "conv_position", "position of another convolution", Memory, 5.0, kDense, false},
    {Term::Grouped, "grouped", "MAC", Gemm, 0.8, kDense, true},
    {Term::Group, "group", "group of a convolution", Overhead, 3000.0, 0.0, false},
    {Term::FullyConnected, "fully_connected", "2 bytes of weights", Memory, 0.6, kShared, false},
    {Term::ConvWeights, "conv_weights", "weight of a convolution", Gemm, 0.8, kShared, true},
    {Term::Patches, "patches", "element gathered for a convolution", Memory, 0.7, kDense, true},
    {Term::ConvOutput, "conv_output", "output of a convolution", Memory, 0.7, kDense, true},
    {Term::SmallImage, "small_image", "MAC over less than 64 positions", Gemm, 0.05, kDense, true},
    {Term::Unaligned, "unaligned", "MAC with channels that are no whole vectors", Gemm, 0.08, kDense, true},
    {Term::BeyondL1, "beyond_l1", "MAC of a 1x1 convolution whose input leaves the caches", Gemm, 0.05, kDense, true},
    {Term::MatMul, "matmul", "MAC", Gemm, 0.9, kDense, true},
    {Term::Elementwise, "elementwise", "element read or written", TermGroup::Elementwise, 0.6, kShared, true},
    {Term::Broadcast, "broadcast", "element read or written", TermGroup::Elementwise, 0.6, kShared, true},
    {Term::Activation, "activation", "element", TermGroup::Elementwise, 1.0, kShared, true},
    {Term::FusedActivation, "fused_activation", "element", TermGroup::Elementwise, 5.0, kDense, true},
    {Term::Transcendental, "transcendental", "element", Scalar, 25.0, kDense, true},
    {Term::Pool, "pool", "tap", TermGroup::Elementwise, 0.5, kDense, true},
    {Term::GlobalPool, "global_pool", "element", Memory, 0.7, kShared, true},
    {Term::Movement, "movement", "element", Memory, 4.0, kShared, true},
    {Term::Shuffle, "shuffle", "element", Memory, 5.0, kShared, true},
    {Term::Normalization, "normalization", "element across channels", Scalar, 60.0, kDense, true},
    {Term::Detection, "detection", "element that a detection output reads", Scalar, 50.0, 0.0, false},
    {Term::Layer, "layer", "layer", Overhead, 15000.0, 0.0, false},
    {Term::BeyondL2, "beyond_l2", "byte of activations", Memory, 0.3, kShared, false},
    {Term::BeyondL3, "beyond_l3", "byte of activations", Memory, 0.2, kShared, false},
    {Term::TapPointer, "tap_pointer", "tap of a tile", Memory, 1.0, kDense, false},
    {Term::WeightsBeyondL2, "weights_beyond_l2", "byte of weights", Memory, 0.03, kShared, false},
    {Term::WeightsBeyondL3, "weights_beyond_l3", "byte of weights", Memory, 0.03, kShared, false},
    {Term::WeightsInMemory, "weights_in_memory", "byte of weights", Memory, 0.1, kShared, false},
    {Term::WeightsExternal, "weights_external", "byte of weights in a flash beside the chip", Memory, 0.8, kShared, false},
    {Term::Int8Conv1x1, "int8_conv1x1", "MAC", Int8Gemm, 0.2, kDense, false},
    {Term::Int8Winograd, "int8_winograd", "MAC in the transformed domain", TermGroup::Int8Winograd, 0.25, kDense, false},
    {Term::Int8WinogradTransform, "int8_winograd_transform", "element of transformed tiles", TermGroup::Int8Winograd, 1.0, kDense, false},
    {Term::Int8Conv, "int8_conv", "MAC", Int8Gemm, 0.2, kDense, false},
    {Term::Int8Stem, "int8_stem", "MAC", Int8Gemm, 0.4, kDense, false},
    {Term::Int8StemPatches, "int8_stem_patches", "element gathered for the first convolution", Int8Rest, 0.3, kDense, false},
    {Term::Int8Depthwise, "int8_depthwise", "MAC", Int8Rest, 0.5, kDense, false},
    {Term::Int8DepthwiseOutput, "int8_depthwise_output", "output", Int8Rest, 1.0, kDense, false},
    {Term::Int8DepthwisePosition, "int8_depthwise_position", "position of a depthwise convolution", Int8Rest, 10.0, kDense, false},
    {Term::Int8ConvPosition, "int8_conv_position", "position of another convolution", Int8Rest, 5.0, kDense, false},
    {Term::Int8FullyConnected, "int8_fully_connected", "byte of weights", Int8Rest, 0.3, kShared, false},
    {Term::Int8Weights, "int8_weights", "weight of a convolution", Int8Rest, 0.15, kShared, false},
    {Term::Int8Patches, "int8_patches", "element gathered for a convolution", Int8Rest, 0.3, kDense, false},
    {Term::Int8ConvOutput, "int8_conv_output", "output of a convolution", Int8Rest, 0.6, kDense, false},
    {Term::Int8Quantize, "int8_quantize", "element quantized or dequantized", Int8Rest, 1.0, kShared, false},
    {Term::Int8Elementwise, "int8_elementwise", "element read or written", Int8Rest, 0.6, kShared, false},
    {Term::Int8Transcendental, "int8_transcendental", "element", Int8Rest, 10.0, kDense, false},
    {Term::Int8Pool, "int8_pool", "tap", Int8Rest, 0.4, kDense, false},
    {Term::Int8Movement, "int8_movement", "element", Int8Rest, 1.0, kShared, false},
    {Term::Int8TapPointer, "int8_tap_pointer", "tap of a tile", Int8Rest, 5.0, kDense, false},
}};
// clang-format on

constexpr std::array<std::string_view, kTermGroupCount> kGroupNames{
    "gemm",   "winograd", "depthwise", "memory",        "elementwise",
    "scalar", "overhead", "int8_gemm", "int8_winograd", "int8_rest"};

}  // namespace

const TermSpec& spec_of(Term term) {
  const TermSpec& spec = kSpecs[static_cast<std::size_t>(term)];
  NETFIT_CHECK(spec.term == term);
  return spec;
}

std::optional<Term> find_term(std::string_view name) {
  const auto* spec = std::ranges::find(kSpecs, name, &TermSpec::name);
  return spec == kSpecs.end() ? std::nullopt : std::optional(spec->term);
}

std::string_view name(TermGroup group) { return kGroupNames[static_cast<std::size_t>(group)]; }

TermCounts& TermCounts::operator+=(const TermCounts& other) {
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  return *this;
}

}  // namespace netfit::cost
