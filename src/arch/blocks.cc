// SPDX-License-Identifier: Apache-2.0
// Any network of stages, for images of 32 pixels unless it is told otherwise. Without parameters it has the layers of
// zoo/mobilenetv2_cifar10_450k.onnx.
#include <array>

#include "arch/family.h"
#include "arch/stage_text.h"
#include "base/check.h"

namespace netfit::arch {
namespace {

Result<std::string> canonical_stages(std::string_view text) { return print_stages(NETFIT_TRY(parse_stages(text))); }

constexpr std::array kParameters{
    Parameter{.name = "stages",
              .summary = "of blocks, one after another",
              .kind = ParameterKind::Text,
              .fallback = "conv_k3_c16_s1_n1_relu6+ir_k3_e1_c16_s1_n1_relu6+ir_k3_e6_c24_s1_n2_relu6+"
                          "ir_k3_e6_c32_s2_n3_relu6+ir_k3_e6_c48_s2_n3_relu6+ir_k3_e6_c64_s1_n3_relu6+"
                          "ir_k3_e6_c80_s1_n2_relu6+conv_k1_c320_s1_n1_relu6",
              .words = "stages as in docs/architectures.md",
              .read = &canonical_stages},
    small_resolution_parameter(),
    channels_parameter(),
    classes_parameter("10"),
};

void build_blocks(const Values& values, Net& net) {
  const Result<std::vector<Stage>> stages = parse_stages(values.word("stages"));
  NETFIT_CHECK(stages.has_value());
  build_classifier(values, *stages, net);
}

}  // namespace

constinit const Family kBlocks{
    .name = "blocks",
    .summary = "Any list of stages, as a search makes them",
    .parameters = kParameters,
    .build = &build_blocks,
    .output = Output::Logits,
};

}  // namespace netfit::arch
