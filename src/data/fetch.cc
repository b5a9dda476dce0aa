// SPDX-License-Identifier: Apache-2.0
#include "data/fetch.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <stdlib.h>  // mkdtemp

#include "base/files.h"
#include "data/archive.h"
#include "data/cifar10.h"
#include "data/download.h"
#include "data/sha256.h"

namespace netfit::data {
namespace fs = std::filesystem;
namespace {

// The official archive has 170 MB.
constexpr std::int64_t kMaxArchiveBytes = 400'000'000;
constexpr std::string_view kMetaFile = "batches.meta.txt";

base::Failure file_failure(const fs::path& path, std::string what) {
  return fail(Error(ErrorKind::BadInput, std::move(what)).at(path.string()));
}

// A new folder that goes away with all that is in it.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> create(const fs::path& stem) {
    std::string name = stem.string() + ".XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      return file_failure(name, fmt::format("cannot create folder: {}", std::strerror(errno)));
    }
    return TemporaryFolder(name);
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

std::vector<ExpectedFile> official_files() {
  std::vector<ExpectedFile> files;
  for (const Cifar10File& file : kCifar10Files) {
    files.push_back({std::string(file.name), kCifar10Records * kCifar10RecordBytes, std::string(file.sha256)});
  }
  return files;
}

Result<void> check_sum(const std::string& expected, const std::string& found) {
  if (expected == found) return {};
  return bad_input(fmt::format("has SHA-256 {} (allowed: {})", found, expected));
}

bool is_complete(const fs::path& folder, const std::vector<ExpectedFile>& files) {
  return std::ranges::all_of(files, [&](const ExpectedFile& file) {
    std::error_code ignored;
    const fs::path path = folder / file.name;
    if (!fs::is_regular_file(path, ignored) ||
        fs::file_size(path, ignored) != static_cast<std::uintmax_t>(file.bytes)) {
      return false;
    }
    const Result<std::string> sum = sha256_of_file(path);
    return sum && *sum == file.sha256;
  });
}

// Unpacks the current entry of `reader` as `file` into `target`, checking length and checksum on the way.
Result<void> unpack_entry(ArchiveReader& reader, const ExpectedFile& file, const fs::path& target, Progress& progress) {
  std::ofstream out(target / file.name, std::ios::binary | std::ios::trunc);
  Sha256 sum;
  std::int64_t length = 0;
  NETFIT_TRY(reader.read([&](std::span<const std::byte> block) -> Result<void> {
    if (progress.stopped()) return base::interrupted();
    length += std::ssize(block);
    if (length > file.bytes) return bad_input(fmt::format("'{}' has more than {} bytes", file.name, file.bytes));
    sum.add(block);
    out.write(reinterpret_cast<const char*>(block.data()), std::ssize(block));
    return {};
  }));
  out.close();
  if (!out) return file_failure(target / file.name, "cannot be written; is the disk full");
  progress.advance(1);
  return with_context(check_sum(file.sha256, sum.finish()), fmt::format("in file '{}'", file.name));
}

// Reads past an entry by hand, because libarchive would skip the petabyte that a crafted one claims without a break.
Result<void> skip_entry(ArchiveReader& reader, std::int64_t& skipped, Progress& progress) {
  return reader.read([&](std::span<const std::byte> block) -> Result<void> {
    if (progress.stopped()) return base::interrupted();
    skipped += std::ssize(block);
    if (skipped > kMaxArchiveBytes) return bad_input("holds other files than the data set's");
    return {};
  });
}

// Takes the expected files and nothing else, by the last part of their names: an archive has no say in where files go.
Result<void> unpack(const fs::path& archive, const std::vector<ExpectedFile>& files, const fs::path& target,
                    Progress& progress) {
  progress.begin("unpacking", std::ssize(files));
  const std::unique_ptr<ArchiveReader> reader = NETFIT_TRY(ArchiveReader::open_tar(archive));
  std::set<std::string> found;
  std::int64_t skipped = 0;
  while (found.size() < files.size()) {
    if (progress.stopped()) return base::interrupted();
    const std::optional<ArchiveEntry> entry = NETFIT_TRY(reader->next());
    if (!entry) break;
    const std::string name = fs::path(entry->name).filename().string();
    const auto file = std::ranges::find(files, name, &ExpectedFile::name);
    if (file == files.end() || !entry->regular_file || found.contains(name)) {
      NETFIT_TRY(skip_entry(*reader, skipped, progress));
      continue;
    }
    NETFIT_TRY(unpack_entry(*reader, *file, target, progress));
    found.insert(name);
  }
  for (const ExpectedFile& file : files) {
    if (!found.contains(file.name)) return bad_input(fmt::format("has no file '{}'", file.name));
  }
  return {};
}

Result<void> copy_files(const fs::path& source, const std::vector<ExpectedFile>& files, const fs::path& target,
                        Progress& progress) {
  progress.begin("copying", std::ssize(files));
  for (const ExpectedFile& file : files) {
    if (progress.stopped()) return base::interrupted();
    const base::Bytes bytes = NETFIT_TRY(base::read_file(source / file.name));
    Sha256 sum;
    sum.add(bytes);
    NETFIT_TRY(located(check_sum(file.sha256, sum.finish()), (source / file.name).string()));
    NETFIT_TRY(base::write_file(target / file.name, bytes));
    progress.advance(1);
  }
  return {};
}

// The archive unpacks into a folder of its own, which users may hand in as well as its parent.
fs::path folder_with_files(const fs::path& folder, const std::vector<ExpectedFile>& files) {
  const fs::path inner = folder / "cifar-10-batches-bin";
  std::error_code ignored;
  return !fs::exists(folder / files.front().name, ignored) && fs::is_directory(inner, ignored) ? inner : folder;
}

Result<void> take_from_disk(const fs::path& from, const std::vector<ExpectedFile>& files, const fs::path& target,
                            Progress& progress) {
  std::error_code ignored;
  if (fs::is_directory(from, ignored)) return copy_files(folder_with_files(from, files), files, target, progress);
  if (!fs::exists(from, ignored)) return file_failure(from, "does not exist");
  return located(unpack(from, files, target, progress), from.string());
}

Result<void> take_from_server(const FetchOptions& options, const std::vector<ExpectedFile>& files,
                              const fs::path& workplace, const fs::path& target, Progress& progress) {
  const fs::path archive = workplace / "archive.tar.gz";
  const DownloadOptions limits{.most_bytes = kMaxArchiveBytes, .stall_seconds = options.stall_seconds};
  Result<void> downloaded = download(options.url, archive, limits, progress);
  if (!downloaded && downloaded.error().kind() == ErrorKind::MissingProgram) {
    return fail(
        std::move(downloaded.error()).hint("--from takes the archive, or a folder with its files, from disk instead"));
  }
  NETFIT_TRY(std::move(downloaded));
  const std::string sum = NETFIT_TRY(sha256_of_file(archive));
  NETFIT_TRY(located(check_sum(options.archive_sha256, sum), options.url));
  return located(unpack(archive, files, target, progress), options.url);
}

// A rename cannot replace a folder that is not empty: the old one, which is not the data set, steps aside first and
// comes back if the new one cannot take its place.
Result<void> put_in_place(const fs::path& made, const fs::path& folder, const fs::path& aside) {
  std::error_code fault;
  const bool existed = fs::exists(folder, fault);
  if (existed) fs::rename(folder, aside, fault);
  if (!fault) fs::rename(made, folder, fault);
  if (!fault) return {};
  std::error_code ignored;
  if (existed && !fs::exists(folder, ignored)) fs::rename(aside, folder, ignored);
  return file_failure(folder, fmt::format("cannot be put in place: {}", fault.message()));
}

// An older or broken copy may be replaced, anything else that the user has there may not.
Result<void> check_replaceable(const fs::path& folder, const std::vector<ExpectedFile>& files) {
  std::error_code fault;
  if (!fs::exists(folder, fault)) return {};
  for (fs::directory_iterator it(folder, fault), end; !fault && it != end; it.increment(fault)) {
    const std::string name = it->path().filename().string();
    if (name == kMetaFile || std::ranges::find(files, name, &ExpectedFile::name) != files.end()) continue;
    return file_failure(folder, fmt::format("holds '{}', which is not part of the data set", name));
  }
  if (fault) return file_failure(folder, fmt::format("cannot be listed: {}", fault.message()));
  return {};
}

std::string class_names_text() {
  std::string text;
  for (const std::string_view name : kCifar10Classes) text += fmt::format("{}\n", name);
  return text;
}

}  // namespace

Result<Fetched> fetch_cifar10(const FetchOptions& options, Progress& progress) {
  const std::vector<ExpectedFile> files = options.files.empty() ? official_files() : options.files;
  // A trailing slash would make the parent the folder itself.
  const fs::path folder = options.folder.has_filename() ? options.folder : options.folder.parent_path();
  if (is_complete(folder, files)) return Fetched{folder, true};
  NETFIT_TRY(check_replaceable(folder, files));

  std::error_code fault;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), fault);
  if (fault) return file_failure(folder.parent_path(), fmt::format("cannot create folder: {}", fault.message()));
  const TemporaryFolder workplace = NETFIT_TRY(TemporaryFolder::create(folder));
  const fs::path made = workplace.path() / "made";
  fs::create_directory(made, fault);
  if (fault) return file_failure(made, fmt::format("cannot create folder: {}", fault.message()));

  NETFIT_TRY(options.from ? take_from_disk(*options.from, files, made, progress)
                          : take_from_server(options, files, workplace.path(), made, progress));
  NETFIT_TRY(base::write_file(made / kMetaFile, class_names_text()));
  NETFIT_TRY(put_in_place(made, folder, workplace.path() / "old"));
  return Fetched{folder, false};
}

}  // namespace netfit::data
