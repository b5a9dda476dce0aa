// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/onnx.h"

namespace netfit::formats::onnx {

Result<base::Bytes> write(const ir::Graph& /*graph*/) { return bad_input("ONNX files cannot be written yet"); }

}  // namespace netfit::formats::onnx
