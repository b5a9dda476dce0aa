// SPDX-License-Identifier: Apache-2.0
#include "injector.h"

#include <array>

#include "faults/faults.h"

namespace netfit::gone_wrong {
namespace {

using diagnose::FaultKind;

bool always(const Workbench&) { return true; }

constexpr std::array kInjectors{
    Injector{FaultKind::InputCast, always, cast_input},
    Injector{FaultKind::OutputMisread, always, misread_output},
    Injector{FaultKind::Preprocessing, always, preprocess_otherwise},
    Injector{FaultKind::PreprocessedTwice, has_own_preprocessing, preprocess_twice},
    Injector{FaultKind::ColorOrder, always, swap_colors},
    Injector{FaultKind::ClassOrder, always, permute_classes},
    Injector{FaultKind::StaleBatchNorm, always, make_batch_norms_stale},
    Injector{FaultKind::BatchNormFold, always, fold_wrongly},
    Injector{FaultKind::ClampLost, has_relu6, lose_clamp},
    Injector{FaultKind::KernelLayout, always, exchange_axes},
    Injector{FaultKind::BiasLost, always, lose_bias},
    Injector{FaultKind::BadCalibration, always, calibrate_badly},
    Injector{FaultKind::OutlierRange, always, widen_range},
    Injector{FaultKind::NarrowRange, always, narrow_range},
    Injector{FaultKind::WrongZeroPoint, always, shift_zero_point},
    Injector{FaultKind::PerTensorWeights, always, quantize_per_tensor},
    Injector{FaultKind::WrongChannelScales, always, exchange_scales},
    Injector{FaultKind::TinyChannelScale, always, make_scale_tiny},
    Injector{FaultKind::ResidualSpread, always, spread_residual_groups},
    Injector{FaultKind::ChannelSpread, always, spread_channels},
    Injector{FaultKind::TooFewBits, always, take_bits},
};

}  // namespace

std::span<const Injector> injectors() { return kInjectors; }

Result<Broken> inject(const Injector& injector, const Workbench& bench, std::uint64_t seed) {
  // Faults of one seed would otherwise all choose the same layer.
  Draw draw(seed * 1000 + static_cast<std::uint64_t>(injector.kind));
  draw.next();
  Broken broken = NETFIT_TRY(injector.inject(bench, draw));
  broken.truth.kind = injector.kind;
  return broken;
}

}  // namespace netfit::gone_wrong
