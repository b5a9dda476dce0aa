// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "diagnose/subject.h"
#include "quant/quantize.h"

namespace netfit::gone_wrong {

/// A float network that is sound, as imported, with the record of its preprocessing.
struct Network {
  std::string name;
  ir::Graph graph;
};

/// Reads a model file. An integer one is taken as the real numbers that its integers stand for.
Result<Network> load_network(const std::filesystem::path& file, const std::string& name);

/// A sound network with what it takes to quantize it, to run it and to judge what came out.
class Workbench {
 public:
  /// Quantizes with ranges from the first 512 of `training`, which must be images.
  static Result<Workbench> create(Network network, data::Dataset training, data::Dataset test,
                                  const diagnose::Tools& tools);

  const std::string& name() const { return network_.name; }
  const ir::Graph& graph() const { return network_.graph; }  ///< as imported
  const ir::Graph& optimized() const { return optimized_; }  ///< batch norms folded, activations fused
  const ir::Preprocessing& record() const { return *network_.graph.inputs.front().preprocessing; }
  const quant::Ranges& ranges() const { return ranges_; }  ///< of `optimized`
  const Tensor& samples() const { return samples_; }       ///< training images as `optimized` takes them
  const data::Dataset& training() const { return training_; }
  const data::Dataset& test() const { return test_; }
  const diagnose::Tools& tools() const { return *tools_; }

  /// Ranges of an optimized float graph over samples of its input.
  Result<quant::Ranges> measure(const ir::Graph& optimized, const Tensor& samples,
                                const quant::CalibrationOptions& options = {}) const;
  /// The int8 graph of an optimized one that takes the same images, with ranges of its own.
  Result<ir::Graph> quantize(const ir::Graph& optimized) const;
  /// The sound int8 graph.
  Result<ir::Graph> int8(const quant::QuantizeOptions& options = {}) const;
  /// Raw outputs for raw inputs.
  Result<Tensor> run(const ir::Graph& graph, const Tensor& inputs) const;

  /// A case about `subject` with all that is known beside it.
  diagnose::Case about(ir::Graph subject) const;

 private:
  Workbench() = default;

  Network network_;
  ir::Graph optimized_;
  data::Dataset training_;
  data::Dataset test_;
  const diagnose::Tools* tools_ = nullptr;
  Tensor samples_;
  quant::Ranges ranges_;
};

}  // namespace netfit::gone_wrong
