// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "formats/tflite/model_file.h"
#include "ir/builder.h"

namespace netfit::formats::tflite {

/// A file becoming a graph: which of the file's tensors are values already. Constants enter the graph when the first
/// operator reads them, so those that only shape arithmetic uses never do.
class Import {
 public:
  explicit Import(const ModelFile& file);

  const ModelFile& file() const { return file_; }
  ir::Graph& graph() { return graph_; }
  ir::Builder& builder() { return builder_; }

  /// Declares the graph's inputs, before any operator; its outputs, after all of them.
  Result<void> add_inputs();
  Result<void> add_outputs();

  /// Fails on an index that does not exist.
  Result<const schema::Tensor*> tensor(std::int32_t index) const;

  /// The tensor as a value: one that was produced already, or a constant.
  Result<ir::ValueId> value(std::int32_t index);

  /// The elements of a tensor that are known now, from the file or by folding; absent for activations.
  Result<std::optional<Tensor>> known(std::int32_t index);

  /// Says that the tensor is `value`; fails if something else is already.
  Result<void> produce(std::int32_t index, ir::ValueId value);
  /// Says that the tensor is a constant with these elements.
  Result<void> fold(std::int32_t index, Tensor elements);
  /// Says what the elements of a produced tensor are, for operators that must know them at import.
  void set_known(std::int32_t index, Tensor elements);

  /// Type and quantization that the file declares for the tensor.
  Result<DType> dtype(std::int32_t index) const;
  Result<std::optional<QuantParams>> quant(std::int32_t index, const Shape& shape);
  /// Fails unless the file's declared type and shape are those given; a dimension declared as dynamic fits any.
  Result<void> check_declared(std::int32_t index, DType dtype, const Shape& shape) const;

  /// Accounts for elements that need more memory than they have in the file. Tables may share what they point to, so
  /// without a limit a small file could fill the memory.
  Result<void> spend(std::size_t elements);

 private:
  struct Entry {
    ir::ValueId value;
    std::optional<Tensor> folded;
  };

  Result<void> add_input(std::int32_t index);
  Result<std::optional<Tensor>> stored(std::int32_t index);
  Result<Tensor> shared_tensor(DType dtype, Shape shape, std::span<const std::byte> bytes);

  const ModelFile& file_;
  ir::Graph graph_;
  ir::Builder builder_;
  std::vector<Entry> entries_;
  // Tensors that point to the same bytes share them in memory too.
  std::map<std::pair<const std::byte*, DType>, Tensor> loaded_;
  std::size_t budget_;
};

/// "tensor 7 'conv/weights'": how messages name a tensor of the file.
std::string describe(std::int32_t index, const schema::Tensor& tensor);

/// The name of a tensor's value, cut to a sane length.
std::string value_name(const schema::Tensor& tensor);

}  // namespace netfit::formats::tflite
