// SPDX-License-Identifier: Apache-2.0
#include "data/archive.h"

#include <array>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include "base/text.h"

namespace netfit::data {
namespace {

// No archive that we read has as many entries; a crafted one could have millions of empty ones.
constexpr int kMaxEntries = 10000;

struct FreeArchive {
  void operator()(::archive* handle) const { ::archive_read_free(handle); }
};
using Handle = std::unique_ptr<::archive, FreeArchive>;

class LibarchiveReader : public ArchiveReader {
 public:
  explicit LibarchiveReader(Handle handle) : handle_(std::move(handle)) {}

  Result<std::optional<ArchiveEntry>> next() override {
    ::archive_entry* entry = nullptr;
    const int status = ::archive_read_next_header(handle_.get(), &entry);
    if (status == ARCHIVE_EOF) return std::nullopt;
    if (status < ARCHIVE_WARN) return failure();
    if (++entries_ > kMaxEntries) return bad_input(fmt::format("has more than {} entries", kMaxEntries));
    const char* name = ::archive_entry_pathname(entry);
    return ArchiveEntry{name != nullptr ? name : "", ::archive_entry_filetype(entry) == AE_IFREG};
  }

  Result<void> read(const std::function<Result<void>(std::span<const std::byte>)>& sink) override {
    std::array<std::byte, 65536> block;
    while (true) {
      const la_ssize_t got = ::archive_read_data(handle_.get(), block.data(), block.size());
      if (got == 0) return {};
      if (got < 0) return failure();
      NETFIT_TRY(sink(std::span(block).first(static_cast<std::size_t>(got))));
    }
  }

 private:
  base::Failure failure() {
    const char* reason = ::archive_error_string(handle_.get());
    return bad_input(fmt::format("archive is damaged: {}", reason != nullptr ? base::printable(reason) : "no reason"));
  }

  Handle handle_;
  int entries_ = 0;
};

Result<std::unique_ptr<ArchiveReader>> open(Handle handle, const std::filesystem::path& path, std::string_view kind) {
  constexpr std::size_t kBlock = 65536;
  if (::archive_read_open_filename(handle.get(), path.c_str(), kBlock) != ARCHIVE_OK) {
    const char* reason = ::archive_error_string(handle.get());
    return bad_input(fmt::format("cannot be read as a {} archive: {}", kind, reason != nullptr ? reason : "no reason"));
  }
  return std::make_unique<LibarchiveReader>(std::move(handle));
}

}  // namespace

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open_zip(const std::filesystem::path& path) {
  Handle handle(::archive_read_new());
  ::archive_read_support_format_zip_seekable(handle.get());
  return open(std::move(handle), path, "zip");
}

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open_tar(const std::filesystem::path& path) {
  Handle handle(::archive_read_new());
  ::archive_read_support_filter_gzip(handle.get());
  ::archive_read_support_format_tar(handle.get());
  return open(std::move(handle), path, "tar");
}

}  // namespace netfit::data
