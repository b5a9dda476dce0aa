// SPDX-License-Identifier: Apache-2.0
#include "healthy.h"

#include "data/preprocess.h"
#include "data/subset.h"

namespace netfit::gone_wrong {
namespace {

Result<ir::Graph> estimated(const Workbench& bench, quant::RangeEstimator estimator) {
  const quant::Ranges ranges = NETFIT_TRY(bench.measure(bench.optimized(), bench.samples(), {.estimator = estimator}));
  return quant::quantize_int8(bench.optimized(), ranges, {});
}

// Ranges of other, fewer samples.
Result<ir::Graph> calibrated_on(const Workbench& bench, std::int64_t count, std::uint64_t seed) {
  const data::Dataset chosen = data::choose_samples(bench.training(), count, seed);
  const ir::Value& input = bench.optimized().value(bench.optimized().inputs.front().value);
  const Tensor samples = NETFIT_TRY(data::preprocess(chosen.samples, input, bench.record()));
  return quant::quantize_int8(bench.optimized(), NETFIT_TRY(bench.measure(bench.optimized(), samples)), {});
}

Result<ir::Graph> layered(const Workbench& bench, const quant::Precision& precision, quant::Io io) {
  return quant::quantize_layers(bench.optimized(), bench.ranges(), {.plan = {.everywhere = precision}, .io = io});
}

const std::vector<SoundWay> kWays{
    {"int8", [](const Workbench& bench) { return bench.int8(); }},
    {"int8, min-max", [](const Workbench& bench) { return estimated(bench, quant::RangeEstimator::MinMax); }},
    {"int8, moving average",
     [](const Workbench& bench) { return estimated(bench, quant::RangeEstimator::MovingAverage); }},
    {"int8, percentile", [](const Workbench& bench) { return estimated(bench, quant::RangeEstimator::Percentile); }},
    {"int8, 256 samples", [](const Workbench& bench) { return calibrated_on(bench, 256, 1); }},
    {"int8, 128 samples", [](const Workbench& bench) { return calibrated_on(bench, 128, 2); }},
    {"int8, 128 other samples", [](const Workbench& bench) { return calibrated_on(bench, 128, 3); }},
    {"int8, uint8 io", [](const Workbench& bench) { return bench.int8({.io = quant::Io::UInt8}); }},
    {"int8, float32 io", [](const Workbench& bench) { return bench.int8({.io = quant::Io::Float32}); }},
    {"int8 pixels", [](const Workbench& bench) { return bench.int8({.io = quant::Io::Int8Pixels}); }},
    {"int8 per tensor",
     [](const Workbench& bench) {
       return layered(bench, {.granularity = quant::Granularity::PerTensor}, quant::Io::Int8);
     }},
    {"int16x8",
     [](const Workbench& bench) { return layered(bench, {.activations = quant::Arithmetic::Int16}, quant::Io::Int8); }},
    {"weight-only",
     [](const Workbench& bench) {
       return layered(bench, {.activations = quant::Arithmetic::Float32}, quant::Io::Float32);
     }},
    {"float16", [](const Workbench& bench) { return quant::quantize_float16(bench.optimized()); }},
    {"dynamic", [](const Workbench& bench) { return quant::quantize_dynamic(bench.optimized()); }},
};

}  // namespace

const std::vector<SoundWay>& sound_ways() { return kWays; }

Result<Broken> make_sound(const Workbench& bench, const SoundWay& way, Beside beside) {
  Broken sound{bench.about(NETFIT_TRY(way.make(bench))), {.done = way.name}};
  if (beside == Beside::Nothing) {
    sound.subject.reference.reset();
    sound.truth.done += ", alone";
  }
  return sound;
}

}  // namespace netfit::gone_wrong
