// SPDX-License-Identifier: Apache-2.0
#include "data/download.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include <curl/curl.h>
#include <fmt/format.h>

namespace netfit::data {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct CloseCurl {
  void operator()(CURL* curl) const { ::curl_easy_cleanup(curl); }
};

// What curl's callbacks see; they must not throw, so they only write and note.
struct Transfer {
  std::FILE* file;
  std::int64_t most_bytes;
  Progress& progress;
  std::int64_t received = 0;
  std::int64_t announced = 0;  // the length told to `progress`; 0 before it is known
  std::int64_t shown = 0;
  bool too_long = false;
  bool unwritable = false;
};

std::size_t on_data(char* bytes, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::size_t length = size * count;
  transfer.too_long = transfer.received + static_cast<std::int64_t>(length) > transfer.most_bytes;
  if (transfer.too_long) return CURL_WRITEFUNC_ERROR;
  transfer.unwritable = std::fwrite(bytes, 1, length, transfer.file) != length;
  if (transfer.unwritable) return CURL_WRITEFUNC_ERROR;
  transfer.received += static_cast<std::int64_t>(length);
  return length;
}

// Called by curl at least once a second, even when nothing arrives.
int on_progress(void* context, curl_off_t total, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (transfer.announced == 0 && total > 0 && transfer.received > 0) {
    transfer.announced = total;
    transfer.progress.begin("downloading", total);
  }
  if (transfer.announced > 0) {
    transfer.progress.advance(transfer.received - transfer.shown);
    transfer.shown = transfer.received;
  }
  return transfer.progress.stopped() ? 1 : 0;
}

void set_options(CURL* curl, const std::string& url, const DownloadOptions& options, Transfer& transfer, char* reason) {
  ::curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http,file");
  // A server must not be able to send us to a file of this machine.
  ::curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https,http");
  ::curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  ::curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
  ::curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(curl, CURLOPT_USERAGENT, "netfit");
  ::curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.connect_seconds));
  ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1000L);
  ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_seconds));
  ::curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
  ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &on_data);
  ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  ::curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  ::curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
  ::curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
}

}  // namespace

Result<void> download(const std::string& url, const std::filesystem::path& target, const DownloadOptions& options,
                      Progress& progress) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(target.c_str(), "wbx"));
  if (!file) return fail(Error(ErrorKind::BadInput, "cannot be created").at(target.string()));
  const std::unique_ptr<CURL, CloseCurl> curl(::curl_easy_init());
  if (!curl) return missing_program("libcurl cannot be started");
  std::array<char, CURL_ERROR_SIZE> reason{};
  Transfer transfer{file.get(), options.most_bytes, progress};
  set_options(curl.get(), url, options, transfer, reason.data());
  const CURLcode code = ::curl_easy_perform(curl.get());

  if (progress.stopped()) return base::interrupted();
  const bool flushed = std::fflush(file.get()) == 0;
  if (transfer.unwritable || !flushed) {
    return fail(Error(ErrorKind::BadInput, "cannot be written; is the disk full").at(target.string()));
  }
  if (transfer.too_long) return bad_input(fmt::format("'{}' has more than {} bytes", url, options.most_bytes));
  if (code == CURLE_OK) return {};
  return missing_program(
      fmt::format("cannot download '{}': {}", url, reason[0] != '\0' ? reason.data() : ::curl_easy_strerror(code)));
}

}  // namespace netfit::data
