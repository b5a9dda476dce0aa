// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ir/graph.h"

/// Architectures by name and parameters, as "mobilenet_v2:alpha=0.35,resolution=128", in the definitions of their
/// papers and of the TensorFlow reference code. They give structure only: shapes without weights.
namespace netfit::arch {

/// Folded is what a device runs, and what an exported .tflite holds: batch norm inside the bias of its convolution,
/// clamps fused. Kept is what is trained: convolutions without bias, then batch norm, then the activation; no softmax.
enum class BatchNorm { Folded, Kept };

struct BuildOptions {
  BatchNorm batch_norm = BatchNorm::Folded;
};

/// Whether the text in front of the first colon names a family that exists.
bool names_family(std::string_view spec);

/// The one spelling of a spec: the parameters that define the network, whether they were given or not, then those that
/// differ from their default. Fails on unknown names (with the nearest) and values that are not allowed (with those
/// that are), naming all of them.
Result<std::string> canonical(std::string_view spec);

/// The graph, with ir::Weights::Absent: float32, channels-last, one image in, class probabilities or logits out.
Result<ir::Graph> build(std::string_view spec, const BuildOptions& options = {});

}  // namespace netfit::arch
