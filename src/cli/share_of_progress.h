// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>

#include "base/progress.h"

namespace netfit::cli {

/// One part of a longer piece of work: its stages move the whole's progress by `share` steps altogether, however many
/// stages and steps they have themselves.
class ShareOfProgress final : public Progress {
 public:
  ShareOfProgress(Progress& whole, std::int64_t share, int stages) : whole_(whole), share_(share), stages_(stages) {}
  /// What the stages left of the share.
  ~ShareOfProgress() override { move_to(share_); }
  ShareOfProgress(const ShareOfProgress&) = delete;
  ShareOfProgress& operator=(const ShareOfProgress&) = delete;

  void begin(std::string_view /*what*/, std::int64_t steps) override {
    const std::lock_guard lock(mutex_);
    stage_ = std::min(stage_ + 1, stages_);
    steps_ = std::max<std::int64_t>(steps, 1);
    done_ = 0;
  }

  void advance(std::int64_t steps) override {
    const std::lock_guard lock(mutex_);
    done_ = std::min(done_ + steps, steps_);
    move_to((share_ * (stage_ - 1) + share_ * done_ / steps_) / stages_);
  }

  bool stopped() const override { return whole_.stopped(); }

 private:
  void move_to(std::int64_t step) {
    if (step <= moved_) return;
    whole_.advance(step - moved_);
    moved_ = step;
  }

  Progress& whole_;
  std::int64_t share_;
  int stages_;
  std::mutex mutex_;
  int stage_ = 0;
  std::int64_t steps_ = 1;
  std::int64_t done_ = 0;
  std::int64_t moved_ = 0;
};

}  // namespace netfit::cli
