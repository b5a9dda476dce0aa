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

/// Which preprocessing images get before they enter `input`: the user's word, else the file's own record, else raw
/// pixels for an integer input whose parameters span 0..255 (scale 1). Anything else fails, naming --preprocess: a
/// guessed mean is the commonest way to break int8. The user's word wins over a record, with a note.
Result<ChosenPreprocessing> choose_preprocessing(const ir::Graph& graph, const ir::GraphInput& input,
                                                 const std::optional<ir::Preprocessing>& users_word);

/// Images u8 [n,h,w,3] as what `input` takes: [n,h,w,c] in its type, c 3 or 1 (grey, by the weights of ITU-R BT.601).
/// Reals are (pixel * scale - mean) / std in float; quantized inputs get round(real / scale) + zero point, integer
/// inputs without parameters round(real). Images of another size are resized (image.h). The only place that
/// preprocesses.
Result<Tensor> preprocess(const Tensor& images, const ir::Value& input, const ir::Preprocessing& preprocessing);

/// Which samples adapt_tensors takes. AnyVersion: one data set serves a network in all its versions, so float32 samples
/// are quantized for a quantized input, and samples whose shape fits only the other layout have their axes moved (an
/// .onnx and the .tflite made from it differ in both). FilesOwn: the file's own type and layout only.
enum class SampleForm { AnyVersion, FilesOwn };

/// Samples of a tensor data set, in the file's layout, as what `input` takes: checks type and shape, and moves the axes
/// of channels-first files.
Result<Tensor> adapt_tensors(const Tensor& samples, const ir::Graph& graph, const ir::GraphInput& input,
                             SampleForm form = SampleForm::AnyVersion);

/// A tensor [n, ...] in graph layout (channels-last) as the file presents it.
Tensor to_file_layout(const Tensor& tensor, ir::Layout layout);

}  // namespace netfit::data
