// SPDX-License-Identifier: Apache-2.0
#include "exec/xnnpack/operator_step.h"

#include <fmt/format.h>

#include "exec/xnnpack/operators.h"

namespace netfit::exec::xnnpack {

std::string version() { return "2022-02-16"; }

Result<void> initialize() { return check(xnn_initialize(nullptr), "start"); }

Result<void> check(xnn_status status, std::string_view what) {
  if (status == xnn_status_success) return {};
  return bad_input(fmt::format("XNNPACK cannot {} (status {})", what, static_cast<int>(status)));
}

Result<std::unique_ptr<Step>> finish(xnn_status status, xnn_operator_t op, OperatorStep::Setup setup) {
  if (is_unsupported(status)) return nullptr;
  NETFIT_TRY(check(status, "create an operator"));
  return std::make_unique<OperatorStep>(op, std::move(setup));
}

}  // namespace netfit::exec::xnnpack
