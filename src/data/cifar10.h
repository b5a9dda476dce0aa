// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"

namespace netfit::data {

inline constexpr std::int64_t kCifar10Side = 32;
inline constexpr std::int64_t kCifar10Records = 10000;  ///< in each file
inline constexpr std::int64_t kCifar10RecordBytes = 1 + 3 * kCifar10Side * kCifar10Side;

/// One official file: its name, and the SHA-256 of its 30,730,000 bytes.
struct Cifar10File {
  std::string_view name;
  std::string_view sha256;
};

/// The five training files in order, then the test file.
extern const std::array<Cifar10File, 6> kCifar10Files;

/// The official class names, label 0 first.
extern const std::array<std::string_view, 10> kCifar10Classes;

/// Whether `folder` holds all files of the split (of any size).
bool holds_cifar10(const std::filesystem::path& folder, Split split);

/// A split from the official binary files: 50,000 training or 10,000 test images, or the first `limit`. Class names are
/// those of batches.meta.txt if it is there, else the official ones.
Result<Dataset> load_cifar10(const std::filesystem::path& folder, Split split, std::optional<std::int64_t> limit);

/// The embedded subset (data/README.md): a sheet of images beside a list of their official indices and labels.
Result<Dataset> load_cifar10_subset(const std::filesystem::path& folder, Split split,
                                    std::optional<std::int64_t> limit);

/// Appends records (a label, then 1,024 red, green and blue bytes each) as interleaved pixels and labels. Fails on a
/// length that is no multiple of a record, and on labels above 9.
Result<void> append_cifar10_records(std::span<const std::byte> records, std::vector<std::uint8_t>& pixels,
                                    std::vector<std::int64_t>& labels);

}  // namespace netfit::data
