// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "quant/observers/channel_statistics.h"
#include "workbench.h"

namespace netfit::gone_wrong {

/// Of every value of an optimized float graph over the workbench's samples.
Result<quant::StatisticsByValue> channel_statistics(const Workbench& bench, const ir::Graph& optimized);

/// Of one layer's result without the activation that it fuses.
Result<std::vector<quant::ChannelStatistics>> before_activation(const Workbench& bench, const ir::Graph& optimized,
                                                                ir::NodeId layer);

}  // namespace netfit::gone_wrong
