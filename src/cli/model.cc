// SPDX-License-Identifier: Apache-2.0
#include "cli/model.h"

#include <string_view>

#include <fmt/format.h>

#include "arch/arch.h"
#include "base/text.h"
#include "cli/answers/making.h"
#include "cli/trained_model.h"
#include "formats/catalog.h"
#include "ir/absent_weights.h"
#include "ir/parser.h"
#include "passes/pipelines.h"

namespace netfit::cli {
namespace fs = std::filesystem;
namespace {

Result<base::Bytes> read_stream(std::FILE* stream) {
  base::Bytes bytes;
  std::byte block[65536];
  while (const std::size_t got = std::fread(block, 1, sizeof block, stream))
    bytes.insert(bytes.end(), block, block + got);
  if (std::ferror(stream) != 0) return bad_input("cannot read standard input");
  return bytes;
}

// The text form starts with the word graph, behind comments; no model file does.
bool is_text_form(std::string_view text) {
  while (true) {
    text = text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (!text.starts_with('#')) return text.starts_with("graph");
    text = text.substr(std::min(text.find('\n'), text.size()));
  }
}

std::string place_of(const std::string& path) { return base::printable(path == "-" ? "standard input" : path); }

// Whether the word can only be an architecture: it names one, or it has parameters and is no path.
bool is_architecture(const std::string& path) {
  std::error_code ignored;
  if (fs::exists(path, ignored)) return false;
  return arch::names_family(path) ||
         (path.find(':') != std::string::npos && path.find_first_of("./\\") > path.find(':'));
}

Result<Model> build_architecture(const std::string& spec) {
  Model model{.path = spec, .format = "arch"};
  model.name = NETFIT_TRY(arch::canonical(spec));
  model.graph = NETFIT_TRY(arch::build(spec));
  return model;
}

}  // namespace

Result<Model> load_model(const std::string& path, const Environment& environment) {
  Model model = NETFIT_TRY(load_structure(path, environment));
  NETFIT_TRY(located(ir::require_weights(model.graph), place_of(path)));
  return model;
}

Result<Model> load_structure(const std::string& path, const Environment& environment) {
  if (is_architecture(path)) return build_architecture(path);
  Model model{.path = path, .name = fs::path(path).stem().string()};
  if (path.ends_with(".safetensors")) {
    model.format = "safetensors";
    model.graph = NETFIT_TRY(load_trained(path));
    return model;
  }
  model.bytes = path == "-" ? NETFIT_TRY(read_stream(environment.in)) : NETFIT_TRY(base::read_file(path));
  const std::string_view text(reinterpret_cast<const char*>(model.bytes.data()), model.bytes.size());
  if (is_text_form(text)) {
    model.format = "text";
    model.graph = NETFIT_TRY(located(ir::parse(text), place_of(path)));
    return model;
  }
  model.graph = NETFIT_TRY(located(formats::read(model.bytes, path), place_of(path)));
  for (const formats::Format& format : formats::formats()) {
    if (format.recognizes(model.bytes)) model.format = format.name;
  }
  // Structure alone is built in canonical form, and passes would read weights that mean nothing.
  if (model.graph.weights == ir::Weights::Present) NETFIT_TRY(passes::canonicalize(model.graph));
  return model;
}

Result<ir::Graph> optimized(const Model& model) {
  ir::Graph graph = model.graph;
  NETFIT_TRY(passes::optimize(graph));
  return graph;
}

Result<void> check_float(const ir::Graph& graph, const std::string& path) {
  for (const ir::ValueId id : graph.values()) {
    const ir::Value& value = graph.value(id);
    if (!value.quant) continue;
    return fail(Error(ErrorKind::BadInput, fmt::format("is quantized already: '{}' is {} (allowed: float models)",
                                                       base::printable(value.name, 60), name(value.dtype)))
                    .at(base::printable(path)));
  }
  return {};
}

Result<std::int64_t> save_model(const ir::Graph& graph, const fs::path& path) {
  return save_with_record(graph, path, std::nullopt);
}

}  // namespace netfit::cli
