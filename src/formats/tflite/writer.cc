// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/diagnostics.h"
#include "formats/preprocessing_json.h"
#include "formats/tflite/labels_zip.h"
#include "formats/tflite/metadata.h"
#include "formats/tflite/node_writer.h"
#include "formats/tflite/tflite.h"
#include "ir/absent_weights.h"

namespace netfit::formats::tflite {
namespace {

// Offsets in the file are 32 bits wide, signed on some paths; what is not constants is small.
constexpr std::int64_t kMostConstantBytes = std::int64_t{2000} << 20;

Result<void> check_size(const ir::Graph& graph) {
  std::int64_t bytes = 0;
  for (const ir::ValueId id : graph.values()) {
    if (graph.value(id).is_constant()) bytes += graph.value(id).constant->byte_count();
  }
  if (bytes <= kMostConstantBytes) return {};
  return bad_input(
      fmt::format("the constants take {} bytes, a .tflite file holds at most {}", bytes, kMostConstantBytes));
}

Result<void> check_types(const ir::Graph& graph) {
  Diagnostics faults;
  for (const ir::ValueId id : graph.values()) {
    if (graph.value(id).dtype != DType::Bool) continue;
    faults.error(fmt::format("value '{}'", graph.value(id).name), "tensors of type bool are not supported");
  }
  return faults.result();
}

void add_metadata(const ir::Graph& graph, const std::optional<MakingRecord>& making, FileBuilder& builder) {
  // Runtimes read 16 bytes, padded with zeros.
  std::string release(builder.release());
  release.resize(16, '\0');
  builder.add_metadata("min_runtime_version", base::as_bytes(release));
  const base::Bytes described = public_metadata(graph);
  if (!described.empty()) builder.add_metadata(kMetadataEntry, described);
  const std::string record = preprocessing_json(graph);
  if (!record.empty()) builder.add_metadata(kPreprocessingKey, base::as_bytes(record));
  if (making) builder.add_metadata(kMakingKey, base::as_bytes(making_record_json(*making)));
}

}  // namespace

Result<base::Bytes> write(const ir::Graph& graph, const std::optional<MakingRecord>& record) {
  NETFIT_TRY(ir::require_weights(graph));
  NETFIT_TRY(check_size(graph));
  NETFIT_TRY(check_types(graph));
  const std::string labels = NETFIT_TRY(labels_text(graph));

  FileBuilder builder;
  TensorMap tensors(graph, builder);
  std::vector<std::int32_t> inputs;
  for (const ir::GraphInput& input : graph.inputs) inputs.push_back(tensors[input.value]);
  Diagnostics faults;
  for (const ir::NodeId id : graph.order()) {
    NodeWriter writer(graph, id, builder, tensors);
    const Result<void> written = write_node(writer);
    if (!written) faults.error(ir::describe(writer.view()), written.error().what());
  }
  NETFIT_TRY(faults.result());
  std::vector<std::int32_t> outputs;
  for (const ir::GraphOutput& output : graph.outputs) outputs.push_back(tensors[output.value]);

  add_metadata(graph, record, builder);
  base::Bytes file = builder.finish(graph.name, inputs, outputs);
  if (!labels.empty()) append_member(file, kLabelsFile, labels);
  return file;
}

}  // namespace netfit::formats::tflite
