// SPDX-License-Identifier: Apache-2.0
#include "train/parameters.h"

#include <algorithm>
#include <cstring>

#include <c10/core/GradMode.h>

namespace netfit::train {
namespace {

std::vector<std::int64_t> extents(const Shape& shape) { return {shape.dims().begin(), shape.dims().end()}; }

at::ScalarType scalar_type(DType dtype) {
  switch (dtype) {
    case DType::Float32:
      return at::kFloat;
    case DType::UInt8:
      return at::kByte;
    case DType::Int32:
      return at::kInt;
    case DType::Int64:
      return at::kLong;
    default:
      NETFIT_UNREACHABLE();
  }
}

at::Tensor on_cpu(std::int64_t length) { return at::zeros({length}, at::kFloat); }

}  // namespace

at::Tensor to_torch(const Tensor& tensor, at::Device device) {
  at::Tensor result = at::empty(extents(tensor.shape()), scalar_type(tensor.dtype()));
  if (tensor.byte_count() > 0) std::memcpy(result.data_ptr(), tensor.bytes().data(), tensor.bytes().size());
  return result.to(device);
}

Tensor from_torch(const at::Tensor& tensor) {
  const at::Tensor host = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
  Result<Shape> shape = Shape::create(std::span<const std::int64_t>(host.sizes().data(), host.sizes().size()));
  NETFIT_CHECK(shape.has_value());
  return Tensor::from<float>(*std::move(shape), {host.data_ptr<float>(), static_cast<std::size_t>(host.numel())});
}

Parameters::Parameters(const ir::Graph& graph, const Layout& layout, at::Device device, at::ScalarType arithmetic)
    : layout_(std::make_shared<const Layout>(layout)) {
  trained = on_cpu(layout.trainable());
  statistics = on_cpu(layout.statistics);
  for (const Slot& slot : layout.slots) {
    const Tensor& constant = *graph.value(slot.value).constant;
    fixed_.emplace_back();
    if (slot.role == Role::Fixed) {
      fixed_.back() = to_torch(constant, device);
      continue;
    }
    const bool is_statistic = slot.role == Role::Statistic;
    const std::int64_t at = is_statistic ? slot.offset : layout.trained_at(slot);
    const at::Tensor flat = to_torch(to_slot_order(constant, slot), at::kCPU).reshape({-1});
    (is_statistic ? statistics : trained).narrow(0, at, flat.numel()).copy_(flat);
  }
  trained = trained.to(device);
  statistics = statistics.to(device);
  compute = trained.narrow(0, 0, layout.weights).to(arithmetic);  // shares memory if the type is the same
  make_views();
}

Parameters Parameters::clone() const {
  Parameters copy;
  copy.layout_ = layout_;
  copy.fixed_ = fixed_;
  copy.trained = trained.clone();
  copy.statistics = statistics.clone();
  copy.compute = copy.trained.narrow(0, 0, layout_->weights).to(arithmetic());
  copy.make_views();
  return copy;
}

void Parameters::make_views() {
  std::int32_t last = -1;
  for (const Slot& slot : layout_->slots) last = std::max(last, slot.value.index);
  values_.assign(static_cast<std::size_t>(last + 1), at::Tensor());
  std::vector<at::Tensor> vectors;
  for (std::size_t i = 0; i < layout_->slots.size(); ++i) {
    const Slot& slot = layout_->slots[i];
    at::Tensor& value = values_[static_cast<std::size_t>(slot.value.index)];
    const std::int64_t count = slot.shape.element_count();
    const auto view = [&](const at::Tensor& flat, std::int64_t at) {
      return flat.narrow(0, at, count).view(extents(slot.shape)).detach();
    };
    switch (slot.role) {
      case Role::Weight:
        leaves_.push_back(value = view(compute, slot.offset).requires_grad_());
        break;
      case Role::Vector:
        vectors.push_back(value = view(trained, layout_->trained_at(slot)).requires_grad_());
        break;
      case Role::Statistic:
        value = view(statistics, slot.offset);
        break;
      case Role::Fixed:
        value = fixed_[i];
        break;
    }
  }
  kernels_ = leaves_.size();
  leaves_.insert(leaves_.end(), vectors.begin(), vectors.end());
  const auto leaf = [&](std::int64_t at, std::int64_t rows, std::int64_t columns) {
    leaves_.push_back(trained.narrow(0, at, rows * columns).view({rows, columns}).squeeze(1).detach().requires_grad_());
    return leaves_.back();
  };
  if (layout_->ranges > 0) ranges_ = leaf(layout_->ranges_at(), layout_->ranges, 2);
  if (layout_->steps > 0) steps_ = leaf(layout_->steps_at(), layout_->steps, 1);
}

void Parameters::refresh() const {
  if (arithmetic() == at::kFloat) return;
  const c10::NoGradGuard no_grad;
  at::Tensor target = compute;
  target.copy_(trained.narrow(0, 0, layout_->weights));
}

at::Tensor Parameters::flatten(const std::vector<at::Tensor>& gradients) const {
  std::vector<at::Tensor> kernels;
  std::vector<at::Tensor> others;
  for (std::size_t i = 0; i < gradients.size(); ++i)
    (i < kernels_ ? kernels : others).push_back(gradients[i].reshape({-1}));
  std::vector<at::Tensor> parts;
  if (!kernels.empty()) parts.push_back(at::cat(kernels).to(at::kFloat));
  if (!others.empty()) parts.push_back(at::cat(others));
  return at::cat(parts);
}

void Parameters::store(ir::Graph& graph) const {
  for (const Slot& slot : layout_->slots) {
    if (slot.role == Role::Fixed) continue;
    const bool is_statistic = slot.role == Role::Statistic;
    const std::int64_t at = is_statistic ? slot.offset : layout_->trained_at(slot);
    const at::Tensor flat = (is_statistic ? statistics : trained).narrow(0, at, slot.shape.element_count());
    ir::Value& value = graph.value(slot.value);
    value.constant = to_graph_order(from_torch(flat), slot, value.shape);
  }
  graph.weights = ir::Weights::Present;
}

}  // namespace netfit::train
