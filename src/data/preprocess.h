// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "data/dataset.h"
#include "ir/graph.h"

namespace netfit::data {

/// A named preprocessing, or one from a .toml file (keys scale, mean, std, order): "cifar10", "imagenet", "pixels".
Result<ir::Preprocessing> load_preprocessing(const std::string& name_or_file);

struct ChosenPreprocessing {
  ir::Preprocessing preprocessing;
  std::string note;  ///< what the user should know about the choice; may be empty
};

/// Which preprocessing images get before they enter `input`: the user's word, else the file's own record, else raw pixels
/// for an integer input whose parameters span 0..255 (scale 1). Anything else fails, naming --preprocess: a guessed mean
/// is the commonest way to break int8. The user's word wins over a record, with a note.
Result<ChosenPreprocessing> choose_preprocessing(const ir::Graph& graph, const ir::GraphInput& input,
                                                 const std::optional<ir::Preprocessing>& users_word);

/// Images u8 [n,h,w,3] as what `input` takes: [n,h,w,c] in its type. Quantized inputs get round(real / scale) +
/// zero point. Images of another size are resized (bilinear, half-pixel centres). The only place that preprocesses.
Result<Tensor> preprocess(const Tensor& images, const ir::Value& input, const ir::Preprocessing& preprocessing);

/// Samples of a tensor data set as what `input` takes: checks type and shape, and moves channels-first files' axes.
Result<Tensor> adapt_tensors(const Tensor& samples, const ir::Graph& graph, const ir::GraphInput& input);

}  // namespace netfit::data
