// SPDX-License-Identifier: Apache-2.0
// Reads a file in five steps, each of which may rely on the ones before: every offset lies inside the file, every
// operator is one that we know, inputs become values, operators become nodes in the file's order (which is the order of
// execution, so a cycle shows as a tensor that is read too early), and the finished graph keeps the rules of the IR.
#include <string_view>

#include "formats/tflite/import.h"
#include "formats/tflite/metadata.h"
#include "formats/tflite/operators.h"
#include "formats/tflite/tflite.h"
#include "ir/verifier.h"

namespace netfit::formats::tflite {

bool recognizes(std::span<const std::byte> bytes) {
  return bytes.size() >= 8 && flatbuffers::BufferHasIdentifier(bytes.data(), schema::ModelIdentifier());
}

Result<ir::Graph> read(std::span<const std::byte> bytes) {
  const ModelFile file = NETFIT_TRY(ModelFile::open(bytes));
  NETFIT_TRY(check_operators(file));
  Import import(file);
  NETFIT_TRY(import.add_inputs());
  NETFIT_TRY(read_operators(import));
  NETFIT_TRY(import.add_outputs());
  NETFIT_TRY(read_metadata(file, import.graph()));
  NETFIT_TRY(ir::verify(import.graph()));
  return std::move(import.graph());
}

}  // namespace netfit::formats::tflite
