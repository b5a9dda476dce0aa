// SPDX-License-Identifier: Apache-2.0
#include "formats/catalog.h"

#include <array>

#include <fmt/format.h>

#include "formats/onnx/onnx.h"
#include "formats/tflite/tflite.h"

namespace netfit::formats {
namespace {

// Sorted by name, one line each. ONNX files have no magic number, so formats that have one are asked first: see read().
constexpr std::array kFormats{
    Format{"onnx", ".onnx", &onnx::recognizes, &onnx::read, &onnx::write},
    Format{"tflite", ".tflite", &tflite::recognizes, &tflite::read, &tflite::write},
};

std::string extensions() {
  std::string text;
  for (const Format& format : kFormats) text += (text.empty() ? "" : ", ") + std::string(format.extension);
  return text;
}

}  // namespace

std::span<const Format> formats() { return kFormats; }

Result<const Format*> format_for(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  for (const Format& format : kFormats) {
    if (format.extension == extension) return &format;
  }
  return bad_input(fmt::format("the file name '{}' has no known extension (allowed: {})", path.string(), extensions()));
}

Result<ir::Graph> read(std::span<const std::byte> bytes, const std::filesystem::path& path) {
  const std::string context = fmt::format("while importing '{}'", path.string());
  for (const Format& format : kFormats) {
    if (format.recognizes(bytes)) return with_context(located(format.read(bytes), path.string()), context);
  }
  // A damaged file is not recognized; its name says which reader can tell best what is wrong.
  const Result<const Format*> named = format_for(path);
  if (!named) return bad_input(fmt::format("'{}' is of unknown format (allowed: {})", path.string(), extensions()));
  return with_context(located((*named)->read(bytes), path.string()), context);
}

}  // namespace netfit::formats
