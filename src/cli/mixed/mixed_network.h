// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/environment.h"
#include "cli/flags/flags.h"
#include "cli/model.h"
#include "cli/schemes.h"
#include "formats/making_record.h"
#include "quant/mixed/sensitivity.h"
#include "quant/recipe.h"

namespace netfit::cli {

/// One assignment of candidates to layers, made and measured.
struct MixedPoint {
  std::vector<std::size_t> chosen;     ///< place in the candidates, by layer
  double cost = 0.0;                   ///< bytes of the file, or milliseconds
  std::int64_t bytes = 0;              ///< of the .tflite file
  double sqnr_db = 0.0;                ///< of the outputs on the held-out samples against float
  double agreement_percent = 0.0;      ///< same top-1 as float
  std::optional<double> top1_percent;  ///< of labelled samples
};

struct MixedSetup {
  std::vector<quant::Precision> candidates;
  DataFlags data;
  std::int64_t samples = 0;
  std::int64_t held_out = 0;
  std::uint64_t seed = 0;
  quant::Io io = quant::Io::Int8;
  quant::Recipe recipe;  ///< its preparations, ranges and rounding; rounding is learned for weights of 4 bits only
  int threads = 1;
  /// What is to be small; absent: bytes of the .tflite file.
  ir::GraphCost cost;
};

/// A float network that is ready to be quantized layer by layer, and the samples that judge what becomes of it.
class MixedNetwork {
 public:
  static Result<MixedNetwork> create(const Model& model, const MixedSetup& setup, const Environment& environment);

  /// Each layer's candidates with their costs and noise.
  Result<std::vector<quant::LayerChoice>> measure_layers();
  /// Cost of the graph with every layer in the first candidate; options of measure_layers are differences to it.
  double base_cost() const { return base_cost_; }

  Result<ir::Graph> make(const std::vector<std::size_t>& chosen) const;
  /// Where what `make` gives is not what was chosen.
  std::vector<Departure> departures_of(const std::vector<std::size_t>& chosen) const;
  Result<double> cost_of(const std::vector<std::size_t>& chosen) const;
  Result<MixedPoint> measure(const std::vector<std::size_t>& chosen);

  const std::vector<std::string>& layers() const { return layer_names_; }
  const std::vector<quant::Precision>& candidates() const { return setup_.candidates; }
  std::int64_t calibrated_on() const { return samples_.front().shape()[0]; }
  std::int64_t held_out() const { return held_out_.front().shape()[0]; }
  const std::string& data() const { return data_; }
  /// What the file says of how it was made.
  formats::MakingRecord record() const;

 private:
  MixedNetwork(MixedSetup setup, const Environment& environment);
  Result<void> load_samples(ir::Graph& graph, const Environment& environment);
  Result<void> prepare(const ir::Graph& graph);
  quant::Samples as_samples(std::vector<Tensor> inputs) const;
  Result<ir::Graph> quantized(const std::vector<std::size_t>& chosen, quant::Io io) const;

  MixedSetup setup_;
  std::shared_ptr<Progress> progress_;
  ir::Graph graph_;  ///< float, prepared
  quant::Ranges ranges_;
  std::vector<quant::LayerCandidate> with_roundings_;
  std::vector<std::string> layer_names_;
  std::vector<Tensor> samples_;
  std::vector<Tensor> held_out_;
  std::vector<std::int64_t> labels_;
  std::vector<Tensor> reference_;  ///< float outputs on the held-out samples
  std::string data_;
  double base_cost_ = 0.0;
};

/// Bytes of the .tflite file of a graph with that record.
Result<double> tflite_bytes(const ir::Graph& graph, const formats::MakingRecord& record);

}  // namespace netfit::cli
