// SPDX-License-Identifier: Apache-2.0
#include "quant/check_samples.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::quant {
namespace {

bool all_equal(const Tensor& samples) {
  const auto row = static_cast<std::size_t>(samples.byte_count() / samples.shape()[0]);
  const std::byte* first = samples.bytes().data();
  for (std::int64_t i = 1; i < samples.shape()[0]; ++i) {
    if (std::memcmp(first, first + static_cast<std::size_t>(i) * row, row) != 0) return false;
  }
  return true;
}

// The words of calibrate, which looks at what follows from the samples, too.
Result<void> check_finite(const Tensor& samples, std::string_view name) {
  const std::span<const float> elements = samples.data<float>();
  const auto bad = std::ranges::find_if(elements, [](float element) { return !std::isfinite(element); });
  if (bad == elements.end()) return {};
  const std::int64_t sample = (bad - elements.begin()) / (std::ssize(elements) / samples.shape()[0]);
  return located<void>(bad_input(fmt::format("is not finite in calibration sample {}", sample)),
                       fmt::format("value '{}'", base::printable(name)));
}

}  // namespace

Result<void> check_samples(const ir::Graph& graph, std::span<const Tensor> inputs) {
  if (inputs.empty() || inputs.size() != graph.inputs.size()) {
    return bad_input(fmt::format("{} inputs given, the graph takes {}", inputs.size(), graph.inputs.size()));
  }
  if (inputs[0].shape().rank() == 0 || inputs[0].shape()[0] < 1) return bad_input("no calibration samples given");
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].dtype() != DType::Float32) continue;
    NETFIT_TRY(check_finite(inputs[i], graph.value(graph.inputs[i].value).name));
  }
  if (inputs[0].shape()[0] > 1 && std::ranges::all_of(inputs, all_equal)) {
    return bad_input(
        fmt::format("all {} calibration samples are equal; no range can be learned from them", inputs[0].shape()[0]));
  }
  return {};
}

}  // namespace netfit::quant
