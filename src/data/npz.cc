// SPDX-License-Identifier: Apache-2.0
// An .npz file is a zip archive with one .npy file for each array.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "data/archive.h"
#include "data/npy.h"

namespace netfit::data {
namespace {

// Deflate makes a thousand bytes out of one: without a limit a small file could fill the memory.
constexpr std::int64_t kMaxDecoded = std::int64_t{2} << 30;

bool is_wanted(std::span<const std::string> names, const std::string& name) {
  return names.empty() || std::ranges::find(names, name) != names.end();
}

Result<std::map<std::string, Tensor>> load_entries(const std::filesystem::path& path,
                                                   std::span<const std::string> names) {
  const std::unique_ptr<ArchiveReader> reader = NETFIT_TRY(ArchiveReader::open_zip(path));
  std::map<std::string, Tensor> arrays;
  std::int64_t left = kMaxDecoded;
  while (true) {
    const std::optional<ArchiveEntry> entry = NETFIT_TRY(reader->next());
    if (!entry) return arrays;
    if (!entry->name.ends_with(".npy")) continue;
    const std::string name = entry->name.substr(0, entry->name.size() - 4);
    if (!is_wanted(names, name)) continue;
    const std::string where = fmt::format("array '{}'", base::printable(name));
    base::Bytes bytes;
    const Result<void> read = reader->read([&](std::span<const std::byte> block) -> Result<void> {
      left -= std::ssize(block);
      if (left < 0) return bad_input(fmt::format("arrays take more than {} bytes when unpacked", kMaxDecoded));
      bytes.insert(bytes.end(), block.begin(), block.end());
      return {};
    });
    NETFIT_TRY(with_context(read, fmt::format("while unpacking {}", where)));
    arrays.insert_or_assign(name, NETFIT_TRY(with_context(parse_npy(bytes), fmt::format("while reading {}", where))));
  }
}

}  // namespace

Result<std::map<std::string, Tensor>> load_npz(const std::filesystem::path& path, std::span<const std::string> names) {
  return located(load_entries(path, names), path.string());
}

Result<std::map<std::string, Tensor>> load_npz(const std::filesystem::path& path) { return load_npz(path, {}); }

}  // namespace netfit::data
