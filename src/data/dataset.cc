// SPDX-License-Identifier: Apache-2.0
#include "data/dataset.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "data/cifar10.h"
#include "data/image_folder.h"
#include "data/npy.h"

namespace netfit::data {
namespace fs = std::filesystem;
namespace {

Result<Dataset> open_cifar10(const OpenOptions& options) {
  for (const fs::path& folder : options.cache) {
    if (!holds_cifar10(folder, options.split)) continue;
    Dataset dataset = NETFIT_TRY(load_cifar10(folder, options.split, options.limit));
    dataset.name = "cifar10";
    return dataset;
  }
  Dataset dataset = NETFIT_TRY(load_cifar10_subset(options.embedded, options.split, options.limit));
  dataset.name = "cifar10 (embedded subset)";
  return dataset;
}

// A class may be called `train` too: only a folder that holds folders or binary files is a split.
bool is_split_folder(const fs::path& folder) {
  std::error_code ignored;
  for (fs::directory_iterator it(folder, ignored), end; !ignored && it != end; it.increment(ignored)) {
    std::error_code unknown;
    if (it->is_directory(unknown) || it->path().extension() == ".bin") return true;
  }
  return false;
}

Result<fs::path> choose_split_folder(const fs::path& folder, Split split) {
  const std::string wanted = split == Split::Train ? "train" : "test";
  const std::string other = split == Split::Train ? "test" : "train";
  if (is_split_folder(folder / wanted)) return folder / wanted;
  if (!is_split_folder(folder / other)) return folder;
  return fail(Error(ErrorKind::BadInput, fmt::format("has a folder '{}', but no folder '{}'", other, wanted))
                  .at(folder.string()));
}

Result<Dataset> open_folder(const fs::path& folder, const OpenOptions& options) {
  const fs::path chosen = NETFIT_TRY(choose_split_folder(folder, options.split));
  if (holds_cifar10(chosen, options.split)) return load_cifar10(chosen, options.split, options.limit);
  for (const Split other : {Split::Train, Split::Test}) {
    if (!holds_cifar10(chosen, other)) continue;
    return fail(Error(ErrorKind::BadInput, fmt::format("has the CIFAR-10 {} files, but not all of the {} files",
                                                       other == Split::Train ? "training" : "test",
                                                       other == Split::Train ? "test" : "training"))
                    .at(chosen.string()));
  }
  return load_image_folder(chosen, options);
}

Result<std::vector<std::int64_t>> read_labels(const Tensor& y, std::int64_t samples) {
  const bool fits = y.shape().rank() >= 1 && y.shape()[0] == samples && y.element_count() == samples;
  if (!fits || !tensor::is_integer(y.dtype())) {
    return bad_input(
        fmt::format("array 'y' is {} {} (allowed: integers {})", name(y.dtype()), to_string(y.shape()), samples));
  }
  std::vector<std::int64_t> labels = tensor::to_int64s(y);
  if (const auto low = std::ranges::min_element(labels); low != labels.end() && *low < 0) {
    return bad_input(fmt::format("array 'y' has label {} at {} (allowed: 0 and above)", *low, low - labels.begin()));
  }
  return labels;
}

// What is no number reaches every figure that follows; here the sample still has its number in the file.
Result<void> check_finite(const Tensor& x) {
  if (x.dtype() != DType::Float32) return {};
  const std::span<const float> elements = x.data<float>();
  const auto bad = std::ranges::find_if_not(elements, [](float element) { return std::isfinite(element); });
  if (bad == elements.end()) return {};
  const std::int64_t sample = (bad - elements.begin()) / (std::ssize(elements) / x.shape()[0]);
  return bad_input(fmt::format("array 'x' is not finite in sample {}", sample));
}

Result<Dataset> open_npz(const fs::path& path, const OpenOptions& options) {
  const std::vector<std::string> names{"x", "y"};
  std::map<std::string, Tensor> arrays = NETFIT_TRY(load_npz(path, names));
  const auto x = arrays.find("x");
  if (x == arrays.end()) return bad_input("has no array 'x'");
  const Shape& shape = x->second.shape();
  if (shape.rank() == 0 || shape[0] == 0) {
    return bad_input(
        fmt::format("array 'x' is {} (allowed: at least one sample along the first axis)", to_string(shape)));
  }
  Dataset dataset{.name = path.string(), .split = options.split, .images = false, .samples = x->second};
  if (const auto y = arrays.find("y"); y != arrays.end()) {
    dataset.labels = NETFIT_TRY(read_labels(y->second, dataset.count()));
  }
  if (options.limit && *options.limit < dataset.count()) {
    dataset.samples = dataset.samples.slice(0, *options.limit);
    if (dataset.labelled()) dataset.labels.resize(static_cast<std::size_t>(*options.limit));
  }
  NETFIT_TRY(check_finite(dataset.samples));
  return dataset;
}

}  // namespace

Result<Dataset> open(const std::string& source, const OpenOptions& options) {
  if (options.limit && *options.limit < 1) {
    return bad_usage(fmt::format("limit {} is not allowed (allowed: 1 and above)", *options.limit));
  }
  if (source == "cifar10") return open_cifar10(options);
  const fs::path path(source);
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return open_folder(path, options);
  if (path.extension() == ".npz") return located(open_npz(path, options), source);
  return bad_input(fmt::format("data set '{}' is not known (allowed: cifar10, a folder, or an .npz file)", source));
}

}  // namespace netfit::data
