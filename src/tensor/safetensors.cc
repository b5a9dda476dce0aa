// SPDX-License-Identifier: Apache-2.0
// Eight bytes of length, a JSON object that gives type, shape and place of each tensor, then the elements.
#include "tensor/safetensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"

namespace netfit::tensor {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kLongestHeader = 16 * 1024 * 1024;
constexpr std::array kTypes{std::pair{DType::Float32, "F32"}, std::pair{DType::Float16, "F16"},
                            std::pair{DType::UInt8, "U8"}, std::pair{DType::Int64, "I64"}};
constexpr const char* kMetadata = "__metadata__";

Result<DType> find_type(const std::string& word) {
  for (const auto& [dtype, known] : kTypes) {
    if (word == known) return dtype;
  }
  return bad_input(fmt::format("type '{}' is not supported (allowed: F32, F16, U8, I64)", base::printable(word, 20)));
}

const char* word_of(DType dtype) {
  for (const auto& [known, word] : kTypes) {
    if (dtype == known) return word;
  }
  NETFIT_UNREACHABLE();
}

Result<Json> read_header(std::span<const std::byte> bytes, std::size_t& end) {
  std::uint64_t length = 0;
  if (bytes.size() >= kLengthBytes) std::memcpy(&length, bytes.data(), kLengthBytes);
  if (bytes.size() < kLengthBytes || length > kLongestHeader || length > bytes.size() - kLengthBytes)
    return bad_input("is not a .safetensors file: its header is cut off");
  end = kLengthBytes + static_cast<std::size_t>(length);
  const char* text = reinterpret_cast<const char*>(bytes.data()) + kLengthBytes;
  Json header = Json::parse(text, text + length, nullptr, false);
  if (!header.is_object()) return bad_input("is not a .safetensors file: its header is not a JSON object");
  return header;
}

Result<Tensor> read_tensor(const Json& entry, std::span<const std::byte> elements) {
  const bool formed = entry.is_object() && entry.contains("dtype") && entry["dtype"].is_string() &&
                      entry.contains("shape") && entry["shape"].is_array() && entry.contains("data_offsets") &&
                      entry["data_offsets"].is_array() && entry["data_offsets"].size() == 2;
  if (!formed) return bad_input("has no type, shape and place");
  std::vector<std::int64_t> dims;
  for (const Json& dim : entry["shape"]) {
    if (!dim.is_number_unsigned()) return bad_input("has a shape that is not of whole numbers");
    dims.push_back(static_cast<std::int64_t>(std::min<std::uint64_t>(dim.get<std::uint64_t>(), 1ULL << 40)));
  }
  for (const Json& offset : entry["data_offsets"]) {
    if (!offset.is_number_unsigned()) return bad_input("has a place that is not of whole numbers");
  }
  const auto begin = entry["data_offsets"][0].get<std::uint64_t>();
  const auto end = entry["data_offsets"][1].get<std::uint64_t>();
  if (begin > end || end > elements.size()) return bad_input("lies outside the file");
  const DType dtype = NETFIT_TRY(find_type(entry["dtype"].get<std::string>()));
  Shape shape = NETFIT_TRY(Shape::create(dims));
  return Tensor::from_bytes(dtype, std::move(shape), elements.subspan(begin, end - begin));
}

Result<Safetensors> parse(std::span<const std::byte> bytes) {
  std::size_t end = 0;
  const Json header = NETFIT_TRY(read_header(bytes, end));
  Safetensors contents;
  for (const auto& [name, entry] : header.items()) {
    if (name != kMetadata) {
      contents.tensors[name] = NETFIT_TRY(
          with_context(read_tensor(entry, bytes.subspan(end)), fmt::format("in tensor '{}'", base::printable(name))));
      continue;
    }
    if (!entry.is_object()) return bad_input("has metadata that is not a JSON object");
    for (const auto& [key, text] : entry.items()) {
      if (!text.is_string()) return bad_input("has metadata that is not text");
      contents.metadata[key] = text.get<std::string>();
    }
  }
  return contents;
}

}  // namespace

Result<void> write_safetensors(const Safetensors& contents, const std::filesystem::path& path) {
  Json header = Json::object();
  if (!contents.metadata.empty()) header[kMetadata] = contents.metadata;
  std::int64_t offset = 0;
  for (const auto& [name, tensor] : contents.tensors) {
    const std::int64_t end = offset + tensor.byte_count();
    const std::vector<std::int64_t> shape(tensor.shape().dims().begin(), tensor.shape().dims().end());
    header[name] = {{"dtype", word_of(tensor.dtype())}, {"shape", shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.resize((text.size() + kLengthBytes - 1) / kLengthBytes * kLengthBytes, ' ');  // elements begin aligned
  const std::uint64_t length = text.size();
  base::Bytes bytes(kLengthBytes);
  std::memcpy(bytes.data(), &length, kLengthBytes);
  const auto append = [&](std::span<const std::byte> more) { bytes.insert(bytes.end(), more.begin(), more.end()); };
  append(base::as_bytes(text));
  for (const auto& [name, tensor] : contents.tensors) append(tensor.bytes());
  return base::write_file(path, bytes);
}

Result<Safetensors> read_safetensors(const std::filesystem::path& path) {
  const base::Bytes bytes = NETFIT_TRY(base::read_file(path));
  return located(parse(bytes), base::printable(path.string()));
}

}  // namespace netfit::tensor
