// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "arch/net.h"
#include "arch/parameter.h"
#include "arch/stage.h"

namespace netfit::arch {

/// A family of networks: a row of the catalog.
struct Family {
  std::string_view name;
  std::string_view summary;
  std::span<const Parameter> parameters;
  /// Sets what was not given and follows from the rest; absent if nothing does.
  void (*complete)(Values& values) = nullptr;
  /// What is wrong with the parameters together; absent if nothing can be.
  std::optional<std::string> (*fault)(const Values& values) = nullptr;
  void (*build)(const Values& values, Net& net) = nullptr;
  Output output = Output::Probabilities;
};

extern const Family kBlocks;
extern const Family kEfficientNetLite;
extern const Family kEfficientNetLiteCifar;
extern const Family kFdMobileNet;
extern const Family kMobileNetV1;
extern const Family kMobileNetV1Cifar;
extern const Family kMobileNetV2;
extern const Family kMobileNetV2Cifar;
extern const Family kMobileNetV3;
extern const Family kMobileNetV3Cifar;
extern const Family kNasBench201;
extern const Family kResNet50;
extern const Family kResNetV1Cifar;
extern const Family kSqueezeNet;

/// An image, the stages, and a classifier behind them: most families.
void build_classifier(const Values& values, std::span<const Stage> stages, Net& net);

/// Every family, sorted by name.
std::span<const Family* const> families();

}  // namespace netfit::arch
