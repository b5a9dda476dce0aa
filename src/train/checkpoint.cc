// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint.h"

#include <charconv>
#include <cstring>

#include <ATen/Context.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include "base/text.h"
#include "tensor/safetensors.h"

namespace netfit::train {
namespace {

constexpr const char* kTraining = "netfit.training";
constexpr const char* kVersion = "netfit.checkpoint";
constexpr const char* kVersionNow = "1";

/// A tensor of the state that a checkpoint holds in its bits.
struct Entry {
  std::string name;
  at::Tensor tensor;
};

std::vector<Entry> entries_of(StepState& state) {
  std::vector<Entry> entries{{"trained", state.parameters.trained},
                             {"statistics", state.parameters.statistics},
                             {"loss_scale", state.loss_scale},
                             {"loss_sum", state.loss_sum},
                             {"correct", state.correct}};
  if (state.averaged) {
    entries.push_back({"averaged.trained", state.averaged->trained});
    entries.push_back({"averaged.statistics", state.averaged->statistics});
  }
  int number = 0;
  for (const at::Tensor& tensor : state.optimizer->state())
    entries.push_back({fmt::format("optimizer.{}", number++), tensor});
  return entries;
}

Tensor in_bits(const at::Tensor& tensor) {
  if (tensor.scalar_type() == at::kFloat) return from_torch(tensor);
  const at::Tensor host = tensor.to(at::kCPU).contiguous();
  const auto elements = static_cast<std::size_t>(host.numel());
  if (host.scalar_type() == at::kByte)
    return Tensor::from<std::uint8_t>(Shape{host.numel()}, {host.data_ptr<std::uint8_t>(), elements});
  NETFIT_CHECK(host.scalar_type() == at::kLong);
  return Tensor::from<std::int64_t>(Shape{host.numel()}, {host.data_ptr<std::int64_t>(), elements});
}

Result<void> restore(const tensor::Safetensors& file, const Entry& entry) {
  const auto found = file.tensors.find(entry.name);
  const bool fits = found != file.tensors.end() && found->second.element_count() == entry.tensor.numel() &&
                    (found->second.dtype() == DType::Float32) == (entry.tensor.scalar_type() == at::kFloat);
  if (!fits) return bad_input(fmt::format("has no '{}' of {} elements", entry.name, entry.tensor.numel()));
  const c10::NoGradGuard no_grad;
  at::Tensor target = entry.tensor;
  target.copy_(to_torch(found->second, at::kCPU).view(entry.tensor.sizes()));
  return {};
}

at::Generator generator(at::Device device) { return at::globalContext().defaultGenerator(device); }

template <typename Number>
Result<Number> read_number(const tensor::Safetensors& file, const std::string& key) {
  const auto found = file.metadata.find(key);
  Number value{};
  if (found != file.metadata.end()) {
    const char* end = found->second.data() + found->second.size();
    if (std::from_chars(found->second.data(), end, value).ptr == end) return value;
  }
  return bad_input(fmt::format("has no number '{}'", key));
}

Result<Position> parse(const tensor::Safetensors& file, const std::string& training, StepState& state) {
  const auto of = file.metadata.find(kTraining);
  const auto version = file.metadata.find(kVersion);
  if (of == file.metadata.end() || version == file.metadata.end() || version->second != kVersionNow)
    return bad_input("is not a checkpoint of this netfit");
  if (of->second != training)
    return bad_input("is a checkpoint of another training: the network, the recipe or the data differ");
  for (const Entry& entry : entries_of(state)) NETFIT_TRY(restore(file, entry));
  state.parameters.refresh();
  if (state.averaged) state.averaged->refresh();
  Position position{.steps = NETFIT_TRY(read_number<std::int64_t>(file, "steps")),
                    .best_top1 = NETFIT_TRY(read_number<double>(file, "best_top1")),
                    .best_epoch = NETFIT_TRY(read_number<std::int64_t>(file, "best_epoch")),
                    .epoch_seconds = NETFIT_TRY(read_number<double>(file, "epoch_seconds"))};
  if (position.steps < 0) return bad_input("has no number 'steps'");
  state.steps.fill_(position.steps);
  if (position.best_epoch > 0) {
    position.best = state.parameters.clone();
    NETFIT_TRY(restore(file, {"best.trained", position.best->trained}));
    NETFIT_TRY(restore(file, {"best.statistics", position.best->statistics}));
    position.best->refresh();
  }
  at::Generator random = generator(state.parameters.device());
  const at::Tensor current = random.get_state();
  NETFIT_TRY(restore(file, {"random", current}));
  random.set_state(current);
  return position;
}

}  // namespace

Result<void> write_checkpoint(const std::filesystem::path& path, const std::string& training, StepState& state,
                              const Position& position) {
  tensor::Safetensors file;
  std::vector<Entry> entries = entries_of(state);
  if (position.best) {
    entries.push_back({"best.trained", position.best->trained});
    entries.push_back({"best.statistics", position.best->statistics});
  }
  entries.push_back({"random", generator(state.parameters.device()).get_state()});
  for (const Entry& entry : entries) file.tensors.emplace(entry.name, in_bits(entry.tensor));
  file.metadata = {{kTraining, training},
                   {kVersion, kVersionNow},
                   {"steps", fmt::format("{}", position.steps)},
                   {"best_top1", fmt::format("{}", position.best_top1)},
                   {"best_epoch", fmt::format("{}", position.best_epoch)},
                   {"epoch_seconds", fmt::format("{}", position.epoch_seconds)}};
  return tensor::write_safetensors(file, path);
}

Result<Position> read_checkpoint(const std::filesystem::path& path, const std::string& training, StepState& state) {
  const tensor::Safetensors file = NETFIT_TRY(tensor::read_safetensors(path));
  return located(parse(file, training, state), base::printable(path.string()));
}

}  // namespace netfit::train
