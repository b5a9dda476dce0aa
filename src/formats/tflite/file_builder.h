// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "formats/tflite/schema_generated.h"
#include "ir/graph.h"

namespace netfit::formats::tflite {

/// An operator as the file will hold it; tensors by their index.
struct OperatorRecord {
  schema::BuiltinOperator code = schema::BuiltinOperator::ADD;
  int version = 1;
  std::vector<std::int32_t> inputs;
  std::vector<std::int32_t> outputs;
  schema::BuiltinOptions options_type = schema::BuiltinOptions::NONE;
  flatbuffers::Offset<void> options;
};

/// Whether a runtime may resize the first dimension.
enum class Batch : std::uint8_t { Fixed, Open };

/// A file in the making. Equal vectors (zero points, shapes, scales) and equal buffers are written once, and all tables
/// point to the one: per-channel zero points alone would be a fifth of a small int8 file.
class FileBuilder {
 public:
  FileBuilder();

  flatbuffers::FlatBufferBuilder& flatbuffer() { return fbb_; }

  /// Adds a tensor and returns its index. A constant's first dimension is no batch.
  std::int32_t add_tensor(const ir::Value& value, Batch batch = Batch::Open);
  /// A list of integers, as shapes, axes and paddings are given.
  std::int32_t add_integers(std::string name, std::vector<std::int32_t> elements, Shape shape);

  void add_operator(const OperatorRecord& record);
  /// The first TensorFlow release that runs all operators added so far, e.g. "1.14.0"; empty without operators.
  std::string_view release() const;
  void add_metadata(std::string_view name, std::span<const std::byte> bytes);

  flatbuffers::Offset<flatbuffers::Vector<std::int32_t>> integers(std::span<const std::int32_t> elements);

  /// The whole flatbuffer.
  base::Bytes finish(std::string_view name, const std::vector<std::int32_t>& inputs,
                     const std::vector<std::int32_t>& outputs);

 private:
  template <typename T>
  flatbuffers::Offset<flatbuffers::Vector<T>> shared(std::span<const T> elements);
  flatbuffers::Offset<schema::QuantizationParameters> quantization(const QuantParams& quant);
  std::uint32_t add_buffer(std::span<const std::byte> bytes);
  std::uint32_t opcode(schema::BuiltinOperator code, int version);

  flatbuffers::FlatBufferBuilder fbb_;
  std::vector<flatbuffers::Offset<schema::Buffer>> buffers_;
  std::vector<flatbuffers::Offset<schema::Tensor>> tensors_;
  std::vector<flatbuffers::Offset<schema::Operator>> operators_;
  std::vector<flatbuffers::Offset<schema::Metadata>> metadata_;
  std::vector<std::pair<schema::BuiltinOperator, int>> opcodes_;
  bool has_int4_ = false;
  std::map<std::string, std::uint32_t, std::less<>> buffer_index_;
  // By element size and bytes: vectors of floats and of integers with the same bits are the same bytes.
  std::map<std::pair<std::size_t, std::string>, flatbuffers::uoffset_t> vectors_;
  std::map<std::pair<flatbuffers::uoffset_t, std::pair<flatbuffers::uoffset_t, int>>,
           flatbuffers::Offset<schema::QuantizationParameters>>
      quantizations_;
};

}  // namespace netfit::formats::tflite
