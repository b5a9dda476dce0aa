// SPDX-License-Identifier: Apache-2.0
// Published figures are the judges: MACs in millions from the papers and the TensorFlow and torchvision model pages,
// parameters exactly as Keras and torchvision count them (with kept batch norm; Keras' totals hold its four numbers a
// channel).
#include "arch/arch.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "arch/family.h"
#include "ir/hash.h"
#include "ir/op_spec.h"
#include "ir/ops.h"
#include "ir/verifier.h"

namespace netfit::arch {
namespace {

ir::Graph graph_of(std::string_view spec, BatchNorm batch_norm = BatchNorm::Folded) {
  Result<ir::Graph> graph = build(spec, {batch_norm});
  EXPECT_TRUE(graph) << spec << ": " << graph.error().text();
  return graph ? std::move(*graph) : ir::Graph();
}

double mega_macs(std::string_view spec) {
  const ir::Graph graph = graph_of(spec);
  std::int64_t macs = 0;
  for (const ir::NodeId id : graph.order()) macs += count_work(ir::NodeView(graph, graph.node(id))).macs;
  return static_cast<double>(macs) / 1e6;
}

std::int64_t constant_elements(const ir::Graph& graph) {
  std::int64_t elements = 0;
  for (const ir::ValueId id : graph.values()) {
    if (graph.value(id).is_constant()) elements += graph.value(id).shape.element_count();
  }
  return elements;
}

std::int64_t kept_elements(std::string_view spec) { return constant_elements(graph_of(spec, BatchNorm::Kept)); }

std::string fault_of(std::string_view spec) {
  const Result<ir::Graph> graph = build(spec);
  return graph ? "" : graph.error().text();
}

TEST(Arch, HasThePublishedMacs) {
  EXPECT_NEAR(mega_macs("mobilenet_v1"), 569, 1);
  EXPECT_NEAR(mega_macs("mobilenet_v1:alpha=0.75"), 325, 1);
  EXPECT_NEAR(mega_macs("mobilenet_v1:alpha=0.5"), 149, 1);
  EXPECT_NEAR(mega_macs("mobilenet_v1:alpha=0.25"), 41, 1);
  EXPECT_NEAR(mega_macs("mobilenet_v1:resolution=128"), 186, 1);
  EXPECT_NEAR(mega_macs("mobilenet_v2"), 300, 1);
  EXPECT_NEAR(mega_macs("mobilenet_v2:alpha=0.35"), 59, 1);
  EXPECT_NEAR(mega_macs("mobilenet_v2:alpha=0.5,resolution=160"), 50, 1);
  EXPECT_NEAR(mega_macs("mobilenet_v2:alpha=1.4"), 582, 1);
  EXPECT_NEAR(mega_macs("mobilenet_v3:size=large"), 217, 3);
  EXPECT_NEAR(mega_macs("mobilenet_v3:size=small"), 57, 1.5);
  EXPECT_NEAR(mega_macs("mobilenet_v3:size=large,minimalistic=yes"), 209, 3);
  EXPECT_NEAR(mega_macs("resnet50"), 4100, 20);
  EXPECT_NEAR(mega_macs("resnet50:version=1"), 3860, 20);
  EXPECT_NEAR(mega_macs("squeezenet:version=1.0"), 820, 10);
  EXPECT_NEAR(mega_macs("squeezenet:version=1.1"), 350, 4);
  EXPECT_NEAR(mega_macs("fd_mobilenet"), 144, 2);
  EXPECT_NEAR(mega_macs("resnet_v1_cifar"), 12.5, 0.1);
  EXPECT_NEAR(mega_macs("mobilenet_v2_cifar"), 88, 0.1);
}

// The reference counts batch norm and activations as well, 3 to 6 % of the whole.
TEST(Arch, StaysJustBelowThePublishedOperationsOfEfficientNetLite) {
  const std::array published{407.0, 631.0, 899.0, 1440.0, 2640.0};
  for (std::size_t scale = 0; scale < published.size(); ++scale) {
    const double share = mega_macs(fmt::format("efficientnet_lite:scale={}", scale)) / published[scale];
    EXPECT_GT(share, 0.94) << scale;
    EXPECT_LT(share, 0.98) << scale;
  }
}

TEST(Arch, HasThePublishedParametersToTheLast) {
  EXPECT_EQ(kept_elements("mobilenet_v1"), 4253864);
  EXPECT_EQ(kept_elements("mobilenet_v1:alpha=0.25"), 475544);
  EXPECT_EQ(kept_elements("mobilenet_v2"), 3538984);
  EXPECT_NEAR(static_cast<double>(kept_elements("mobilenet_v2:alpha=0.35")), 1.68e6, 0.02e6);
  EXPECT_EQ(kept_elements("mobilenet_v3:size=large"), 5507432);
  EXPECT_EQ(kept_elements("mobilenet_v3:size=small"), 2554968);
  EXPECT_EQ(kept_elements("efficientnet_lite"), 4694024);
  EXPECT_EQ(kept_elements("resnet50"), 25557032 + 53120);
  // MLPerf Tiny's ResNet-8 has a bias beside each batch norm.
  EXPECT_EQ(kept_elements("resnet_v1_cifar"), 78666 - 240);
  // Trained are 2,236,682; the running mean and variance of each channel are counted here as well.
  EXPECT_EQ(kept_elements("mobilenet_v2_cifar"), 2236682 + 2 * 17056);
  EXPECT_EQ(kept_elements("squeezenet:version=1.0"), 1248424);
  EXPECT_EQ(kept_elements("squeezenet:version=1.1"), 1235496);
}

TEST(Arch, FoldsFourNumbersOfBatchNormIntoOneBias) {
  const std::int64_t channels = 10944;  // of all batch norms of MobileNet
  EXPECT_EQ(constant_elements(graph_of("mobilenet_v1")), 4253864 - 3 * channels);
}

TEST(Arch, BuildsValidGraphsWithoutWeights) {
  for (const Family* family : families()) {
    for (const BatchNorm batch_norm : {BatchNorm::Folded, BatchNorm::Kept}) {
      const ir::Graph graph = graph_of(family->name, batch_norm);
      EXPECT_TRUE(ir::verify(graph)) << family->name;
      EXPECT_EQ(graph.weights, ir::Weights::Absent);
      EXPECT_EQ(graph.outputs.size(), 1U);
    }
  }
}

TEST(Arch, GivesLogitsWhereItIsTrained) {
  const auto output = [](std::string_view spec, BatchNorm batch_norm) {
    const ir::Graph graph = graph_of(spec, batch_norm);
    return graph.value(graph.outputs.at(0).value).name;
  };
  for (const char* spec : {"mobilenet_v1", "mobilenet_v3", "resnet_v1_cifar", "squeezenet"}) {
    EXPECT_EQ(output(spec, BatchNorm::Folded), "probabilities") << spec;
    EXPECT_NE(output(spec, BatchNorm::Kept), "probabilities") << spec;
  }
  for (const char* spec :
       {"blocks", "efficientnet_lite_cifar", "mobilenet_v1_cifar", "mobilenet_v2_cifar", "mobilenet_v3_cifar"}) {
    EXPECT_EQ(output(spec, BatchNorm::Folded), "logits") << spec;
    EXPECT_EQ(output(spec, BatchNorm::Kept), "logits") << spec;
  }
}

TEST(Arch, ScalesTheHeadOfTheSmallMobileNetV2) {
  EXPECT_EQ(*canonical("mobilenet_v2_cifar"), "mobilenet_v2_cifar:alpha=1,head=1280");
  EXPECT_EQ(*canonical("mobilenet_v2_cifar:alpha=0.5"), "mobilenet_v2_cifar:alpha=0.5,head=640");
  EXPECT_EQ(*canonical("mobilenet_v2_cifar:head=320,classes=100"), "mobilenet_v2_cifar:alpha=1,head=320,classes=100");
}

// From the third stage that halves the image on, they are the networks of their papers for an image four times as
// large.
TEST(Arch, LeavesFourTimesFourPixelsOfSmallImages) {
  const auto later_half = [](const ir::Graph& graph) {
    std::vector<std::string> results;
    for (const ir::NodeId id : graph.order()) {
      const ir::NodeView node(graph, graph.node(id));
      results.push_back(fmt::format("{} {}", node.op().name, to_string(node.output().shape)));
    }
    return std::vector(results.end() - static_cast<std::ptrdiff_t>(results.size() / 2), results.end());
  };
  for (const char* family : {"efficientnet_lite", "mobilenet_v1", "mobilenet_v2", "mobilenet_v3"}) {
    const std::string small = fmt::format("{}_cifar", family);
    const std::string large = fmt::format("{}:resolution=128,classes=10", family);
    EXPECT_EQ(later_half(graph_of(small, BatchNorm::Kept)), later_half(graph_of(large, BatchNorm::Kept))) << family;
    EXPECT_EQ(kept_elements(small), kept_elements(large)) << family;
  }
  EXPECT_EQ(kept_elements("mobilenet_v3_cifar:size=small"), kept_elements("mobilenet_v3:size=small,classes=10"));
  EXPECT_EQ(kept_elements("efficientnet_lite_cifar:scale=4"), kept_elements("efficientnet_lite:scale=4,classes=10"));
}

TEST(Arch, TakesEveryParameterAtBothEnds) {
  for (const Family* family : families()) {
    for (const Parameter& parameter : family->parameters) {
      if (parameter.kind == ParameterKind::Word || parameter.kind == ParameterKind::Text) continue;
      for (const double end : {parameter.low, parameter.high}) {
        // The deepest network is built once, not a hundred times.
        if (parameter.name == "depth" && end > 100) continue;
        const std::string spec = fmt::format("{}:{}={}", family->name, parameter.name, end);
        EXPECT_EQ(fault_of(spec), "") << spec;
      }
    }
  }
}

TEST(Arch, EndsWithAMessageWhereTheNetworkIsTooLarge) {
  EXPECT_EQ(fault_of("mobilenet_v2:alpha=3,classes=100000"),
            "mobilenet_v2:alpha=3,resolution=224,classes=100000: error: the constants have more than 268435456 "
            "elements in all");
}

TEST(Arch, NamesDefiningParametersInItsCanonicalForm) {
  EXPECT_EQ(*canonical("mobilenet_v2"), "mobilenet_v2:alpha=1,resolution=224");
  EXPECT_EQ(*canonical("mobilenet_v1:resolution=96,channels=1,alpha=0.250"),
            "mobilenet_v1:alpha=0.25,resolution=96,channels=1");
  EXPECT_EQ(*canonical("mobilenet_v3:size=small,alpha=1"), "mobilenet_v3:size=small,resolution=224");
  EXPECT_EQ(*canonical("mobilenet_v3:alpha=0.75"), "mobilenet_v3:size=large,alpha=0.75,resolution=224");
  EXPECT_EQ(*canonical("efficientnet_lite:scale=2"), "efficientnet_lite:scale=2,resolution=260");
  EXPECT_EQ(*canonical("resnet50"), "resnet50:resolution=224");
  EXPECT_EQ(*canonical("resnet50:version=1,classes=1001"), "resnet50:resolution=224,version=1,classes=1001");
  EXPECT_EQ(*canonical("resnet_v1_cifar:depth=32"), "resnet_v1_cifar:depth=32");
  EXPECT_EQ(*canonical("squeezenet"), "squeezenet:version=1.1,resolution=224");
}

// Tables of published measurements name their models so.
TEST(Arch, KeepsTheNamesOfPublishedTables) {
  for (const char* name : {"efficientnet_lite:scale=4,resolution=300", "fd_mobilenet:alpha=0.25,resolution=128",
                           "mobilenet_v1:alpha=0.25,resolution=96,channels=1", "mobilenet_v2:alpha=0.35,resolution=144",
                           "mobilenet_v3:size=large,resolution=224", "resnet50:resolution=224",
                           "resnet_v1_cifar:depth=32", "squeezenet:version=1.1,resolution=128"}) {
    EXPECT_EQ(*canonical(name), name);
    EXPECT_EQ(fault_of(name), "");
  }
}

TEST(Arch, BuildsTheSameNetworkFromEverySpelling) {
  EXPECT_EQ(ir::canonical_hash(graph_of("mobilenet_v2")), ir::canonical_hash(graph_of("mobilenet_v2:alpha=1.0")));
  EXPECT_NE(ir::canonical_hash(graph_of("mobilenet_v2")), ir::canonical_hash(graph_of("mobilenet_v2:classes=10")));
}

TEST(Arch, BuildsItsFamiliesFromBlocks) {
  const auto expect_equal = [](std::string_view family, std::string_view stages) {
    const ir::Graph blocks = graph_of(fmt::format("blocks:stages={}", stages), BatchNorm::Kept);
    EXPECT_EQ(ir::canonical_hash(blocks), ir::canonical_hash(graph_of(family, BatchNorm::Kept))) << family;
  };
  expect_equal("mobilenet_v2_cifar:alpha=1",
               "conv_c32+ir_c16+ir_e6_c24_n2+ir_e6_c32_s2_n3+ir_e6_c64_s2_n4+ir_e6_c96_n3+ir_e6_c160_s2_n3+ir_e6_c320+"
               "conv_k1_c1280");
  expect_equal("resnet_v1_cifar:depth=14", "conv_c16_relu+res_c16_n2_relu+res_c32_s2_n2_relu+res_c64_s2_n2_relu");
}

TEST(Arch, WritesBlocksInFull) {
  EXPECT_EQ(*canonical("blocks:stages=conv_relu_c8+ir_se_n2_e2.50_c12,classes=100"),
            "blocks:stages=conv_k3_c8_s1_n1_relu+ir_k3_e2.5_c12_s1_n2_relu6_se,classes=100");
  EXPECT_EQ(*canonical("blocks"), *canonical(*canonical("blocks")));
}

TEST(Arch, KeepsEveryFunctionBehindASum) {
  const ir::Graph graph = graph_of("blocks:stages=res_c8_n2_hswish");
  int functions = 0;
  for (const ir::NodeId id : graph.order()) functions += graph.node(id).op->name == "hard_swish" ? 1 : 0;
  EXPECT_EQ(functions, 4);
}

TEST(Arch, SaysWhatIsUnknownAndWhatIsAllowed) {
  EXPECT_TRUE(names_family("mobilenet_v2"));
  EXPECT_TRUE(names_family("mobilenet_v2:nonsense"));
  EXPECT_FALSE(names_family("mobilenet_v2.tflite"));
  EXPECT_EQ(fault_of("mobilnet_v2:alpha=1"),
            "mobilnet_v2: error: unknown architecture 'mobilnet_v2', did you mean 'mobilenet_v2'?");
  EXPECT_EQ(fault_of("vgg16:alpha=1"),
            "vgg16: error: unknown architecture 'vgg16' (allowed: blocks, efficientnet_lite, efficientnet_lite_cifar, "
            "fd_mobilenet, mobilenet_v1, mobilenet_v1_cifar, mobilenet_v2, mobilenet_v2_cifar, mobilenet_v3, "
            "mobilenet_v3_cifar, nb201, resnet50, resnet_v1_cifar, squeezenet)");
  EXPECT_EQ(fault_of("mobilenet_v2:alpa=1,resolution=7,resolution=64,classes,"),
            "mobilenet_v2: error: unknown parameter 'alpa', did you mean 'alpha'?\n"
            "mobilenet_v2: error: resolution '7' is not allowed (allowed: whole numbers, 32 to 1024)\n"
            "mobilenet_v2: error: parameter 'classes' has no value\n"
            "mobilenet_v2: error: unknown parameter '' (allowed: alpha, resolution, channels, classes)");
  EXPECT_EQ(fault_of("mobilenet_v2:alpha=1,alpha=1"), "mobilenet_v2: error: parameter 'alpha' is given twice");
  EXPECT_EQ(fault_of("mobilenet_v2:alpha=nan"), "mobilenet_v2: error: alpha 'nan' is not allowed (allowed: 0.05 to 3)");
  EXPECT_EQ(fault_of("mobilenet_v2:resolution=64.5"),
            "mobilenet_v2: error: resolution '64.5' is not allowed (allowed: whole numbers, 32 to 1024)");
  EXPECT_EQ(fault_of("mobilenet_v3:size=medium"),
            "mobilenet_v3: error: size 'medium' is not allowed (allowed: large or small)");
  EXPECT_EQ(fault_of("resnet_v1_cifar:depth=9"),
            "resnet_v1_cifar: error: depth 9 is not 6 n + 2 (allowed: 8, 14, 20, 26, 32, ...)");
  EXPECT_EQ(fault_of("mobilenet_v2:" + std::string(2100, ',')),
            "mobilenet_v2: error: the specification has 2113 bytes (allowed: 2000)");
}

TEST(MakeDivisible, RoundsToMultiplesOfEightButNeverFarDown) {
  EXPECT_EQ(make_divisible(3), 8);
  EXPECT_EQ(make_divisible(11.9), 16);
  EXPECT_EQ(make_divisible(33.6), 32);
  EXPECT_EQ(make_divisible(1280 * 1.4), 1792);
}

std::int64_t count_of(const ir::Graph& graph, const ir::OpSpec& op) {
  return std::ranges::count_if(graph.order(), [&](ir::NodeId id) { return graph.node(id).op == &op; });
}

TEST(Arch, BuildsCellsOfNasBench201) {
  // Node 1 reaches no end, so that its convolution is there only when dead operations are kept.
  const std::string cell = "|nor_conv_1x1~0|+|avg_pool_3x3~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|";
  const ir::Graph pruned = graph_of("nb201:arch=" + cell);
  const ir::Graph whole = graph_of("nb201:dead=kept,arch=" + cell);
  // A stem, two reductions of three convolutions, and one convolution in each of 15 cells.
  EXPECT_EQ(count_of(pruned, ir::kConv2d), 1 + 2 * 3 + 15);
  EXPECT_EQ(count_of(whole, ir::kConv2d), 1 + 2 * 3 + 2 * 15);
  EXPECT_EQ(count_of(pruned, ir::kAveragePool2d), 2 + 15);
  EXPECT_EQ(count_of(pruned, ir::kAdd), 2 + 15);
}

TEST(Arch, RefusesCellsThatAreNone) {
  EXPECT_NE(fault_of("nb201:arch=|none~0|+|none~0|none~1|+|none~0|none~1|none~2|").find("nothing of the input reaches"),
            std::string::npos);
  EXPECT_NE(fault_of("nb201:arch=|none~0|").find("has not three nodes"), std::string::npos);
  EXPECT_NE(fault_of("nb201:arch=|conv~0|+|none~0|none~1|+|none~0|none~1|none~2|").find("'conv~0' where one of none"),
            std::string::npos);
  EXPECT_NE(fault_of("nb201:arch=|none~1|+|none~0|none~1|+|none~0|none~1|none~2|").find("'none~1'"), std::string::npos);
}

}  // namespace
}  // namespace netfit::arch
