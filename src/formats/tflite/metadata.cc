// SPDX-License-Identifier: Apache-2.0
#include "formats/tflite/metadata.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "formats/preprocessing_json.h"
#include "formats/tflite/labels_zip.h"
#include "formats/tflite/metadata_generated.h"
#include "formats/tflite/tflite.h"

namespace netfit::formats::tflite {
namespace {

constexpr std::size_t kMostClasses = 100'000;

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Fields that another tool filled in may be absent.
const metadata::NormalizationOptions* normalization_of(const metadata::TensorMetadata& tensor) {
  if (tensor.process_units() == nullptr) return nullptr;
  for (const metadata::ProcessUnit* unit : *tensor.process_units()) {
    const auto* normalization = unit->options_as_NormalizationOptions();
    if (normalization != nullptr) return normalization;
  }
  return nullptr;
}

Result<void> apply_normalization(const metadata::NormalizationOptions& options, ir::Graph& graph,
                                 ir::GraphInput& input) {
  const std::span<const float> mean = elements(options.mean());
  const std::span<const float> std = elements(options.std());
  const ir::Preprocessing preprocessing{
      .scale = 1.0F, .mean = {mean.begin(), mean.end()}, .std = {std.begin(), std.end()}};
  NETFIT_TRY(check_preprocessing(preprocessing, graph.value(input.value).shape));
  input.preprocessing = preprocessing;
  return {};
}

Result<void> apply_inputs(const metadata::SubGraphMetadata& subgraph, ir::Graph& graph) {
  const auto* tensors = subgraph.input_tensor_metadata();
  if (tensors == nullptr) return {};
  const std::size_t count = std::min<std::size_t>(tensors->size(), graph.inputs.size());
  for (std::size_t i = 0; i < count; ++i) {
    ir::GraphInput& input = graph.inputs[i];
    const auto* options = normalization_of(*tensors->Get(static_cast<flatbuffers::uoffset_t>(i)));
    if (options != nullptr && !input.preprocessing) NETFIT_TRY(apply_normalization(*options, graph, input));
  }
  return {};
}

std::optional<std::string_view> labels_name(const metadata::SubGraphMetadata& subgraph) {
  if (subgraph.output_tensor_metadata() == nullptr) return std::nullopt;
  for (const metadata::TensorMetadata* tensor : *subgraph.output_tensor_metadata()) {
    if (tensor->associated_files() == nullptr) continue;
    for (const metadata::AssociatedFile* file : *tensor->associated_files()) {
      if (file->type() == metadata::AssociatedFileType::TENSOR_AXIS_LABELS) return text(file->name());
    }
  }
  return std::nullopt;
}

Result<std::vector<std::string>> split_labels(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (static_cast<std::size_t>(std::ranges::count(text, '\n')) >= kMostClasses) {
    return bad_input(fmt::format("there are more than {} class names", kMostClasses));
  }
  if (text.empty()) return std::vector<std::string>();
  std::vector<std::string> names = base::split(text, '\n');
  for (std::string& name : names) {
    if (name.ends_with('\r')) name.pop_back();
  }
  return names;
}

Result<void> apply_public(const ModelFile& file, std::span<const std::byte> bytes, ir::Graph& graph) {
  // The entry's own alignment is not promised, so it is read from an aligned copy.
  const base::Bytes copy(bytes.begin(), bytes.end());
  const auto* data = reinterpret_cast<const std::uint8_t*>(copy.data());
  flatbuffers::Verifier verifier(data, copy.size(), 16, 1U << 16);
  if (!metadata::VerifyModelMetadataBuffer(verifier)) return bad_input("the entry is damaged");
  const auto* subgraphs = metadata::GetModelMetadata(data)->subgraph_metadata();
  if (subgraphs == nullptr || subgraphs->size() == 0) return {};
  NETFIT_TRY(apply_inputs(*subgraphs->Get(0), graph));
  const std::optional<std::string_view> labels = labels_name(*subgraphs->Get(0));
  if (!labels) return {};
  const std::string text = NETFIT_TRY(read_member(file.bytes(), *labels));
  graph.class_names = NETFIT_TRY(split_labels(text));
  return {};
}

}  // namespace

Result<void> read_metadata(const ModelFile& file, ir::Graph& graph) {
  const auto record = NETFIT_TRY(file.metadata(kPreprocessingKey));
  if (record) NETFIT_TRY(apply_preprocessing_json(graph, as_text(*record)));
  const auto described = NETFIT_TRY(file.metadata(kMetadataEntry));
  if (!described) return {};
  return located(apply_public(file, *described, graph), fmt::format("metadata '{}'", kMetadataEntry));
}

Result<std::optional<MakingRecord>> read_record(std::span<const std::byte> bytes) {
  const ModelFile file = NETFIT_TRY(ModelFile::open(bytes));
  const auto text = NETFIT_TRY(file.metadata(kMakingKey));
  if (!text) return std::nullopt;
  return NETFIT_TRY(parse_making_record(as_text(*text)));
}

}  // namespace netfit::formats::tflite
