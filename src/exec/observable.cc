// SPDX-License-Identifier: Apache-2.0
//
// Values are shown as soon as they are computed, while they lie in the cache, in memory that those of one shape share:
// fresh memory for all of them would take more time than computing them. A worker shows a value when the worker in
// front of it, which has the samples before, has shown it: so every observer sees samples in order, whatever the number
// of threads.

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <unordered_map>

#include "base/parallel.h"
#include "exec/chunks.h"

namespace netfit::exec {
namespace {

/// Who may show what: a chunk its n-th value once the chunk before it has shown its own.
class Turns {
 public:
  explicit Turns(std::int64_t chunks) : shown_(static_cast<std::size_t>(chunks), 0) {}

  /// Calls `show` when it is the turn of `chunk`; fails if that never comes.
  Result<void> take(std::int64_t chunk, const std::function<void()>& show) {
    const auto place = static_cast<std::size_t>(chunk);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failed_ || place == 0 || shown_[place - 1] > shown_[place]; });
    if (failed_) return base::interrupted();
    show();
    ++shown_[place];
    changed_.notify_all();
    return {};
  }

  void fail() {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> shown_;
  bool failed_ = false;
};

class SessionObserver final : public ObservableExecutor {
 public:
  SessionObserver(const ir::Graph& graph, Ports ports, std::vector<std::unique_ptr<WitnessedSession>> sessions,
                  ExecutorLabel label)
      : ports_(std::move(ports)), sessions_(std::move(sessions)), label_(std::move(label)), copies_(sessions_.size()) {
    for (const ir::ValueId id : graph.values()) types_.emplace(id, Type{graph.value(id).dtype, graph.value(id).shape});
  }

  Result<std::vector<Tensor>> run(std::span<const Tensor> inputs, Progress& progress) override {
    return run_observed(
        inputs, [](ir::ValueId, std::int64_t, const Tensor&) {}, progress);
  }

  Result<std::vector<Tensor>> run_observed(std::span<const Tensor> inputs, const Observer& observer,
                                           Progress& progress) override {
    Chunks chunks = NETFIT_TRY(Chunks::create(ports_, inputs, sessions_.front()->batch()));
    Turns turns(chunks.count());
    const auto observe = [&](std::int64_t chunk, int worker) -> Result<void> {
      if (progress.stopped()) return base::interrupted();
      WitnessedSession& session = *sessions_[static_cast<std::size_t>(worker)];
      const auto show = [&](ir::ValueId value, const std::byte* samples) {
        const Tensor& shown = copy(value, samples, chunks.samples_of(chunk), worker);
        return turns.take(chunk, [&] { observer(value, chunks.first_sample(chunk), shown); });
      };
      NETFIT_TRY(chunks.run(chunk, session, [&] { return session.compute_before(show); }));
      progress.advance(chunks.samples_of(chunk));
      return {};
    };
    const auto work = [&](std::int64_t chunk, int worker) -> Result<void> {
      Result<void> done = observe(chunk, worker);
      if (!done) turns.fail();
      return done;
    };
    NETFIT_TRY(base::parallel_for(chunks.count(), static_cast<int>(sessions_.size()), work));
    return chunks.take_results();
  }

  std::string name() const override { return label_.name; }
  std::vector<std::string> fallback_nodes() const override { return label_.fallback_nodes; }

 private:
  struct Type {
    DType dtype;
    Shape shape;
  };

  // What an observer keeps of an earlier one is a copy by then.
  const Tensor& copy(ir::ValueId value, const std::byte* bytes, std::int64_t samples, int worker) {
    const auto& [dtype, one] = types_.at(value);
    const Shape shape = one.rank() == 0 ? Shape{samples} : one.with_dim(0, one[0] * samples);
    std::vector<Tensor>& known = copies_[static_cast<std::size_t>(worker)];
    const auto fits = [&](const Tensor& tensor) { return tensor.dtype() == dtype && tensor.shape() == shape; };
    const auto found = std::ranges::find_if(known, fits);
    Tensor& target = found != known.end() ? *found : known.emplace_back(dtype, shape);
    std::memcpy(target.mutable_bytes().data(), bytes, static_cast<std::size_t>(target.byte_count()));
    return target;
  }

  Ports ports_;
  std::vector<std::unique_ptr<WitnessedSession>> sessions_;
  ExecutorLabel label_;
  std::unordered_map<ir::ValueId, Type> types_;
  std::vector<std::vector<Tensor>> copies_;  ///< of a worker: one for each type and shape
};

}  // namespace

Result<std::unique_ptr<ObservableExecutor>> create_observable(const ir::Graph& graph,
                                                              std::vector<std::unique_ptr<WitnessedSession>> sessions,
                                                              ExecutorLabel label) {
  NETFIT_CHECK(!sessions.empty());
  Ports ports = NETFIT_TRY(make_ports(graph));
  return std::make_unique<SessionObserver>(graph, std::move(ports), std::move(sessions), std::move(label));
}

}  // namespace netfit::exec
