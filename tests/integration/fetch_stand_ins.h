// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <archive.h>
#include <archive_entry.h>
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/files.h"

// Stand-ins for the web site that data sets come from, and for their archives.
namespace netfit::data {

/// Sends the same bytes to whoever asks, then closes, or holds the line until the end.
class Server {
 public:
  enum class After { Close, Hold };

  explicit Server(std::string answer, After after = After::Close) : answer_(std::move(answer)), after_(after) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    socklen_t length = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ::ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Server() { stop(); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void stop() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    if (listener_ >= 0) ::close(std::exchange(listener_, -1));
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/archive.tar.gz"; }
  int requests() const { return requests_; }

 private:
  void serve() {
    while (!stopping_) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      ++requests_;
      char request[4096];
      [[maybe_unused]] const ssize_t got = ::recv(client, request, sizeof request, 0);
      for (std::size_t sent = 0; sent < answer_.size();) {
        const ssize_t put = ::send(client, answer_.data() + sent, answer_.size() - sent, MSG_NOSIGNAL);
        if (put <= 0) break;
        sent += static_cast<std::size_t>(put);
      }
      while (after_ == After::Hold && !stopping_) std::this_thread::sleep_for(std::chrono::milliseconds(10));
      ::close(client);
    }
  }

  std::string answer_;
  After after_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

/// A response that announces `announced` bytes, by default as many as it has.
inline std::string ok(const std::string& body, std::size_t announced) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(announced) + "\r\nConnection: close\r\n\r\n" + body;
}
inline std::string ok(const std::string& body) { return ok(body, body.size()); }

struct Entry {
  std::string name;
  std::string content;  ///< of a link: where it leads
  unsigned kind = AE_IFREG;
};

/// Writes a .tar.gz with these entries and returns its bytes.
inline std::string make_archive(const std::filesystem::path& path, const std::vector<Entry>& entries) {
  ::archive* tar = ::archive_write_new();
  ::archive_write_add_filter_gzip(tar);
  ::archive_write_set_format_ustar(tar);
  EXPECT_EQ(::archive_write_open_filename(tar, path.c_str()), ARCHIVE_OK);
  for (const Entry& entry : entries) {
    ::archive_entry* header = ::archive_entry_new();
    ::archive_entry_set_pathname(header, entry.name.c_str());
    ::archive_entry_set_filetype(header, entry.kind);
    ::archive_entry_set_perm(header, 0644);
    if (entry.kind == AE_IFLNK) ::archive_entry_set_symlink(header, entry.content.c_str());
    ::archive_entry_set_size(header, entry.kind == AE_IFREG ? std::ssize(entry.content) : 0);
    EXPECT_EQ(::archive_write_header(tar, header), ARCHIVE_OK);
    if (entry.kind == AE_IFREG) ::archive_write_data(tar, entry.content.data(), entry.content.size());
    ::archive_entry_free(header);
  }
  EXPECT_EQ(::archive_write_free(tar), ARCHIVE_OK);
  return base::read_text(path).value();
}

}  // namespace netfit::data
