// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "arch/arch.h"
#include "base/random.h"
#include "ir/printer.h"
#include "support/temporary_folder.h"
#include "train/trainer.h"
#include "whole_networks.h"

// Trainings of a second on made-up images.
namespace netfit::whole_networks {

// Two classes, reddish and bluish, under noise.
inline data::Dataset tinted(std::int64_t count, std::uint64_t seed) {
  data::Dataset dataset{.name = "tinted"};
  dataset.samples = Tensor(DType::UInt8, Shape{count, 8, 8, 3});
  base::Random random(seed);
  std::uint8_t* pixel = dataset.samples.mutable_data<std::uint8_t>().data();
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t label = random.integer(0, 1);
    for (int at = 0; at < 64 * 3; ++at) {
      const bool bright = at % 3 == 2 * label;
      *pixel++ = static_cast<std::uint8_t>((bright ? 130 : 110) + random.integer(-80, 80));
    }
    dataset.labels.push_back(label);
  }
  return dataset;
}

inline ir::Graph small_network() {
  return must(arch::build("blocks:stages=conv_c8_s2+ir_e2_c8+conv_k1_c16,resolution=8,classes=2",
                          {.batch_norm = arch::BatchNorm::Kept}));
}

/// Stops after a number of steps.
class StopAfter : public Progress {
 public:
  explicit StopAfter(std::int64_t steps) : left_(steps) {}
  void advance(std::int64_t steps) override { left_ -= begun_ ? steps : 0, begun_ = true; }
  bool stopped() const override { return left_ <= 0; }

 private:
  std::int64_t left_;
  bool begun_ = false;  // the first advance tells what the checkpoint has done
};

class Training : public ::testing::Test {
 protected:
  Training() {
    request_.graph = small_network();
    request_.recipe = {.schedule = {.epochs = 3, .batch = 32, .warm_up_epochs = 1},
                       .optimizer = {.learning_rate = 0.1},
                       .augmentation = {.crop = 1},
                       .regularization = {.ema = 0.9},
                       .validation = 64,
                       .seed = 5};
    request_.train = &data_;
    request_.preprocessing = {.scale = 1.0F / 255, .mean = {0.43F}, .std = {0.2F}};
    request_.name = "a test";
    request_.checkpoint = folder_ / "checkpoint.safetensors";
    request_.report = [this](const train::EpochResult& epoch) -> Result<void> {
      epochs_.push_back(epoch);
      return {};
    };
  }

  std::string trained() { return ir::print(must(train::train(request_, base::no_progress())).graph); }

  data::Dataset data_ = tinted(512, 1);
  support::TemporaryFolder folder_;
  train::TrainingRequest request_;
  std::vector<train::EpochResult> epochs_;
};

}  // namespace netfit::whole_networks
