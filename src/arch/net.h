// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "arch/arch.h"
#include "ir/absent_weights.h"
#include "ir/builder.h"

namespace netfit::arch {

enum class Function { None, Relu, Relu6, HardSwish, HardSigmoid };

/// Same: TensorFlow's rule, ceil(in / stride) pixels, the odd one of padding behind. Valid: none. Full: as many pixels
/// behind as the last window needs (Caffe's pooling). Centred: (window - 1) / 2 on every side.
enum class Pads { Same, Valid, Full, Centred };

enum class Norm { Batch, None };

/// What a network gives: class probabilities, or the logits that a softmax would make into them.
enum class Output { Probabilities, Logits };

/// A convolution with what follows it.
struct Layer {
  std::string name;
  std::int64_t channels = 0;  ///< of the result; of depthwise layers those of the data
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  Function function = Function::None;
  Pads pads = Pads::Same;
  /// Without batch norm there is a bias.
  Norm norm = Norm::Batch;
};

/// Builds a network layer by layer. The first layer that does not fit (an image too small, too many weights) ends the
/// building; `finish` tells. Until then every call gives a value to go on with.
class Net {
 public:
  Net(const BuildOptions& options, Output output) : options_(options), output_(output), builder_(graph_) {}

  ir::ValueId image(std::int64_t extent, std::int64_t channels);

  ir::ValueId conv(ir::ValueId x, const Layer& layer);
  ir::ValueId depthwise(ir::ValueId x, const Layer& layer);
  ir::ValueId dense(ir::ValueId x, std::int64_t units, const std::string& name);
  ir::ValueId max_pool(ir::ValueId x, std::int64_t window, Pads pads, const std::string& name);
  ir::ValueId average_pool(ir::ValueId x, std::int64_t window, std::int64_t stride, Pads pads, const std::string& name);
  /// A node of its own, in front of what it prepares.
  ir::ValueId activate(ir::ValueId x, Function function, const std::string& name);
  ir::ValueId add(ir::ValueId a, ir::ValueId b, Function function, const std::string& name);
  ir::ValueId multiply(ir::ValueId a, ir::ValueId b, const std::string& name);
  ir::ValueId concat(ir::ValueId a, ir::ValueId b, const std::string& name);
  /// Mean over the image; keeps its axes or leaves [1, channels].
  ir::ValueId mean(ir::ValueId x, bool keep_dims, const std::string& name);
  /// A mean over the image, a dense layer and `output`.
  void classify(ir::ValueId x, std::int64_t classes);
  /// Ends the network in what it is to give. What is trained gives logits, whatever its family gives otherwise: a loss
  /// is computed on them.
  void output(ir::ValueId logits);

  std::int64_t channels(ir::ValueId x) const { return graph_.value(x).shape.dim(-1); }

  Result<ir::Graph> finish(std::string name);

 private:
  ir::ValueId apply(ir::ValueId x, const ir::OpSpec& op, ir::Attrs attrs, const std::string& name,
                    std::vector<ir::ValueId> parameters = {});
  ir::ValueId weights(const Shape& shape, const std::string& name);
  ir::ValueId windowed(ir::ValueId x, const ir::OpSpec& op, const Shape& kernel, const Layer& layer);
  ir::ValueId function(ir::ValueId x, Function function, const std::string& name);
  ir::Padding2d padding(ir::ValueId x, Pads pads, std::int64_t window, std::int64_t stride) const;

  BuildOptions options_;
  Output output_;
  ir::Graph graph_;
  ir::Builder builder_;
  ir::AbsentWeights absent_;
  std::optional<base::Error> fault_;
};

/// TensorFlow's rounding of scaled channels: to the nearest multiple of `divisor`, never below it nor below 90 %.
std::int64_t make_divisible(double channels, std::int64_t divisor = 8);

}  // namespace netfit::arch
