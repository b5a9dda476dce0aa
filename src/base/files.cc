// SPDX-License-Identifier: Apache-2.0
#include "base/files.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netfit::base {
namespace {

// Larger files are surely not models or images; refusing them keeps a mistyped path from filling the memory.
constexpr std::int64_t kMaxFileBytes = std::int64_t{4} << 30;

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

Failure system_failure(const std::filesystem::path& path, std::string_view doing) {
  const std::string reason = std::strerror(errno);
  return fail(Error(ErrorKind::BadInput, fmt::format("{}: {}", doing, reason)).at(path.string()));
}

template <typename Container>
Result<Container> read_all(const std::filesystem::path& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.descriptor() < 0) return system_failure(path, "cannot open");
  struct stat status {};
  if (::fstat(file.descriptor(), &status) != 0) return system_failure(path, "cannot read");
  if (S_ISDIR(status.st_mode)) return fail(Error(ErrorKind::BadInput, "is a folder, not a file").at(path.string()));
  if (status.st_size > kMaxFileBytes) {
    return fail(Error(ErrorKind::BadInput, fmt::format("has {} bytes, the limit is {}", status.st_size, kMaxFileBytes))
                    .at(path.string()));
  }
  Container content;
  content.resize(static_cast<std::size_t>(status.st_size));
  std::size_t filled = 0;
  while (true) {
    // A pipe has no size beforehand, and a file may grow: read until the end, in growing steps.
    if (filled == content.size()) content.resize(content.size() + 65536);
    const ssize_t got = ::read(file.descriptor(), content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure(path, "cannot read");
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (static_cast<std::int64_t>(filled) > kMaxFileBytes) {
      return fail(Error(ErrorKind::BadInput, fmt::format("has more than {} bytes", kMaxFileBytes)).at(path.string()));
    }
  }
  content.resize(filled);
  return content;
}

Result<void> write_all(const File& file, std::span<const std::byte> bytes, const std::filesystem::path& path) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t put = ::write(file.descriptor(), bytes.data() + written, bytes.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return system_failure(path, "cannot write");
    written += static_cast<std::size_t>(put);
  }
  if (::fsync(file.descriptor()) != 0 && errno != EINVAL) return system_failure(path, "cannot write");
  return {};
}

// Devices such as /dev/null and pipes cannot be replaced by a rename; they are written in place.
bool is_special(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

}  // namespace

Result<Bytes> read_file(const std::filesystem::path& path) { return read_all<Bytes>(path); }

Result<std::string> read_text(const std::filesystem::path& path) { return read_all<std::string>(path); }

Result<void> write_file(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  if (is_special(path)) {
    const File file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.descriptor() < 0) return system_failure(path, "cannot write");
    return write_all(file, bytes, path);
  }
  std::string temporary = path.string() + ".XXXXXX";
  const File file(::mkstemp(temporary.data()));
  if (file.descriptor() < 0) return system_failure(path, "cannot write");
  ::fchmod(file.descriptor(), 0644);
  Result<void> written = write_all(file, bytes, path);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = system_failure(path, "cannot write");
  if (!written) ::unlink(temporary.c_str());
  return written;
}

Result<void> write_file(const std::filesystem::path& path, std::string_view text) {
  return write_file(path, as_bytes(text));
}

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

}  // namespace netfit::base
