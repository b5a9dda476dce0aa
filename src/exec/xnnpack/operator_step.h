// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include <xnnpack.h>

#include "exec/step.h"

namespace netfit::exec::xnnpack {

Result<void> check(xnn_status status, std::string_view what);

/// XNNPACK's status for what it does not do, such as scales out of its range: the next maker may.
inline bool is_unsupported(xnn_status status) {
  return status == xnn_status_unsupported_parameter || status == xnn_status_invalid_parameter ||
         status == xnn_status_unsupported_hardware;
}

/// An operator of XNNPACK; `setup` gives it its buffers.
class OperatorStep final : public Step {
 public:
  using Setup = std::function<xnn_status(xnn_operator_t op, const StepBuffers& buffers)>;
  OperatorStep(xnn_operator_t op, Setup setup) : op_(op), setup_(std::move(setup)) {}

  Result<void> bind(StepBuffers buffers) override { return check(setup_(op_.get(), buffers), "set up an operator"); }
  Result<void> run() override { return check(xnn_run_operator(op_.get(), nullptr), "run an operator"); }

 private:
  struct Deleter {
    void operator()(xnn_operator_t op) const { xnn_delete_operator(op); }
  };
  std::unique_ptr<xnn_operator, Deleter> op_;
  Setup setup_;
};

/// The step of a freshly created operator, or nothing if XNNPACK does not do it.
Result<std::unique_ptr<Step>> finish(xnn_status status, xnn_operator_t op, OperatorStep::Setup setup);

}  // namespace netfit::exec::xnnpack
