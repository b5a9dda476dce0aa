// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "formats/tflite/metadata.h"
#include "formats/tflite/metadata_generated.h"

namespace netfit::formats::tflite {
namespace {

using flatbuffers::Offset;
using Builder = flatbuffers::FlatBufferBuilder;

// value = (pixel * scale - mean) / std = (pixel - mean / scale) / (std / scale)
Offset<metadata::ProcessUnit> normalization(Builder& builder, const ir::Preprocessing& preprocessing) {
  const auto in_pixels = [&](std::vector<float> figures) {
    for (float& figure : figures) figure /= preprocessing.scale;
    return figures;
  };
  const auto mean = builder.CreateVector(in_pixels(preprocessing.mean));
  const auto std = builder.CreateVector(in_pixels(preprocessing.std));
  const auto options = metadata::CreateNormalizationOptions(builder, mean, std);
  return metadata::CreateProcessUnit(builder, metadata::ProcessUnitOptions::NormalizationOptions, options.Union());
}

Offset<metadata::Content> content(Builder& builder, const Shape& shape, bool is_image) {
  if (!is_image) {
    const auto properties = metadata::CreateFeatureProperties(builder);
    return metadata::CreateContent(builder, metadata::ContentProperties::FeatureProperties, properties.Union());
  }
  const auto color = shape[3] == 1 ? metadata::ColorSpaceType::GRAYSCALE : metadata::ColorSpaceType::RGB;
  const auto size =
      metadata::CreateImageSize(builder, static_cast<std::uint32_t>(shape[2]), static_cast<std::uint32_t>(shape[1]));
  const auto properties = metadata::CreateImageProperties(builder, color, size);
  return metadata::CreateContent(builder, metadata::ContentProperties::ImageProperties, properties.Union());
}

Offset<metadata::TensorMetadata> describe_input(Builder& builder, const ir::Graph& graph, const ir::GraphInput& input) {
  const ir::Value& value = graph.value(input.value);
  const bool has_channels = value.shape.rank() == 4 && (value.shape[3] == 1 || value.shape[3] == 3);
  const bool is_image = input.preprocessing.has_value() && has_channels;
  const auto name = builder.CreateString(value.name);
  const auto properties = content(builder, value.shape, is_image);
  Offset<flatbuffers::Vector<Offset<metadata::ProcessUnit>>> units;
  if (input.preprocessing) {
    const auto unit = normalization(builder, *input.preprocessing);
    units = builder.CreateVector(&unit, 1);
  }
  return metadata::CreateTensorMetadata(builder, name, 0, 0, properties, units);
}

Offset<metadata::TensorMetadata> describe_output(Builder& builder, const ir::Value& value, bool has_labels) {
  const auto name = builder.CreateString(value.name);
  const auto properties = content(builder, value.shape, false);
  Offset<flatbuffers::Vector<Offset<metadata::AssociatedFile>>> files;
  if (has_labels) {
    const auto file_name = builder.CreateString(kLabelsFile.data(), kLabelsFile.size());
    const auto description = builder.CreateString("Names of the classes, one a line.");
    const auto file = metadata::CreateAssociatedFile(builder, file_name, description,
                                                     metadata::AssociatedFileType::TENSOR_AXIS_LABELS);
    files = builder.CreateVector(&file, 1);
  }
  return metadata::CreateTensorMetadata(builder, name, 0, 0, properties, 0, 0, files);
}

}  // namespace

base::Bytes public_metadata(const ir::Graph& graph) {
  const bool has_record =
      std::ranges::any_of(graph.inputs, [](const ir::GraphInput& input) { return input.preprocessing.has_value(); });
  if (!has_record && graph.class_names.empty()) return {};
  Builder builder;
  std::vector<Offset<metadata::TensorMetadata>> inputs;
  for (const ir::GraphInput& input : graph.inputs) inputs.push_back(describe_input(builder, graph, input));
  std::vector<Offset<metadata::TensorMetadata>> outputs;
  for (const ir::GraphOutput& output : graph.outputs) {
    const bool has_labels = outputs.empty() && !graph.class_names.empty();
    outputs.push_back(describe_output(builder, graph.value(output.value), has_labels));
  }
  const auto input_vector = builder.CreateVector(inputs);
  const auto output_vector = builder.CreateVector(outputs);
  const auto subgraph = metadata::CreateSubGraphMetadata(builder, 0, 0, input_vector, output_vector);
  const auto subgraphs = builder.CreateVector(&subgraph, 1);
  const auto name = builder.CreateString(graph.name);
  const auto parser = builder.CreateString("1.0.0");
  const auto model = metadata::CreateModelMetadata(builder, name, 0, 0, subgraphs, 0, 0, 0, parser);
  metadata::FinishModelMetadataBuffer(builder, model);
  const auto* begin = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  return {begin, begin + builder.GetSize()};
}

Result<std::string> labels_text(const ir::Graph& graph) {
  std::string text;
  for (const std::string& name : graph.class_names) {
    if (name.find_first_of("\r\n") != std::string::npos) {
      return bad_input(
          fmt::format("class name '{}' has a line break, which the labels file cannot hold", base::printable(name)));
    }
    text.append(name).append("\n");
  }
  return text;
}

}  // namespace netfit::formats::tflite
