// SPDX-License-Identifier: Apache-2.0
#include "quant/fidelity.h"

#include <cmath>

#include <gtest/gtest.h>

namespace netfit::quant {
namespace {

Tensor rows(std::vector<float> elements) {
  const auto count = static_cast<std::int64_t>(elements.size()) / 2;
  return Tensor::from(Shape{count, 2}, elements);
}

TEST(Fidelity, CountsSamplesWithTheSameGreatestElement) {
  const Tensor reference = rows({1, 2, 3, 0, 5, 4});
  const Tensor output = rows({0, 9, 1, 2, 5, 1});
  const Fidelity fidelity = compare_outputs({&reference, 1}, {&output, 1});
  EXPECT_EQ(fidelity.agrees, (std::vector<bool>{true, false, true}));
  EXPECT_NEAR(fidelity.agreement_percent(), 200.0 / 3, 1e-9);
}

TEST(Fidelity, IsTheRatioOfPowers) {
  const Tensor reference = rows({3, 4});
  const Tensor output = rows({3, 4.5});  // 25 over 0.25
  EXPECT_NEAR(compare_outputs({&reference, 1}, {&output, 1}).sqnr_db, 20.0, 1e-9);
  EXPECT_TRUE(std::isinf(compare_outputs({&reference, 1}, {&reference, 1}).sqnr_db));
}

TEST(Fidelity, WeighsOutputsOfAnySizeAlike) {
  // The large output is exact; the small one has noise of a hundredth: half of that on average.
  const std::vector<Tensor> reference = {rows({3000, 4000}), rows({3, 4})};
  const std::vector<Tensor> outputs = {rows({3000, 4000}), rows({3, 4.5})};
  EXPECT_NEAR(compare_outputs(reference, outputs).sqnr_db, 20.0 + 10 * std::log10(2.0), 1e-9);
}

}  // namespace
}  // namespace netfit::quant
