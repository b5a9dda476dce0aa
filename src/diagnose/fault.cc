// SPDX-License-Identifier: Apache-2.0
#include "diagnose/fault.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace netfit::diagnose {
namespace {

constexpr std::array kCatalog{
    FaultEntry{FaultKind::Healthy, "healthy", "nothing that can be measured is wrong", "nothing to do", false},
    FaultEntry{FaultKind::InputCast, "input-cast", "floats or raw pixels are cast into the integer input",
               "put round(x / scale) + zero point into the input, with the file's own scale and zero point", false},
    FaultEntry{FaultKind::OutputMisread, "output-misread", "signed results are read as unsigned, or the reverse",
               "read the output in the type that the file declares", false},
    FaultEntry{FaultKind::Preprocessing, "preprocessing", "pixels are scaled or shifted otherwise than in training",
               "use the scale, mean and std of training", true},
    FaultEntry{FaultKind::PreprocessedTwice, "preprocessed-twice", "the harness and the file both preprocess",
               "feed the file raw pixels, or take the preprocessing out of the file", true},
    FaultEntry{FaultKind::ColorOrder, "color-order", "red and blue are exchanged", "feed RGB where it was trained on",
               true},
    FaultEntry{FaultKind::ClassOrder, "class-order", "outputs and labels are in different orders",
               "use the class names of training, in their order", false},
    FaultEntry{FaultKind::StaleBatchNorm, "stale-batch-norm", "batch-norm statistics are not those of the data",
               "estimate them anew on training samples before folding", true},
    FaultEntry{FaultKind::BatchNormFold, "batch-norm-fold", "a batch norm is folded twice, not at all, or wrongly",
               "fold every batch norm once, with its own epsilon", true},
    FaultEntry{FaultKind::ClampLost, "clamp-lost", "a relu6 no longer clamps at 0 and 6", "restore the clamp", true},
    FaultEntry{FaultKind::KernelLayout, "kernel-layout", "axes or channels of weights are exchanged",
               "convert the weights with the right layout", true},
    FaultEntry{FaultKind::BiasLost, "bias-lost", "a bias is missing or in wrong units",
               "store biases in units of data scale times weight scale", true},
    FaultEntry{FaultKind::BadCalibration, "bad-calibration", "ranges come from data of another kind",
               "calibrate on training samples with the deployed preprocessing", true},
    FaultEntry{FaultKind::OutlierRange, "outlier-range", "a rare spike sets the range of a tensor",
               "estimate that range by mse or percentile", true},
    FaultEntry{FaultKind::NarrowRange, "narrow-range", "a tensor's range ends before its values do",
               "calibrate until ranges have settled, or start them from a calibration", true},
    FaultEntry{FaultKind::WrongZeroPoint, "wrong-zero-point", "a tensor's zero point is off",
               "store the zero point of the tensor's own range", true},
    FaultEntry{FaultKind::PerTensorWeights, "per-tensor-weights", "one scale serves channels of very unequal size",
               "quantize weights per channel, or equalize first", true},
    FaultEntry{FaultKind::WrongChannelScales, "wrong-channel-scales", "channel scales belong to other channels",
               "index scales by output channel", true},
    FaultEntry{FaultKind::TinyChannelScale, "tiny-channel-scale", "a bias leaves 32 bits because its scale is tiny",
               "raise the scale of channels whose weights are almost zero", true},
    FaultEntry{FaultKind::ResidualSpread, "residual-spread", "channels of a residual group are of very unequal size",
               "equalize the group", true},
    FaultEntry{FaultKind::ChannelSpread, "channel-spread", "channels between two layers are of very unequal size",
               "equalize the layers", true},
    FaultEntry{FaultKind::TooFewBits, "too-few-bits", "all is right, the precision does not suffice",
               "learn the rounding, or give the worst layers more bits", true},
    FaultEntry{FaultKind::Unknown, "unknown", "something is wrong that no detector explains",
               "look at the worst tensors that compare lists", false},
};

}  // namespace

std::span<const FaultEntry> fault_catalog() { return kCatalog; }

const FaultEntry& entry(FaultKind kind) {
  const auto found = std::ranges::find(kCatalog, kind, &FaultEntry::kind);
  NETFIT_CHECK(found != kCatalog.end());
  return *found;
}

std::optional<FaultKind> find_fault(std::string_view name) {
  const auto found = std::ranges::find(kCatalog, name, &FaultEntry::name);
  if (found == kCatalog.end()) return std::nullopt;
  return found->kind;
}

}  // namespace netfit::diagnose
