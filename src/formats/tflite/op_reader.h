// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "formats/tflite/import.h"

namespace netfit::formats::tflite {

/// One operator of the file while it becomes nodes.
class OpReader {
 public:
  OpReader(Import& import, std::int32_t index) : import_(import), index_(index) {}

  Import& import() { return import_; }
  const schema::Operator& op() const {
    return *import_.file().subgraph().operators()->Get(static_cast<flatbuffers::uoffset_t>(index_));
  }

  /// An optional input may be cut off the list or -1.
  std::size_t input_count() const { return elements(op().inputs()).size(); }
  bool has_input(std::size_t i) const { return i < input_count() && elements(op().inputs())[i] != -1; }
  Result<void> expect_inputs(std::size_t least, std::size_t most) const;

  /// Input `i` as a value of the graph.
  Result<ir::ValueId> input(std::size_t i);
  /// Input `i` as elements known at import; `what` names them in the failure.
  Result<Tensor> constant(std::size_t i, std::string_view what);
  /// The same, as integers.
  Result<std::vector<std::int64_t>> integers(std::size_t i, std::string_view what);
  const Shape& shape(ir::ValueId id) { return import_.graph().value(id).shape; }

  std::int32_t input_index(std::size_t i) const { return elements(op().inputs())[i]; }
  std::int32_t output_index() const { return elements(op().outputs())[0]; }

  /// The options table; fails unless it is there and of that kind.
  template <typename T>
  Result<const T*> options() const;
  /// The same, but nullptr where the operator has none.
  template <typename T>
  Result<const T*> optional_options() const;

  /// Adds the node that gives the operator's result.
  Result<void> emit(const ir::OpSpec& op, std::vector<ir::ValueId> inputs, ir::Attrs attrs = {});
  /// Adds a node before it, whose result means the same as `like`.
  Result<ir::ValueId> emit_before(const ir::OpSpec& op, ir::ValueId like, ir::Attrs attrs);
  /// The result is known already.
  Result<void> fold(Tensor elements) { return import_.fold(output_index(), std::move(elements)); }

 private:
  std::string result_name() const;
  base::Failure wrong_options(schema::BuiltinOptions wanted) const;

  Import& import_;
  std::int32_t index_;
};

template <typename T>
Result<const T*> OpReader::options() const {
  const T* found = op().builtin_options_as<T>();
  if (found == nullptr) return wrong_options(schema::BuiltinOptionsTraits<T>::enum_value);
  return found;
}

template <typename T>
Result<const T*> OpReader::optional_options() const {
  if (op().builtin_options_type() == schema::BuiltinOptions::NONE) return nullptr;
  return options<T>();
}

/// An axis that may count from the end, as one in [0, rank).
Result<std::int64_t> normal_axis(std::int64_t axis, int rank);

}  // namespace netfit::formats::tflite
