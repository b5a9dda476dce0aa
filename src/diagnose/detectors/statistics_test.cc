// SPDX-License-Identifier: Apache-2.0
#include "diagnose/detectors/statistics.h"

#include <span>

#include <gtest/gtest.h>

#include "ir/ops/normalization.h"
#include "passes/constants.h"
#include "support/graph_text.h"
#include "support/random_tensor.h"

namespace netfit::diagnose {
namespace {

// Six norms without activations, so that the records of each follow from its convolution alone.
constexpr std::string_view kNetwork = R"(
graph main(%x: f32[1,4,4,3]) -> (%y) {
  const @w: f32[3,1,1,3] = [0.9, 0.1, -0.3, 0.2, 0.8, 0.4, -0.1, 0.3, 0.7]
  const @one: f32[3] = fill(1)
  const @zero: f32[3] = fill(0)
  %c1 = conv2d(%x, @w)
  %n1 = batch_norm(%c1, @one, @zero, @zero, @one)
  %c2 = conv2d(%n1, @w)
  %n2 = batch_norm(%c2, @one, @zero, @zero, @one)
  %c3 = conv2d(%n2, @w)
  %n3 = batch_norm(%c3, @one, @zero, @zero, @one)
  %c4 = conv2d(%n3, @w)
  %n4 = batch_norm(%c4, @one, @zero, @zero, @one)
  %c5 = conv2d(%n4, @w)
  %n5 = batch_norm(%c5, @one, @zero, @zero, @one)
  %c6 = conv2d(%n5, @w)
  %y = batch_norm(%c6, @one, @zero, @zero, @one)
})";

class RenewStatistics : public testing::Test {
 protected:
  RenewStatistics() : network_(support::graph_of(kNetwork)) {
    for (const ir::NodeId id : network_.order()) {
      if (network_.node(id).op == &ir::kBatchNorm) norms_.push_back(id);
    }
    // Sound but for a little: running averages are never the statistics of just these samples.
    EXPECT_TRUE(quant::reestimate_batch_norms(network_, {{input_}, tools_.engine, tools_.progress}));
    for (const ir::NodeId norm : norms_) move_mean(norm, 0.01F);
  }

  // By so many units, which are about one standard deviation.
  void move_mean(ir::NodeId norm, float by) {
    passes::Wiring wiring(network_);
    Tensor mean = *ir::NodeView(network_, network_.node(norm)).input(3).constant;
    for (float& element : mean.mutable_data<float>()) element += by;
    passes::replace_constant(wiring, norm, 3, std::move(mean));
  }

  std::vector<ir::NodeId> renew() {
    const auto records = renew_statistics(network_, input_, tools_);
    EXPECT_TRUE(records.has_value());
    std::vector<ir::NodeId> norms;
    for (const quant::RenewedRecord& record : *records) norms.push_back(record.batch_norm);
    return norms;
  }

  Tensor input_ = support::random_tensor(1, DType::Float32, Shape{64, 4, 4, 3});
  Tools tools_{.engine = {}, .reference = {}, .progress = base::no_progress()};
  ir::Graph network_;
  std::vector<ir::NodeId> norms_;
};

TEST_F(RenewStatistics, LeavesSoundRecordsAlone) { EXPECT_TRUE(renew().empty()); }

TEST_F(RenewStatistics, RenewsTheOneThatIsStale) {
  move_mean(norms_[2], 1.0F);
  EXPECT_EQ(renew(), std::vector{norms_[2]});
}

// Where many are stale the others are only less so, and stay wrong unless they are renewed, too.
TEST_F(RenewStatistics, RenewsAllWhereManyAreStale) {
  move_mean(norms_[1], 1.0F);
  move_mean(norms_[4], 1.0F);
  EXPECT_EQ(renew(), norms_);
}

}  // namespace
}  // namespace netfit::diagnose
