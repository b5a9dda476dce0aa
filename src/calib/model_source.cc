// SPDX-License-Identifier: Apache-2.0
#include "calib/model_source.h"

#include <fmt/format.h>

#include "arch/arch.h"
#include "base/files.h"
#include "base/text.h"
#include "formats/catalog.h"
#include "ir/parser.h"

namespace netfit::calib {

namespace fs = std::filesystem;

Result<std::shared_ptr<const ir::Graph>> ModelSource::find(const std::string& model_id) {
  if (const auto found = known_.find(model_id); found != known_.end()) return found->second;
  Result<ir::Graph> graph = build(model_id);
  Result<std::shared_ptr<const ir::Graph>> kept =
      graph ? Result<std::shared_ptr<const ir::Graph>>(std::make_shared<const ir::Graph>(*std::move(graph)))
            : Result<std::shared_ptr<const ir::Graph>>(fail(graph.error()));
  return known_.emplace(model_id, std::move(kept)).first->second;
}

Result<ir::Graph> ModelSource::build(const std::string& model_id) const {
  const bool file = model_id.starts_with("ncnn/") || model_id.starts_with("mlperf_tiny/");
  if (!file) return arch::build(model_id);
  // The rest is a file's name, so that a table can't make us open what lies elsewhere.
  const std::string_view name = std::string_view(model_id).substr(model_id.find('/') + 1);
  if (name.empty() || name.find('/') != std::string_view::npos) {
    return bad_input(fmt::format("'{}' names no file of a folder of models", base::printable(model_id)));
  }
  fs::path path = folder_ / model_id;
  std::error_code ignored;
  // The repository holds the structure of third-party files as text.
  if (fs::path text = path; !fs::exists(path, ignored) && fs::exists(text.replace_extension(".txt"), ignored)) {
    const base::Bytes bytes = NETFIT_TRY(base::read_file(text));
    return ir::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  const base::Bytes bytes = NETFIT_TRY(base::read_file(path));
  return formats::read(bytes, path);
}

}  // namespace netfit::calib
