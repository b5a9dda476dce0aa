// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <mutex>

#include "store/content_key.h"
#include "store/fields.h"
#include "store/store.h"

namespace netfit::store {
namespace {

bool matches(const Filter& filter, const Run& run) {
  return std::ranges::all_of(kFields, [&](const Field& field) {
    const std::optional<std::string>& wanted = filter.*field.wanted;
    return !wanted || *wanted == field.given(run);
  });
}

class MemoryStore final : public Store {
 public:
  Result<std::int64_t> append(std::span<const Run> runs, Existing existing) override {
    for (const Run& run : runs) NETFIT_TRY(check_run(run));
    const std::scoped_lock lock(mutex_);
    std::int64_t written = 0;
    for (const Run& run : runs) {
      std::string key = content_key(run);
      const bool known = runs_.contains(key);
      if (known && existing == Existing::Keep) continue;
      runs_.insert_or_assign(std::move(key), run);
      ++written;
    }
    return written;
  }

  Result<std::optional<Run>> find(std::string_view key) override {
    const std::scoped_lock lock(mutex_);
    const auto found = runs_.find(key);
    if (found == runs_.end()) return std::nullopt;
    return found->second;
  }

  Result<std::vector<Run>> query(const Filter& filter) override {
    const std::scoped_lock lock(mutex_);
    std::vector<Run> found;
    for (const auto& [key, run] : runs_) {
      if (matches(filter, run)) found.push_back(run);
    }
    return found;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Run, std::less<>> runs_;
};

}  // namespace

std::unique_ptr<Store> make_memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace netfit::store
