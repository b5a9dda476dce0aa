// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/model.h"

namespace netfit::cli {

/// Small networks that between them exercise what CNNs are made of, as architectures by name: most are random stages of
/// blocks, some are networks of papers at random widths and small images. The same for the same seed; a longer list
/// begins with the shorter one.
std::vector<std::string> draw_networks(std::uint64_t seed, std::size_t count);

/// The .tflite of an architecture with random weights, in float32 or int8, ready to be timed: values are of no use, as
/// activations are quantized by a range that nobody measured.
Result<Model> timeable_model(const std::string& spec, bool int8);

/// The same of a float graph that has weights, and of one that is int8 already.
Result<Model> timeable_model(const std::string& name, ir::Graph graph, bool int8);

}  // namespace netfit::cli
