// SPDX-License-Identifier: Apache-2.0
#include "cases.h"

#include <fmt/format.h>

#include "arch/arch.h"
#include "base/files.h"
#include "device/catalog.h"
#include "formats/catalog.h"
#include "ir/parser.h"

namespace netfit::published {
namespace {

namespace fs = std::filesystem;

Result<ir::Graph> build(const std::string& model, const fs::path& root) {
  if (model.starts_with("ncnn/")) {
    const fs::path path = root / "measurements/models" / (model + ".param");
    const base::Bytes bytes = NETFIT_TRY(base::read_file(path));
    return formats::read(bytes, path);
  }
  if (model.starts_with("mlperf_tiny/")) {
    const base::Bytes bytes = NETFIT_TRY(base::read_file(root / "measurements/models" / (model + ".txt")));
    return ir::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  return arch::build(model);
}

// Each model, device and runtime is made once; rows share them.
class Loader {
 public:
  explicit Loader(fs::path root) : root_(std::move(root)) {}

  Result<Case> load(const Row& row) {
    Case made{.row = row, .family = family_of(row.model)};
    if (!graphs_.contains(row.model)) {
      ir::Graph graph = NETFIT_TRY(located(build(row.model, root_), row.model));
      graphs_[row.model] = std::make_shared<const ir::Graph>(std::move(graph));
    }
    if (!devices_.contains(row.device)) {
      device::FoundDevice found = NETFIT_TRY(device::load_device(row.device, {root_}));
      devices_[row.device] = std::make_shared<const device::Device>(std::move(found.device));
    }
    made.graph = graphs_[row.model];
    made.device = devices_[row.device];
    if (!runtimes_.contains(row.runtime)) {
      device::Runtime runtime = NETFIT_TRY(device::load_runtime(row.runtime, *made.device, {root_}));
      runtimes_[row.runtime] = std::make_shared<const device::Runtime>(std::move(runtime));
    }
    made.runtime = runtimes_[row.runtime];
    return made;
  }

 private:
  fs::path root_;
  std::map<std::string, std::shared_ptr<const ir::Graph>> graphs_;
  std::map<std::string, std::shared_ptr<const device::Device>> devices_;
  std::map<std::string, std::shared_ptr<const device::Runtime>> runtimes_;
};

}  // namespace

Result<Cases> load_cases(const fs::path& root) {
  Cases cases;
  Loader loader(root);
  for (Row& row : NETFIT_TRY(located(read_rows(root / "measurements/platforms.csv"), "measurements/platforms.csv"))) {
    if (row.left_out.empty()) {
      Result<Case> made = loader.load(row);
      if (made) {
        cases.used.push_back(*std::move(made));
        continue;
      }
      row.left_out = made.error().text();
    }
    cases.left_out.push_back(std::move(row));
  }
  return cases;
}

}  // namespace netfit::published
