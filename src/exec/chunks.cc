// SPDX-License-Identifier: Apache-2.0
#include "exec/chunks.h"

#include <cstring>

#include "base/text.h"

namespace netfit::exec {

Result<Chunks> Chunks::create(const Ports& ports, std::span<const Tensor> inputs, std::int64_t batch) {
  const std::int64_t samples = NETFIT_TRY(check_inputs(ports.inputs, inputs));
  Chunks chunks(ports, inputs, samples, batch);
  for (const Port& port : ports.outputs) {
    std::vector<std::int64_t> dims(port.shape.dims().begin(), port.shape.dims().end());
    dims[0] = samples;
    Shape shape = NETFIT_TRY(located(Shape::create(dims), base::printable(port.name)));
    chunks.results_.emplace_back(port.dtype, std::move(shape));
  }
  for (Tensor& result : chunks.results_) chunks.targets_.push_back(result.mutable_bytes().data());
  return chunks;
}

Result<void> Chunks::run(std::int64_t chunk, Session& session, const std::function<Result<void>()>& compute) {
  const std::int64_t first = first_sample(chunk);
  const std::int64_t count = samples_of(chunk);
  std::vector<Tensor> filled_up;
  std::vector<const std::byte*> sources;
  std::vector<std::byte*> sinks;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const Port& port = ports_->inputs[i];
    sources.push_back(inputs_[i].bytes().data() + first * port.sample_bytes);
    if (count == batch_) continue;
    std::byte* full = filled_up.emplace_back(port.dtype, port.shape.with_dim(0, batch_)).mutable_bytes().data();
    std::memcpy(full, sources.back(), static_cast<std::size_t>(count * port.sample_bytes));
    sources.back() = full;
  }
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const Port& port = ports_->outputs[i];
    sinks.push_back(targets_[i] + first * port.sample_bytes);
    if (count == batch_) continue;
    sinks.back() = filled_up.emplace_back(port.dtype, port.shape.with_dim(0, batch_)).mutable_bytes().data();
  }
  NETFIT_TRY(session.load(sources));
  NETFIT_TRY(compute());
  NETFIT_TRY(session.give(sinks));
  for (std::size_t i = 0; i < sinks.size() && count < batch_; ++i) {
    const std::int64_t bytes = ports_->outputs[i].sample_bytes;
    std::memcpy(targets_[i] + first * bytes, sinks[i], static_cast<std::size_t>(count * bytes));
  }
  return {};
}

}  // namespace netfit::exec
