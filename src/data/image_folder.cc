// SPDX-License-Identifier: Apache-2.0
#include "data/image_folder.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace netfit::data {
namespace fs = std::filesystem;
namespace {

struct ImageFile {
  fs::path path;
  std::int64_t label;
};

bool is_image(const fs::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

// Entries that are not hidden, by name; following symbolic links.
Result<std::vector<fs::directory_entry>> list_folder(const fs::path& folder) {
  std::error_code fault;
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator it(folder, fault), end; !fault && it != end; it.increment(fault)) {
    if (!it->path().filename().string().starts_with('.')) entries.push_back(*it);
  }
  if (fault) {
    return fail(Error(ErrorKind::BadInput, fmt::format("cannot be listed: {}", fault.message())).at(folder.string()));
  }
  std::ranges::sort(entries, {}, [](const fs::directory_entry& entry) { return entry.path().filename().string(); });
  return entries;
}

struct Listing {
  std::vector<std::string> class_names;
  std::vector<std::vector<fs::path>> images;  // of each class
};

Result<Listing> list_classes(const fs::path& folder) {
  Listing listing;
  for (const fs::directory_entry& entry : NETFIT_TRY(list_folder(folder))) {
    std::error_code ignored;
    if (!entry.is_directory(ignored)) continue;
    std::vector<fs::path> images;
    for (const fs::directory_entry& file : NETFIT_TRY(list_folder(entry.path()))) {
      if (file.is_regular_file(ignored) && is_image(file.path())) images.push_back(file.path());
    }
    listing.class_names.push_back(entry.path().filename().string());
    listing.images.push_back(std::move(images));
  }
  return listing;
}

// One image of each class in turn, so that the first few are of all classes.
std::vector<ImageFile> take_in_turn(const Listing& listing, std::optional<std::int64_t> limit) {
  std::vector<ImageFile> files;
  bool more = true;
  for (std::size_t round = 0; more; ++round) {
    more = false;
    for (std::size_t label = 0; label < listing.images.size(); ++label) {
      if (round >= listing.images[label].size()) continue;
      if (limit && std::ssize(files) >= *limit) return files;
      files.push_back({listing.images[label][round], static_cast<std::int64_t>(label)});
      more = true;
    }
  }
  return files;
}

Extent extent_of(const Tensor& image) { return {image.shape()[1], image.shape()[2]}; }

Result<Tensor> load_images(const std::vector<ImageFile>& files, const std::optional<Extent>& wanted) {
  Tensor image = NETFIT_TRY(load_image(files[0].path));
  const Extent extent = wanted.value_or(extent_of(image));
  const std::vector<std::int64_t> dims{std::ssize(files), extent.height, extent.width, 3};
  Tensor images(DType::UInt8, NETFIT_TRY(Shape::create(dims)));
  const auto image_bytes = static_cast<std::size_t>(extent.height * extent.width * 3);
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (i > 0) image = NETFIT_TRY(load_image(files[i].path));
    const Extent own = extent_of(image);
    if (own != extent && !wanted) {
      return bad_input(fmt::format("images have different sizes: '{}' {}x{}, '{}' {}x{}", files[0].path.string(),
                                   extent.width, extent.height, files[i].path.string(), own.width, own.height));
    }
    std::memcpy(images.mutable_bytes().data() + i * image_bytes, resize(image, extent).bytes().data(), image_bytes);
  }
  return images;
}

}  // namespace

Result<Dataset> load_image_folder(const fs::path& folder, const OpenOptions& options) {
  Listing listing = NETFIT_TRY(list_classes(folder));
  const std::vector<ImageFile> files = take_in_turn(listing, options.limit);
  if (files.empty()) {
    return fail(Error(ErrorKind::BadInput,
                      "holds no data set (allowed: the official CIFAR-10 binary files, or one folder of PNG or JPEG "
                      "files for each class)")
                    .at(folder.string()));
  }
  Dataset dataset{.name = folder.string(), .split = options.split};
  dataset.samples = NETFIT_TRY(located(load_images(files, options.extent), folder.string()));
  for (const ImageFile& file : files) dataset.labels.push_back(file.label);
  dataset.class_names = std::move(listing.class_names);
  return dataset;
}

}  // namespace netfit::data
