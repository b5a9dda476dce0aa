// SPDX-License-Identifier: Apache-2.0
#include "formats/catalog.h"

#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "formats/ncnn/ncnn.h"
#include "formats/onnx/label_nodes.h"
#include "formats/onnx/onnx.h"
#include "formats/tflite/label_nodes.h"
#include "formats/tflite/tflite.h"

namespace netfit::formats {
namespace {

// Sorted by name, one line each. ONNX files have no magic number, so formats that have one are asked first: see read().
constexpr std::array kFormats{
    Format{"ncnn", ".param", &ncnn::recognizes, &ncnn::read, nullptr, nullptr, "", nullptr},
    Format{"onnx", ".onnx", &onnx::recognizes, &onnx::read, &onnx::write, &onnx::read_record,
           "ONNX Runtime 1.32 on x86-64", &onnx::label_nodes},
    Format{"tflite", ".tflite", &tflite::recognizes, &tflite::read, &tflite::write, &tflite::read_record, "LiteRT",
           &tflite::label_nodes},
};

bool can_be_read(const Format& /*format*/) { return true; }
bool can_be_written(const Format& format) { return format.writer != nullptr; }

std::string extensions(bool (*fits)(const Format&)) {
  std::vector<std::string> found;
  for (const Format& format : kFormats) {
    if (fits(format)) found.emplace_back(format.extension);
  }
  return base::join(found, ", ");
}

// The format that the file name's extension stands for, among those that fit.
const Format* find_format(const std::filesystem::path& path, bool (*fits)(const Format&)) {
  const std::string extension = path.extension().string();
  for (const Format& format : kFormats) {
    if (fits(format) && format.extension == extension) return &format;
  }
  return nullptr;
}

}  // namespace

std::span<const Format> formats() { return kFormats; }

Result<const Format*> format_for(const std::filesystem::path& path) {
  if (const Format* format = find_format(path, &can_be_written)) return format;
  return bad_input(fmt::format("the file name '{}' has no known extension (allowed: {})", path.string(),
                               extensions(&can_be_written)));
}

Result<ir::Graph> read(std::span<const std::byte> bytes, const std::filesystem::path& path) {
  const std::string context = fmt::format("while importing '{}'", path.string());
  for (const Format& format : kFormats) {
    if (format.recognizes(bytes)) return with_context(located(format.read(bytes), path.string()), context);
  }
  // A damaged file is not recognized; its name says which reader can tell best what is wrong.
  if (const Format* format = find_format(path, &can_be_read)) {
    return with_context(located(format->read(bytes), path.string()), context);
  }
  return bad_input(fmt::format("'{}' is of unknown format (allowed: {})", path.string(), extensions(&can_be_read)));
}

}  // namespace netfit::formats
