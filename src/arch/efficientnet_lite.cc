// SPDX-License-Identifier: Apache-2.0
// Tan and Le, "EfficientNet", arXiv:1905.11946, table 1, in the "lite" form of
// github.com/tensorflow/tpu/models/official/efficientnet/lite: no squeeze and excitation, relu6, and stem and head not
// scaled, first and last stage not repeated.
#include <array>
#include <cmath>

#include "arch/family.h"

namespace netfit::arch {
namespace {

constexpr StageKind kIr = StageKind::Inverted;

constexpr std::array kTable{
    Stage{StageKind::Conv, 3, 1, 32, 2}, Stage{kIr, 3, 1, 16},       Stage{kIr, 3, 6, 24, 2, 2},
    Stage{kIr, 5, 6, 40, 2, 2},          Stage{kIr, 3, 6, 80, 2, 3}, Stage{kIr, 5, 6, 112, 1, 3},
    Stage{kIr, 5, 6, 192, 2, 4},         Stage{kIr, 3, 6, 320},      Stage{StageKind::Conv, 1, 1, 1280}};

struct Scale {
  double width;
  double depth;
  std::string_view resolution;
};

constexpr std::array kScales{Scale{1.0, 1.0, "224"}, Scale{1.0, 1.1, "240"}, Scale{1.1, 1.2, "260"},
                             Scale{1.2, 1.4, "280"}, Scale{1.4, 1.8, "300"}};

constexpr Parameter kScale{
    .name = "scale", .summary = "which of the five networks", .fallback = "0", .low = 0, .high = 4};

constexpr std::array kParameters{kScale, resolution_parameter(""), channels_parameter(), classes_parameter()};
constexpr std::array kCifarParameters{kScale, small_resolution_parameter(), channels_parameter(),
                                      classes_parameter("10")};

const Scale& scale_of(const Values& values) { return kScales[static_cast<std::size_t>(values.whole("scale"))]; }

void complete(Values& values) {
  if (!values.has("resolution")) values.set("resolution", std::string(scale_of(values).resolution));
}

std::vector<Stage> stages_of(const Values& values) {
  const Scale& scale = scale_of(values);
  std::vector<Stage> stages(kTable.begin(), kTable.end());
  for (std::size_t i = 1; i + 1 < stages.size(); ++i) {
    Stage& stage = stages[i];
    stage.channels = make_divisible(static_cast<double>(stage.channels) * scale.width);
    const bool outer = i == 1 || i + 2 == stages.size();
    if (!outer) stage.repeats = static_cast<std::int64_t>(std::ceil(scale.depth * static_cast<double>(stage.repeats)));
  }
  return stages;
}

void build_efficientnet_lite(const Values& values, Net& net) { build_classifier(values, stages_of(values), net); }
void build_efficientnet_lite_cifar(const Values& values, Net& net) {
  build_classifier(values, for_small_images(stages_of(values)), net);
}

}  // namespace

constinit const Family kEfficientNetLite{
    .name = "efficientnet_lite",
    .summary = "EfficientNet-Lite 0 to 4",
    .parameters = kParameters,
    .complete = &complete,
    .build = &build_efficientnet_lite,
};

constinit const Family kEfficientNetLiteCifar{
    .name = "efficientnet_lite_cifar",
    .summary = "EfficientNet-Lite 0 to 4 for 32x32 images",
    .parameters = kCifarParameters,
    .build = &build_efficientnet_lite_cifar,
    .output = Output::Logits,
};

}  // namespace netfit::arch
