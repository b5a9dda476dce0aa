// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal_progress.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <mutex>
#include <string>

#include <fmt/format.h>

namespace netfit::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration;

constexpr double kQuietSeconds = 2.0;
constexpr double kTerminalInterval = 0.2;
constexpr double kLogInterval = 10.0;

std::atomic<bool> g_stopped{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only touch lock-free atomics");

// The first Ctrl-C asks the work to stop where nothing is lost; the second one takes the default way out.
void on_interrupt(int /*signal*/) {
  g_stopped = true;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

std::string clock_text(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  return whole >= 60 ? fmt::format("{} min {:02} s", whole / 60, whole % 60) : fmt::format("{} s", whole);
}

class TerminalProgress final : public Progress {
 public:
  TerminalProgress(std::FILE* stream, bool is_terminal) : stream_(stream), is_terminal_(is_terminal) {
    std::signal(SIGINT, &on_interrupt);
    std::signal(SIGTERM, &on_interrupt);
  }
  ~TerminalProgress() override {
    const std::lock_guard lock(mutex_);
    clear_line();
  }
  TerminalProgress(const TerminalProgress&) = delete;
  TerminalProgress& operator=(const TerminalProgress&) = delete;

  void begin(std::string_view what, std::int64_t steps) override {
    const std::lock_guard lock(mutex_);
    clear_line();
    what_ = what;
    steps_ = steps;
    done_ = 0;
    started_ = last_shown_ = Clock::now();
  }

  void advance(std::int64_t steps) override {
    const std::lock_guard lock(mutex_);
    done_ += steps;
    const Clock::time_point now = Clock::now();
    if (done_ >= steps_) return clear_line();
    const double elapsed = duration<double>(now - started_).count();
    const double quiet_for = duration<double>(now - last_shown_).count();
    if (elapsed < kQuietSeconds || quiet_for < (is_terminal_ ? kTerminalInterval : kLogInterval)) return;
    last_shown_ = now;
    show(elapsed);
  }

  bool stopped() const override { return g_stopped; }

 private:
  void show(double elapsed) {
    const double left = elapsed / static_cast<double>(done_) * static_cast<double>(steps_ - done_);
    const std::string text =
        fmt::format("{}: {} of {} ({} %), about {} left", what_, done_, steps_, 100 * done_ / steps_, clock_text(left));
    // \r and "erase to the end of the line" keep one line on a terminal; a log gets whole lines.
    fmt::print(stream_, "{}{}{}", is_terminal_ ? "\r\x1b[K" : "", text, is_terminal_ ? "" : "\n");
    std::fflush(stream_);
    line_open_ = is_terminal_;
  }

  void clear_line() {
    if (!line_open_) return;
    fmt::print(stream_, "\r\x1b[K");
    std::fflush(stream_);
    line_open_ = false;
  }

  std::FILE* stream_;
  bool is_terminal_;
  bool line_open_ = false;
  std::mutex mutex_;
  std::string what_;
  std::int64_t steps_ = 0;
  std::int64_t done_ = 0;
  Clock::time_point started_;
  Clock::time_point last_shown_;
};

}  // namespace

std::shared_ptr<Progress> make_terminal_progress(std::FILE* stream, bool is_terminal) {
  return std::make_shared<TerminalProgress>(stream, is_terminal);
}

}  // namespace netfit::cli
