// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "formats/tflite/schema_generated.h"

namespace netfit::formats::tflite {

/// The bytes of a .tflite file whose tables, vectors and strings are known to lie inside it, and whose one subgraph is
/// there. Indices in it, shapes and lengths of tensors are still unchecked.
class ModelFile {
 public:
  /// `bytes` must outlive the result.
  static Result<ModelFile> open(std::span<const std::byte> bytes);

  const schema::Model& model() const { return *model_; }
  const schema::SubGraph& subgraph() const { return *model_->subgraphs()->Get(0); }
  std::span<const std::byte> bytes() const { return bytes_; }

  /// Contents of a buffer, empty where the file has none; fails on an index that does not exist and on data that lies
  /// outside the flatbuffer.
  Result<std::span<const std::byte>> buffer(std::uint32_t index) const;

  /// The buffer that the metadata entry of that name points to; absent if there is no entry.
  Result<std::optional<std::span<const std::byte>>> metadata(std::string_view name) const;

 private:
  ModelFile() = default;

  base::Bytes copy_;  // used only where the caller's bytes are not aligned
  std::span<const std::byte> bytes_;
  const schema::Model* model_ = nullptr;
};

/// A flatbuffers vector that may be absent, as a range; an absent one is empty.
template <typename T>
std::span<const T> elements(const flatbuffers::Vector<T>* vector) {
  if (vector == nullptr) return {};
  return {vector->data(), vector->size()};
}

template <typename T>
std::size_t size(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

inline std::string_view text(const flatbuffers::String* string) {
  return string == nullptr ? std::string_view() : std::string_view(string->data(), string->size());
}

}  // namespace netfit::formats::tflite
