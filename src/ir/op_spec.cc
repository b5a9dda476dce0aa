// SPDX-License-Identifier: Apache-2.0
#include "ir/op_spec.h"

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::ir {

Work count_work(const NodeView& node) {
  Work work;
  if (node.op().macs != nullptr) work.macs = node.op().macs(node);
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (!node.has_input(i)) continue;
    work.bytes_read += tensor::bytes_for(node.input(i).dtype, node.input(i).shape.element_count());
  }
  for (std::size_t i = 0; i < node.node().outputs.size(); ++i) {
    work.bytes_written += tensor::bytes_for(node.output(i).dtype, node.output(i).shape.element_count());
  }
  return work;
}

std::string describe(const NodeView& node) {
  return fmt::format("{} '{}'", node.op().name, base::printable(node.node().name));
}

}  // namespace netfit::ir
