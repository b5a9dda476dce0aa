// SPDX-License-Identifier: Apache-2.0
#include "cli/mixed/mixed_network.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/answers/making.h"
#include "data/preprocess.h"
#include "data/subset.h"
#include "eval/accuracy.h"
#include "formats/catalog.h"
#include "interp/interpreter.h"
#include "ir/op_spec.h"
#include "quant/check_samples.h"
#include "quant/fidelity.h"
#include "quant/techniques/adaround.h"

namespace netfit::cli {
namespace {

// So many samples rank layers as more do: noise of a layer is a mean over samples and logits, and what an assignment
// makes of it is measured on all held-out samples.
constexpr std::int64_t kSensitivitySamples = 128;

Result<Tensor> as_input(const data::Dataset& samples, const ir::Graph& graph,
                        const std::optional<ir::Preprocessing>& preprocessing) {
  const ir::GraphInput& input = graph.inputs.front();
  if (!samples.images) return data::adapt_tensors(samples.samples, graph, input);
  return data::preprocess(samples.samples, graph.value(input.value), *preprocessing);
}

}  // namespace

Result<double> tflite_bytes(const ir::Graph& graph, const formats::MakingRecord& record) {
  const formats::Format* format = NETFIT_TRY(formats::format_for("model.tflite"));
  const base::Bytes bytes = NETFIT_TRY(format->write(graph, record));
  return static_cast<double>(bytes.size());
}

MixedNetwork::MixedNetwork(MixedSetup setup, const Environment& environment)
    : setup_(std::move(setup)), progress_(environment.progress) {}

Result<MixedNetwork> MixedNetwork::create(const Model& model, const MixedSetup& setup, const Environment& environment) {
  MixedNetwork network(setup, environment);
  ir::Graph graph = NETFIT_TRY(optimized(model));
  const std::vector<ir::NodeId> layers = quant::layers_of(graph);
  if (layers.empty()) return located(Result<MixedNetwork>(bad_input("has no layer with weights")), model.path);
  for (const ir::NodeId layer : layers) network.layer_names_.push_back(graph.node(layer).name);
  NETFIT_TRY(network.load_samples(graph, environment));
  if (!network.setup_.cost) {
    network.setup_.cost = [record = network.record()](const ir::Graph& file) { return tflite_bytes(file, record); };
  }
  NETFIT_TRY(network.prepare(graph));
  return network;
}

Result<void> MixedNetwork::load_samples(ir::Graph& graph, const Environment& environment) {
  if (graph.inputs.size() != 1) return bad_input("calibration feeds models with exactly one input");
  const data::Dataset dataset = NETFIT_TRY(open_data(setup_.data, data::Split::Train, graph, environment));
  const auto preprocessing = NETFIT_TRY(choose_preprocessing(setup_.data, dataset, graph, environment));
  if (preprocessing) graph.inputs.front().preprocessing = preprocessing;
  if (dataset.count() < 2)
    return bad_input(
        fmt::format("{} has {} samples, two are needed: one to calibrate on and "
                    "another to judge",
                    dataset.name, dataset.count()));
  const std::int64_t held_out = std::min(setup_.held_out, dataset.count() / 2);
  const auto split =
      data::choose_and_hold_out(dataset, std::min(setup_.samples, dataset.count() - held_out), held_out, setup_.seed);
  samples_ = {NETFIT_TRY(as_input(split.chosen, graph, preprocessing))};
  held_out_ = {NETFIT_TRY(as_input(split.held_out, graph, preprocessing))};
  labels_ = split.held_out.labels;
  data_ = dataset.name;
  return {};
}

quant::Samples MixedNetwork::as_samples(std::vector<Tensor> inputs) const {
  return {std::move(inputs), {{.threads = setup_.threads}, interp::make_node_runner()}, *progress_};
}

Result<void> MixedNetwork::prepare(const ir::Graph& graph) {
  NETFIT_TRY(quant::check_samples(graph, held_out_));
  const quant::Samples samples = as_samples(samples_);
  quant::Recipe usual = setup_.recipe;
  usual.rounding = quant::Rounding::Balanced;
  usual.bias_correction = quant::BiasCorrection::None;
  quant::Quantized prepared =
      NETFIT_TRY(quant::apply_recipe({.graph = graph, .plan = {}, .seed = setup_.seed}, usual, samples, nullptr));
  graph_ = std::move(prepared.prepared);
  ranges_ = std::move(prepared.ranges);
  for (const quant::Precision& precision : setup_.candidates) {
    quant::LayerOptions options{.plan = {.everywhere = precision}};
    if (precision.weights == quant::WeightType::Int4 && setup_.recipe.rounding == quant::Rounding::AdaRound) {
      NETFIT_TRY(quant::adaround(graph_, ranges_, samples, {.most_bits = 4, .seed = setup_.seed}, options));
    }
    with_roundings_.push_back({precision, std::move(options.roundings)});
  }
  const auto executor = NETFIT_TRY(exec::create_fast(graph_, samples.engine));
  reference_ = NETFIT_TRY(executor->run(held_out_, *progress_));
  return {};
}

formats::MakingRecord MixedNetwork::record() const {
  std::vector<std::string> names;
  for (const quant::Precision& precision : setup_.candidates) names.emplace_back(quant::name(precision));
  quant::Recipe done = setup_.recipe;
  done.bias_correction = quant::BiasCorrection::None;  // prepare() corrects none
  return making_record("mixed of " + base::join(names, ", "), done, calibrated_on(), setup_.seed);
}

Result<std::vector<quant::LayerChoice>> MixedNetwork::measure_layers() {
  const quant::MixedJob job{graph_, ranges_, with_roundings_};
  const quant::LayerCosts costs = NETFIT_TRY(quant::measure_costs(job, setup_.io, setup_.cost, *progress_));
  base_cost_ = costs.all_first;
  const std::int64_t count = std::min(calibrated_on(), kSensitivitySamples);
  const std::vector<quant::LayerSensitivity> sensitivities =
      NETFIT_TRY(quant::measure_sensitivity(job, as_samples({samples_.front().slice(0, count)})));
  return quant::choices_of(job, sensitivities, costs);
}

Result<ir::Graph> MixedNetwork::quantized(const std::vector<std::size_t>& chosen, quant::Io io) const {
  quant::LayerOptions options = quant::assemble(graph_, with_roundings_, chosen);
  options.io = io;
  return quant::quantize_layers(graph_, ranges_, options);
}

Result<ir::Graph> MixedNetwork::make(const std::vector<std::size_t>& chosen) const {
  return quantized(chosen, setup_.io);
}

std::vector<Departure> MixedNetwork::departures_of(const std::vector<std::size_t>& chosen) const {
  return departures(graph_, quant::assemble(graph_, with_roundings_, chosen).plan);
}

Result<double> MixedNetwork::cost_of(const std::vector<std::size_t>& chosen) const {
  return setup_.cost(NETFIT_TRY(make(chosen)));
}

Result<MixedPoint> MixedNetwork::measure(const std::vector<std::size_t>& chosen) {
  const ir::Graph file = NETFIT_TRY(make(chosen));
  MixedPoint point{.chosen = chosen, .cost = NETFIT_TRY(setup_.cost(file))};
  point.bytes = static_cast<std::int64_t>(NETFIT_TRY(tflite_bytes(file, record())));
  const ir::Graph real = NETFIT_TRY(quantized(chosen, quant::Io::Float32));
  const auto executor = NETFIT_TRY(exec::create_fast(real, as_samples({}).engine));
  const std::vector<Tensor> outputs = NETFIT_TRY(executor->run(held_out_, *progress_));
  const quant::Fidelity fidelity = quant::compare_outputs(reference_, outputs);
  point.sqnr_db = fidelity.sqnr_db;
  point.agreement_percent = fidelity.agreement_percent();
  if (!labels_.empty()) point.top1_percent = eval::percent_equal(eval::top_classes(outputs.front()), labels_);
  return point;
}

}  // namespace netfit::cli
