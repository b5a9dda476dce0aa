// SPDX-License-Identifier: Apache-2.0
#include "data/cifar10.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"

namespace netfit::data {
namespace fs = std::filesystem;

constexpr std::array<Cifar10File, 6> kCifar10Files{{
    {"data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"},
    {"data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"},
    {"data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"},
    {"data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"},
    {"data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"},
    {"test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"},
}};

constexpr std::array<std::string_view, 10> kCifar10Classes{"airplane", "automobile", "bird",  "cat",  "deer",
                                                           "dog",      "frog",       "horse", "ship", "truck"};

namespace {

constexpr std::int64_t kPlane = kCifar10Side * kCifar10Side;
constexpr std::string_view kMetaFile = "batches.meta.txt";

std::span<const Cifar10File> files_of(Split split) {
  const std::span<const Cifar10File> all(kCifar10Files);
  return split == Split::Train ? all.first(5) : all.last(1);
}

Result<std::vector<std::string>> load_class_names(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::exists(folder / kMetaFile, ignored))
    return std::vector<std::string>(kCifar10Classes.begin(), kCifar10Classes.end());
  const std::string text = NETFIT_TRY(base::read_text(folder / kMetaFile));
  std::vector<std::string> names;
  for (const std::string& line : base::split(text, '\n')) {
    if (!base::trim(line).empty()) names.emplace_back(base::trim(line));
  }
  if (names.size() != kCifar10Classes.size()) {
    return fail(Error(ErrorKind::BadInput,
                      fmt::format("has {} class names (allowed: {})", names.size(), kCifar10Classes.size()))
                    .at((folder / kMetaFile).string()));
  }
  return names;
}

Result<Dataset> make_dataset(const fs::path& folder, Split split, const std::vector<std::uint8_t>& pixels,
                             std::vector<std::int64_t> labels) {
  Dataset dataset{.name = folder.string(), .split = split};
  const std::int64_t count = std::ssize(labels);
  dataset.samples = Tensor::from<std::uint8_t>(Shape{count, kCifar10Side, kCifar10Side, 3}, pixels);
  dataset.labels = std::move(labels);
  dataset.class_names = NETFIT_TRY(load_class_names(folder));
  return dataset;
}

struct IndexedLabel {
  std::int64_t index;
  std::int64_t label;
};

Result<std::vector<IndexedLabel>> load_subset_list(const fs::path& path) {
  const std::string text = NETFIT_TRY(base::read_text(path));
  std::vector<IndexedLabel> list;
  for (const std::string& line : base::split(text, '\n')) {
    if (line.empty()) continue;
    IndexedLabel entry{-1, -1};
    char rest = '\0';
    const int read = std::sscanf(line.c_str(), "%5ld %1ld%c", &entry.index, &entry.label, &rest);
    if (read != 2 || entry.index < 0 || entry.label < 0) {
      return fail(Error(ErrorKind::BadInput,
                        fmt::format("line '{}' is not an index and a label below 10", base::printable(line, 40)))
                      .at(path.string()));
    }
    list.push_back(entry);
  }
  return list;
}

// Image `number` of a sheet whose rows hold `columns` images.
void append_tile(const Tensor& sheet, std::int64_t number, std::vector<std::uint8_t>& pixels) {
  const std::int64_t columns = sheet.shape()[2] / kCifar10Side;
  const std::uint8_t* corner =
      sheet.data<std::uint8_t>().data() +
      (number / columns * kCifar10Side * sheet.shape()[2] + number % columns * kCifar10Side) * 3;
  for (std::int64_t y = 0; y < kCifar10Side; ++y) {
    const std::uint8_t* row = corner + y * sheet.shape()[2] * 3;
    pixels.insert(pixels.end(), row, row + kCifar10Side * 3);
  }
}

}  // namespace

bool holds_cifar10(const fs::path& folder, Split split) {
  return std::ranges::all_of(files_of(split), [&](const Cifar10File& file) {
    std::error_code ignored;
    return fs::exists(folder / file.name, ignored);
  });
}

Result<void> append_cifar10_records(std::span<const std::byte> records, std::vector<std::uint8_t>& pixels,
                                    std::vector<std::int64_t>& labels) {
  if (records.size() % kCifar10RecordBytes != 0) {
    return bad_input(fmt::format("has {} bytes, which is not a multiple of the record size {}", records.size(),
                                 kCifar10RecordBytes));
  }
  for (; !records.empty(); records = records.subspan(kCifar10RecordBytes)) {
    const auto label = std::to_integer<std::int64_t>(records[0]);
    if (label > 9) return bad_input(fmt::format("image {} has label {} (allowed: 0 to 9)", labels.size(), label));
    labels.push_back(label);
    const std::size_t begin = pixels.size();
    pixels.resize(begin + 3 * kPlane);
    for (std::size_t i = 0; i < 3 * kPlane; ++i) {
      pixels[begin + i % kPlane * 3 + i / kPlane] = std::to_integer<std::uint8_t>(records[1 + i]);
    }
  }
  return {};
}

Result<Dataset> load_cifar10(const fs::path& folder, Split split, std::optional<std::int64_t> limit) {
  constexpr std::int64_t kFileBytes = kCifar10Records * kCifar10RecordBytes;
  std::vector<std::uint8_t> pixels;
  std::vector<std::int64_t> labels;
  std::int64_t left = limit.value_or(std::ssize(files_of(split)) * kCifar10Records);
  for (const Cifar10File& file : files_of(split)) {
    if (left <= 0) break;
    const fs::path path = folder / file.name;
    const base::Bytes bytes = NETFIT_TRY(base::read_file(path));
    if (std::ssize(bytes) != kFileBytes) {
      return fail(Error(ErrorKind::BadInput, fmt::format("has {} bytes (allowed: {})", bytes.size(), kFileBytes))
                      .at(path.string()));
    }
    const std::int64_t wanted = std::min(left, kCifar10Records);
    const auto records = std::span(bytes).first(static_cast<std::size_t>(wanted * kCifar10RecordBytes));
    NETFIT_TRY(located(append_cifar10_records(records, pixels, labels), path.string()));
    left -= wanted;
  }
  return make_dataset(folder, split, pixels, std::move(labels));
}

Result<Dataset> load_cifar10_subset(const fs::path& folder, Split split, std::optional<std::int64_t> limit) {
  const std::string stem = split == Split::Train ? "train" : "test";
  std::vector<IndexedLabel> list = NETFIT_TRY(load_subset_list(folder / (stem + ".txt")));
  const fs::path sheet_path = folder / (stem + ".png");
  const Tensor sheet = NETFIT_TRY(load_image(sheet_path));
  const std::int64_t tiles = sheet.shape()[1] / kCifar10Side * (sheet.shape()[2] / kCifar10Side);
  if (tiles < std::ssize(list)) {
    return fail(Error(ErrorKind::BadInput, fmt::format("has room for {} images, but {} are listed", tiles, list.size()))
                    .at(sheet_path.string()));
  }
  if (limit && *limit < std::ssize(list)) list.resize(static_cast<std::size_t>(*limit));
  std::vector<std::uint8_t> pixels;
  std::vector<std::int64_t> labels;
  for (const IndexedLabel& entry : list) {
    append_tile(sheet, std::ssize(labels), pixels);
    labels.push_back(entry.label);
  }
  return make_dataset(folder, split, pixels, std::move(labels));
}

}  // namespace netfit::data
