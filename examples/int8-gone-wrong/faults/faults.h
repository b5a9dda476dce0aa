// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "injector.h"

// One injector a fault. Each answers with the case and what was done to it.
namespace netfit::gone_wrong {

// harness.cc: around a sound int8 file.
Result<Broken> cast_input(const Workbench& bench, Draw& draw);
Result<Broken> misread_output(const Workbench& bench, Draw& draw);
Result<Broken> preprocess_otherwise(const Workbench& bench, Draw& draw);
Result<Broken> preprocess_twice(const Workbench& bench, Draw& draw);
Result<Broken> swap_colors(const Workbench& bench, Draw& draw);
Result<Broken> permute_classes(const Workbench& bench, Draw& draw);
bool has_own_preprocessing(const Workbench& bench);  ///< that does more than to take pixels

// batch_norms.cc
Result<Broken> make_batch_norms_stale(const Workbench& bench, Draw& draw);
Result<Broken> fold_wrongly(const Workbench& bench, Draw& draw);

// float_network.cc: a float network that is no longer the one that was trained, then quantized.
Result<Broken> lose_clamp(const Workbench& bench, Draw& draw);
Result<Broken> exchange_axes(const Workbench& bench, Draw& draw);
Result<Broken> lose_bias(const Workbench& bench, Draw& draw);
bool has_relu6(const Workbench& bench);

// ranges.cc
Result<Broken> calibrate_badly(const Workbench& bench, Draw& draw);
Result<Broken> widen_range(const Workbench& bench, Draw& draw);
Result<Broken> narrow_range(const Workbench& bench, Draw& draw);
Result<Broken> shift_zero_point(const Workbench& bench, Draw& draw);

// weights.cc
Result<Broken> quantize_per_tensor(const Workbench& bench, Draw& draw);
Result<Broken> exchange_scales(const Workbench& bench, Draw& draw);
Result<Broken> make_scale_tiny(const Workbench& bench, Draw& draw);
Result<Broken> take_bits(const Workbench& bench, Draw& draw);

// spread.cc: networks that are sound in float.
Result<Broken> spread_residual_groups(const Workbench& bench, Draw& draw);
Result<Broken> spread_channels(const Workbench& bench, Draw& draw);

}  // namespace netfit::gone_wrong
