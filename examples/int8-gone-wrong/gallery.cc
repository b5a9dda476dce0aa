// SPDX-License-Identifier: Apache-2.0
#include "gallery.h"

#include <algorithm>

#include <fmt/format.h>

#include "data/subset.h"
#include "interp/interpreter.h"

namespace netfit::gone_wrong {
namespace {

namespace fs = std::filesystem;

struct Place {
  std::string name;
  fs::path file;
};

std::vector<Place> places(const GalleryOptions& options) {
  std::vector<Place> all{{"450k", options.repository / "zoo/mobilenetv2_cifar10_450k.onnx"},
                         {"w1.0", options.repository / "zoo/mobilenetv2_cifar10_w1.0.onnx"}};
  if (fs::exists(options.resnet8)) all.push_back({"resnet8", options.resnet8});
  if (options.networks.empty()) return all;
  std::erase_if(all, [&](const Place& place) {
    return std::ranges::find(options.networks, place.name) == options.networks.end();
  });
  return all;
}

Result<data::Dataset> open(const GalleryOptions& options, data::Split split, std::optional<std::int64_t> limit) {
  return data::open("cifar10", {.split = split,
                                .limit = limit,
                                .cache = {options.cifar10},
                                .embedded = options.repository / "data/cifar10_subset"});
}

}  // namespace

Result<std::vector<Workbench>> open_gallery(const GalleryOptions& options, const diagnose::Tools& tools) {
  const data::Dataset training =
      data::choose_samples(NETFIT_TRY(open(options, data::Split::Train, std::nullopt)), options.training_samples, 0);
  const data::Dataset test = NETFIT_TRY(open(options, data::Split::Test, options.test_samples));
  std::vector<Workbench> benches;
  for (const Place& place : places(options)) {
    Network network = NETFIT_TRY(load_network(place.file, place.name));
    benches.push_back(NETFIT_TRY(Workbench::create(std::move(network), training, test, tools)));
  }
  if (benches.empty()) return bad_usage("no network has that name (allowed: 450k, w1.0, resnet8)");
  return benches;
}

diagnose::Tools make_tools(int threads, Progress& progress) {
  return {.engine = {.options = {.threads = threads}, .fallback = interp::make_node_runner()},
          .reference =
              [threads](const ir::Graph& graph) { return interp::create_interpreter(graph, {.threads = threads}); },
          .progress = progress};
}

std::vector<const Workbench*> applicable(const Injector& injector, const std::vector<Workbench>& benches) {
  std::vector<const Workbench*> found;
  for (const Workbench& bench : benches) {
    if (injector.applies(bench)) found.push_back(&bench);
  }
  return found;
}

}  // namespace netfit::gone_wrong
