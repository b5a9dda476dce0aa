// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "formats/onnx/node_writer.h"

namespace netfit::formats::onnx {

/// How one op is written: a row of the table.
struct OpWriter {
  const ir::OpSpec* op;
  void (*write)(NodeWriter& node);
};

/// The op's row, or nullptr.
const OpWriter* find_writer(const ir::OpSpec* op);

void write_batch_norm(NodeWriter& node);
void write_binary(NodeWriter& node);
void write_concat(NodeWriter& node);
void write_conv(NodeWriter& node);
void write_fully_connected(NodeWriter& node);
void write_hard_sigmoid(NodeWriter& node);
void write_leaky_relu(NodeWriter& node);
void write_mean(NodeWriter& node);
void write_pad(NodeWriter& node);
void write_pointwise(NodeWriter& node);
void write_pool(NodeWriter& node);
void write_requantize(NodeWriter& node);
void write_reshape(NodeWriter& node);
void write_softmax(NodeWriter& node);
void write_transpose(NodeWriter& node);

}  // namespace netfit::formats::onnx
