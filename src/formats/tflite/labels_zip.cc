// SPDX-License-Identifier: Apache-2.0
// Reading goes through libarchive, because archives of other tools may be compressed. Writing does not: runtimes on
// phones want offsets counted from the start of the whole file, which libarchive cannot do for an archive behind other
// bytes, and a stored member is three fixed records (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16).
#include "formats/tflite/labels_zip.h"

#include <array>
#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <zlib.h>

#include "base/text.h"

namespace netfit::formats::tflite {
namespace {

// Labels of the largest data sets take some 100 kB.
constexpr std::size_t kMostBytes = std::size_t{8} << 20;
constexpr int kMostMembers = 100;

struct FreeArchive {
  void operator()(archive* reader) const { archive_read_free(reader); }
};

Result<std::string> read_text(archive* reader, std::string_view name) {
  std::string text;
  std::array<char, 4096> block;
  for (;;) {
    const la_ssize_t got = archive_read_data(reader, block.data(), block.size());
    if (got < 0) return bad_input(fmt::format("the attached file '{}' is damaged", base::printable(name)));
    if (got == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > kMostBytes) {
      return bad_input(fmt::format("the attached file '{}' has more than {} bytes", base::printable(name), kMostBytes));
    }
  }
}

void put16(base::Bytes& out, std::uint32_t value) {
  out.push_back(static_cast<std::byte>(value & 0xFF));
  out.push_back(static_cast<std::byte>(value >> 8 & 0xFF));
}

void put32(base::Bytes& out, std::size_t value) {
  put16(out, static_cast<std::uint32_t>(value & 0xFFFF));
  put16(out, static_cast<std::uint32_t>(value >> 16 & 0xFFFF));
}

void put_text(base::Bytes& out, std::string_view text) {
  const std::span<const std::byte> bytes = base::as_bytes(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

constexpr std::size_t kLocalHeader = 0x04034B50;
constexpr std::size_t kCentralHeader = 0x02014B50;
constexpr std::size_t kEndRecord = 0x06054B50;

// What the header before the data and the one in the directory have in common.
void put_description(base::Bytes& out, std::string_view name, std::string_view text) {
  constexpr std::uint32_t kVersion = 20;
  constexpr std::uint32_t kUtf8Names = 1U << 11;
  constexpr std::uint32_t kFirstDate = (1U << 5) | 1U;  // 1 January 1980, the earliest that there is
  put16(out, kVersion);
  put16(out, kUtf8Names);
  put16(out, 0);  // stored
  put16(out, 0);  // midnight
  put16(out, kFirstDate);
  put32(out, crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
  put32(out, text.size());
  put32(out, text.size());
  put16(out, static_cast<std::uint32_t>(name.size()));
  put16(out, 0);  // no extra field
}

}  // namespace

Result<std::string> read_member(std::span<const std::byte> file, std::string_view name) {
  const std::unique_ptr<archive, FreeArchive> reader(archive_read_new());
  archive_read_support_format_zip_seekable(reader.get());
  if (archive_read_open_memory(reader.get(), file.data(), file.size()) != ARCHIVE_OK) {
    return bad_input(fmt::format("the attached file '{}' is missing: there is no archive", base::printable(name)));
  }
  archive_entry* entry = nullptr;
  for (int i = 0; i < kMostMembers && archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK; ++i) {
    const char* path = archive_entry_pathname(entry);
    if (path != nullptr && name == path) return read_text(reader.get(), name);
  }
  return bad_input(fmt::format("the attached file '{}' is missing", base::printable(name)));
}

void append_member(base::Bytes& file, std::string_view name, std::string_view text) {
  const std::size_t member = file.size();
  put32(file, kLocalHeader);
  put_description(file, name, text);
  put_text(file, name);
  put_text(file, text);

  const std::size_t directory = file.size();
  put32(file, kCentralHeader);
  put16(file, 20);  // made by version 2.0, on no system in particular
  put_description(file, name, text);
  put16(file, 0);  // no comment
  put16(file, 0);  // first disk
  put16(file, 0);  // binary
  put32(file, 0);  // no attributes
  put32(file, member);
  put_text(file, name);

  const std::size_t end = file.size();
  put32(file, kEndRecord);
  put16(file, 0);  // this disk
  put16(file, 0);  // the directory's disk
  put16(file, 1);  // members on this disk
  put16(file, 1);  // members
  put32(file, end - directory);
  put32(file, directory);
  put16(file, 0);  // no comment
}

}  // namespace netfit::formats::tflite
