// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <typeinfo>
#include <utility>

#include "base/check.h"

namespace netfit::ir {

/// The attributes of one node: any struct of an op family (ops/*.h), immutable and shared between copies. Which struct
/// it is follows from the node's op.
class Attrs {
 public:
  Attrs() = default;

  template <typename T>
  static Attrs of(T attrs) {
    Attrs result;
    result.held_ = std::make_shared<const T>(std::move(attrs));
    result.type_ = &typeid(T);
    return result;
  }

  /// Asking for another type than was put in is a bug.
  template <typename T>
  const T& as() const {
    NETFIT_CHECK(type_ != nullptr && *type_ == typeid(T));
    return *static_cast<const T*>(held_.get());
  }

  bool empty() const { return held_ == nullptr; }

  template <typename T>
  bool holds() const {
    return type_ != nullptr && *type_ == typeid(T);
  }

 private:
  std::shared_ptr<const void> held_;
  const std::type_info* type_ = nullptr;
};

}  // namespace netfit::ir
