// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/tflite/node_writer.h"

// Nodes with weights or windows as operators; the rest is in write_nodes.cc.
namespace netfit::formats::tflite {

Result<void> write_average_pool(NodeWriter& writer);
Result<void> write_conv(NodeWriter& writer);
Result<void> write_depthwise(NodeWriter& writer);
Result<void> write_fully_connected(NodeWriter& writer);
Result<void> write_max_pool(NodeWriter& writer);

}  // namespace netfit::formats::tflite
