// SPDX-License-Identifier: Apache-2.0
#include "formats/tflite/model_file.h"

#include <cstring>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::formats::tflite {
namespace {

// A flatbuffer's offsets are 32 bits wide, and the library refuses more than 2 GiB.
constexpr std::size_t kMostBytes = (std::size_t{1} << 31) - 1;
// Vectors may share elements, so a small file can claim many; these are far above any network.
constexpr std::size_t kMostTensors = std::size_t{1} << 16;
constexpr flatbuffers::uoffset_t kMostTables = 1U << 20;
constexpr int kDeepest = 16;
constexpr std::size_t kAlignment = 16;
constexpr std::uint32_t kVersion = 3;

Result<void> check_head(std::span<const std::byte> bytes) {
  if (bytes.size() < 8) return bad_input(fmt::format("the file has {} bytes, too few for a header", bytes.size()));
  if (bytes.size() > kMostBytes) {
    return bad_input(fmt::format("the file has {} bytes (allowed: {})", bytes.size(), kMostBytes));
  }
  const std::string_view identifier(reinterpret_cast<const char*>(bytes.data()) + 4, 4);
  if (identifier != schema::ModelIdentifier()) {
    return bad_input(fmt::format("the file identifier is '{}' (allowed: '{}')", base::printable(identifier),
                                 schema::ModelIdentifier()));
  }
  return {};
}

Result<void> check_model(const schema::Model& model) {
  if (model.version() != kVersion) {
    return bad_input(fmt::format("the schema version is {} (allowed: {})", model.version(), kVersion));
  }
  const std::size_t subgraphs = model.subgraphs() == nullptr ? 0 : model.subgraphs()->size();
  if (subgraphs != 1) {
    return bad_input(fmt::format("the file has {} subgraphs (allowed: 1, without control flow)", subgraphs));
  }
  const schema::SubGraph& subgraph = *model.subgraphs()->Get(0);
  if (size(subgraph.tensors()) > kMostTensors || size(subgraph.operators()) > kMostTensors) {
    return bad_input(fmt::format("the file has {} tensors and {} operators (allowed: {} of each)",
                                 size(subgraph.tensors()), size(subgraph.operators()), kMostTensors));
  }
  return {};
}

}  // namespace

Result<ModelFile> ModelFile::open(std::span<const std::byte> bytes) {
  NETFIT_TRY(check_head(bytes));
  ModelFile file;
  file.bytes_ = bytes;
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % kAlignment != 0) {
    file.copy_.assign(bytes.begin(), bytes.end());
    file.bytes_ = file.copy_;
  }
  const auto* data = reinterpret_cast<const std::uint8_t*>(file.bytes_.data());
  flatbuffers::Verifier verifier(data, bytes.size(), kDeepest, kMostTables);
  if (!schema::VerifyModelBuffer(verifier)) {
    return bad_input(
        fmt::format("the file is damaged: a table in its {} bytes is cut off or points outside", bytes.size()));
  }
  file.model_ = schema::GetModel(data);
  NETFIT_TRY(check_model(*file.model_));
  return file;
}

Result<std::span<const std::byte>> ModelFile::buffer(std::uint32_t index) const {
  if (index >= size(model_->buffers())) {
    return bad_input(fmt::format("buffer {} does not exist (the file has {})", index, size(model_->buffers())));
  }
  const schema::Buffer& buffer = *model_->buffers()->Get(index);
  if (buffer.offset() != 0 || buffer.size() != 0) {
    return bad_input(fmt::format("buffer {} lies outside the flatbuffer, which is not supported", index));
  }
  const std::span<const std::uint8_t> data = elements(buffer.data());
  return std::as_bytes(data);
}

Result<std::optional<std::span<const std::byte>>> ModelFile::metadata(std::string_view name) const {
  if (model_->metadata() == nullptr) return std::nullopt;
  for (const schema::Metadata* entry : *model_->metadata()) {
    if (text(entry->name()) == name)
      return NETFIT_TRY(located(buffer(entry->buffer()), fmt::format("metadata '{}'", name)));
  }
  return std::nullopt;
}

}  // namespace netfit::formats::tflite
