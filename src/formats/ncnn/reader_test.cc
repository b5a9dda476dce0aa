// SPDX-License-Identifier: Apache-2.0
// What layers become, and what the reader refuses.
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "formats/catalog.h"
#include "formats/ncnn/ncnn.h"
#include "formats/ncnn/param_file.h"
#include "ir/op_spec.h"
#include "ir/ops/opaque.h"
#include "ir/parser.h"
#include "ir/printer.h"
#include "support/paths.h"

namespace netfit::formats::ncnn {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// A file of these layers, with the counts that they need.
std::string file_of(const std::vector<std::string>& layers) {
  std::string text = fmt::format("7767517\n{} 50\n", layers.size());
  for (const std::string& layer : layers) text += layer + "\n";
  return text;
}

std::string fault_of_text(const std::string& text) {
  const Result<ir::Graph> graph = read(bytes_of(text));
  return graph ? "" : graph.error().text();
}

/// The fault of a layer behind an input "x" of 3 channels, 8 rows and 10 columns, and a vector "v" of 6.
std::string fault_of(const std::string& layer) {
  return fault_of_text(file_of({"Input x 0 1 x 0=10 1=8 2=3", "MemoryData v 0 1 v 0=6", layer}));
}

/// The node that the layer becomes, as "op type attributes", or the fault.
std::string node_of(const std::string& layer) {
  const std::string text = file_of({"Input x 0 1 x 0=10 1=8 2=3", "Input v 0 1 v 0=6", "Input m 0 1 m 0=4 1=6", layer});
  const Result<ir::Graph> graph = read(bytes_of(text));
  if (!graph) return graph.error().text();
  std::string nodes;
  for (const ir::NodeId id : graph->order()) {
    const ir::Node& node = graph->node(id);
    if (!nodes.empty()) nodes += "; ";
    nodes += fmt::format("{} {}{}", node.op->name, to_string(graph->value(node.outputs[0]).shape),
                         node.op->codec.print(node.attrs));
  }
  return nodes;
}

std::int64_t macs_of(const ir::Graph& graph) {
  std::int64_t macs = 0;
  for (const ir::NodeId id : graph.order()) macs += count_work(ir::NodeView(graph, graph.node(id))).macs;
  return macs;
}

TEST(Ncnn, ReadsConvolutions) {
  EXPECT_EQ(node_of("Convolution c 1 1 x y 0=4 1=3 3=2 4=1 5=1 6=108 9=1"),
            "conv2d 1x4x5x4 stride=2x2 padding=1,1,1,1 activation=relu");
  EXPECT_EQ(node_of("Convolution c 1 1 x y 0=4 1=3 11=1 2=2 4=-233 6=36 9=3 -23310=2,0,6"),
            "conv2d 1x8x10x4 dilation=2x2 padding=0,0,2,2 activation=relu6");
  EXPECT_EQ(node_of("Convolution c 1 1 x y 0=4 1=2 3=2 4=-234 14=0 6=48"), "conv2d 1x4x5x4 stride=2x2");
  EXPECT_EQ(node_of("Convolution c 1 1 x y 0=4 1=2 4=-234 6=48"), "conv2d 1x8x10x4 padding=1,0,1,0");
  EXPECT_EQ(node_of("ConvolutionDepthWise c 1 1 x y 0=6 1=3 6=54 7=3"), "depthwise_conv2d 1x6x8x6");
  EXPECT_EQ(node_of("ConvolutionDepthWise c 1 1 x y 0=6 1=1 6=18 7=1"), "conv2d 1x8x10x6");
  EXPECT_EQ(node_of("Convolution c 1 1 v y 0=5 1=1 6=30 9=6"), "fully_connected 1x5; hard_swish 1x5");
  EXPECT_EQ(node_of("Convolution c 1 1 x y 0=4 1=1 6=12 9=2 -23310=1,0.1"),
            "conv2d 1x8x10x4; leaky_relu 1x8x10x4 alpha=0.1");
  EXPECT_EQ(node_of("DeconvolutionDepthWise c 1 1 x y 0=3 1=4 3=2 4=1 6=48 7=3"),
            "opaque 1x16x20x3 kind=deconvolution_depth_wise shape=[1,16,20,3] macs=3840");
}

TEST(Ncnn, KeepsInt8WeightsUnderFloatData) {
  const std::string text = file_of({"Input x 0 1 x 0=10 1=8 2=3", "Convolution c 1 1 x y 0=4 1=1 5=1 6=12 8=2"});
  const ir::Graph graph = read(bytes_of(text)).value();
  EXPECT_EQ(graph.value(graph.find_value("c/weights").value()).dtype, DType::Int8);
  EXPECT_EQ(graph.value(graph.find_value("c/bias").value()).dtype, DType::Float32);
  EXPECT_EQ(graph.value(graph.find_value("y").value()).dtype, DType::Float32);
}

TEST(Ncnn, ReadsPoolings) {
  EXPECT_EQ(node_of("Pooling p 1 1 x y 0=1 4=1"), "mean 1x3 axes=[1,2]");
  EXPECT_EQ(node_of("Pooling p 1 1 x y 0=0 4=1"), "opaque 1x3 kind=global_max_pooling shape=[1,3]");
  EXPECT_EQ(node_of("Pooling p 1 1 x y 1=3 2=2"), "max_pool2d 1x4x5x3 window=3x3 stride=2x2 padding=0,1,0,1");
  EXPECT_EQ(node_of("Pooling p 1 1 x y 1=3 2=2 5=1"), "max_pool2d 1x3x4x3 window=3x3 stride=2x2");
  EXPECT_EQ(node_of("Pooling p 1 1 x y 0=1 1=3 2=2 5=2"),
            "average_pool2d 1x4x5x3 window=3x3 stride=2x2 padding=0,1,0,1");
  EXPECT_EQ(node_of("Pooling p 1 1 x y 0=1 7=1 8=2"), "opaque 1x2x2x3 kind=adaptive_pooling shape=[1,2,2,3]");
}

TEST(Ncnn, ReadsMatrices) {
  EXPECT_EQ(node_of("InnerProduct f 1 1 v y 0=2 1=1 2=12 9=1"), "fully_connected 1x2 activation=relu");
  EXPECT_EQ(node_of("InnerProduct f 1 1 x y 0=2 2=480"), "reshape 1x240 shape=[1,240]; fully_connected 1x2");
  EXPECT_EQ(node_of("InnerProduct f 1 1 m y 0=2 2=8"), "fully_connected 1x6x2");
  EXPECT_EQ(node_of("Gemm g 1 1 m y 3=1 5=1 6=1 8=5 9=4 10=4"), "fully_connected 1x6x5");
  EXPECT_EQ(node_of("Gemm g 2 1 m m y 3=1"), "opaque 1x6x6 kind=gemm shape=[1,6,6] macs=144");
  EXPECT_EQ(node_of("MultiHeadAttention a 1 1 m y 0=4 1=2 2=16"),
            "opaque 1x6x4 kind=multi_head_attention shape=[1,6,4] macs=672");
}

TEST(Ncnn, ReadsElementwiseLayersAndNormalizations) {
  EXPECT_EQ(node_of("BinaryOp b 2 1 x x y 0=0"), "add 1x8x10x3");
  EXPECT_EQ(node_of("BinaryOp b 1 1 x y 0=8 1=1 2=3"), "div 1x8x10x3");
  EXPECT_EQ(node_of("BinaryOp b 2 1 x x y 0=4"), "opaque 1x8x10x3 kind=binary_op shape=[1,8,10,3]");
  EXPECT_EQ(node_of("Eltwise e 3 1 x x x y 0=1"), "add 1x8x10x3; add 1x8x10x3");
  EXPECT_EQ(node_of("Eltwise e 2 1 x x y 0=1 -23301=2,1,2"), "opaque 1x8x10x3 kind=eltwise shape=[1,8,10,3]");
  EXPECT_EQ(node_of("ReLU r 1 1 x y 0=0.1"), "leaky_relu 1x8x10x3 alpha=0.1");
  EXPECT_EQ(node_of("Swish s 1 1 x y"), "opaque 1x8x10x3 kind=swish shape=[1,8,10,3]");
  EXPECT_EQ(node_of("LRN l 1 1 x y"), "opaque 1x8x10x3 kind=lrn shape=[1,8,10,3]");
  EXPECT_EQ(node_of("HardSigmoid s 1 1 v y"), "hard_sigmoid 1x6 alpha=0.2");
  EXPECT_EQ(node_of("BatchNorm n 1 1 x y 0=3 1=0.001"), "batch_norm 1x8x10x3 epsilon=0.001");
  EXPECT_EQ(node_of("LayerNorm n 1 1 m y 0=4"), "opaque 1x6x4 kind=layer_norm shape=[1,6,4]");
  EXPECT_EQ(node_of("Softmax s 1 1 x y 0=0"), "softmax 1x8x10x3");
  EXPECT_EQ(node_of("Softmax s 1 1 x y 0=-1"), "opaque 1x8x10x3 kind=softmax shape=[1,8,10,3]");
}

TEST(Ncnn, ReadsLayersThatChangeTheShape) {
  EXPECT_EQ(node_of("Concat c 2 1 x x y 0=0"), "concat 1x8x10x6 axis=3");
  EXPECT_EQ(node_of("Concat c 2 1 x x y 0=1"), "concat 1x16x10x3 axis=1");
  EXPECT_EQ(node_of("Flatten f 1 1 x y"), "reshape 1x240 shape=[1,240]");
  EXPECT_EQ(node_of("Flatten f 1 1 v y"), "");
  EXPECT_EQ(node_of("Reshape r 1 1 x y 0=-1 1=3"), "reshape 1x3x80 shape=[1,3,80]");
  EXPECT_EQ(node_of("Reshape r 1 1 x y 0=0 1=4 2=-1"), "reshape 1x4x10x6 shape=[1,4,10,6]");
  EXPECT_EQ(node_of("Permute p 1 1 x y 0=3"), "transpose 1x10x3x8 perm=[0,2,3,1]");
  EXPECT_EQ(node_of("Permute p 1 1 m y 0=1"), "transpose 1x4x6 perm=[0,2,1]");
  EXPECT_EQ(node_of("Padding p 1 1 x y 0=1 2=2 8=5"), "pad 1x9x12x8 before=[0,1,2,0] after=[0,0,0,5]");
  EXPECT_EQ(node_of("Padding p 1 1 v y 2=2"), "pad 1x8 before=[0,2] after=[0,0]");
  EXPECT_EQ(node_of("ShuffleChannel s 1 1 x y 0=3"), "opaque 1x8x10x3 kind=shuffle_channel shape=[1,8,10,3]");
  EXPECT_EQ(node_of("Reduction r 1 1 x y 0=3 1=0 -23303=2,1,2 4=1"), "mean 1x1x1x3 axes=[1,2] keep_dims=true");
  EXPECT_EQ(node_of("Reduction r 1 1 x y 0=4"), "opaque 1x1 kind=reduction shape=[1,1]");
  EXPECT_EQ(node_of("Slice s 1 2 x y z -23300=2,1,-233"),
            "opaque 1x8x10x1 kind=slice shape=[1,8,10,1]; opaque 1x8x10x2 kind=slice shape=[1,8,10,2]");
  EXPECT_EQ(node_of("Crop c 1 1 x y -23309=1,1 -23310=1,-1 -23311=1,2"), "opaque 1x8x8x3 kind=crop shape=[1,8,8,3]");
  EXPECT_EQ(node_of("Crop c 1 1 x y 0=2 2=1 3=4 4=8 5=2"), "opaque 1x8x4x2 kind=crop shape=[1,8,4,2]");
  EXPECT_EQ(node_of("Interp i 1 1 x y 0=2 1=0.5 2=2"), "opaque 1x4x20x3 kind=resize_bilinear shape=[1,4,20,3]");
  EXPECT_EQ(node_of("PriorBox p 2 1 x x y -23300=1,60 -23301=1,99 -23302=2,2,3"),
            "opaque 1x2x1920 kind=prior_box shape=[1,2,1920]");
}

TEST(Ncnn, CountsTheSameHoweverLargeTheGraphHasGrown) {
  std::vector<std::string> layers{"Input x0 0 1 x0 0=4 1=4 2=3"};
  for (int i = 0; i < 40; ++i) {
    layers.push_back(fmt::format("Deconvolution d{} 1 1 x{} x{} 0=3 1=1 6=9", i, i, i + 1));
    layers.push_back(fmt::format("Reshape r{0} 1 1 x{1} x{1}r 0=-1 1=3", i, i + 1));
  }
  const std::string text = "7767517\n81 100\n" + file_of(layers).substr(file_of(layers).find("Input"));
  EXPECT_EQ(macs_of(read(bytes_of(text)).value()), 40 * 4 * 4 * 9);
}

TEST(Ncnn, PassesOnWhatCostsNothing) {
  const std::string text =
      file_of({"Input x 0 1 x 0=6", "Split s 1 2 x a b", "ReLU r 1 1 a c", "Sigmoid t 1 1 b d", "Noop n 2 1 c d out"});
  const ir::Graph graph = read(bytes_of(text)).value();
  EXPECT_EQ(graph.node_count(), 2);
  ASSERT_EQ(graph.outputs.size(), 2U);
  EXPECT_EQ(graph.value(graph.outputs[1].value).name, "d");
}

TEST(Ncnn, TakesTheSizeOfAnInputFromItsHint) {
  EXPECT_EQ(fault_of_text(file_of({"Input x 0 1 x -23330=4,3,4,4,2", "ReLU r 1 1 x y"})), "");
  EXPECT_EQ(fault_of_text(file_of({"Input x 0 1 x"})),
            "line 3, Input 'x': error: states no size (0=width 1=height 2=channels)");
}

TEST(Ncnn, RefusesDamagedText) {
  EXPECT_EQ(fault_of_text(""), "line 1: error: the first line is '' (allowed: 7767517)");
  EXPECT_EQ(fault_of_text("7767518\n"), "line 1: error: the first line is '7767518' (allowed: 7767517)");
  EXPECT_EQ(fault_of_text("7767517\n"), "error: the file ends before the numbers of layers and blobs");
  EXPECT_EQ(fault_of_text("7767517\n-1 1\n"), "line 2: error: the number of layers is '-1' (allowed: 0 to 10000)");
  EXPECT_EQ(fault_of_text("7767517\n1\n"), "line 2: error: the line ends before the number of blobs");
  EXPECT_EQ(fault_of_text("7767517\n2 2\nInput x 0 1 x 0=4\n"), "error: the file ends after 1 of 2 layers");
  EXPECT_EQ(fault_of_text("7767517\n0 0\n"), "outputs: error: R1: the graph has no output");
  EXPECT_EQ(fault_of("ReLU r 1"), "line 5: error: the line ends before the number of outputs");
  EXPECT_EQ(fault_of("ReLU r 9999999999 1 x y"),
            "line 5: error: the number of inputs is '9999999999' (allowed: 0 to 10000)");
  EXPECT_EQ(fault_of("ReLU r 3 1 x y"), "line 5: error: the line ends before its inputs");
  EXPECT_EQ(fault_of("ReLU " + std::string(256, 'a') + " 1 1 x y"),
            "line 5: error: the word '" + std::string(60, 'a') + "...' has 256 bytes (allowed: 255)");
}

TEST(Ncnn, RefusesParametersThatMeanNothing) {
  const std::string place = "line 5: error: ";
  EXPECT_EQ(fault_of("ReLU r 1 1 x y 0"), place + "'0' is no parameter, as in 0=32");
  EXPECT_EQ(fault_of("ReLU r 1 1 x y a=1"), place + "'a=1' is no parameter, as in 0=32");
  EXPECT_EQ(fault_of("ReLU r 1 1 x y 0=1e999"), place + "parameter 0: '1e999' is not a number");
  EXPECT_EQ(fault_of("ReLU r 1 1 x y 0=nan"), place + "parameter 0: 'nan' is not a number");
  EXPECT_EQ(fault_of("ReLU r 1 1 x y 0=1 0=2"), place + "parameter 0 is given twice");
  EXPECT_EQ(fault_of("ReLU r 1 1 x y 0=1,2"), place + "parameter 0 has 2 numbers, must have one");
  EXPECT_EQ(fault_of("ReLU r 1 1 x y -23300=3,1"), place + "parameter -23300 says that it has 3 numbers, but has 1");
  EXPECT_EQ(fault_of("ReLU r 1 1 x y 32=1"),
            place + "parameter 32 is unknown (allowed: 0 to 31, arrays -23300 to -23331)");
}

TEST(Ncnn, RefusesLayersThatDoNotFitTogether) {
  EXPECT_EQ(fault_of("ReLU r 1 1 z y"), "line 5, ReLU 'r': error: reads the blob 'z', which no earlier layer writes");
  EXPECT_EQ(fault_of("ReLU r 1 1 y y"), "line 5, ReLU 'r': error: reads the blob 'y', which no earlier layer writes");
  EXPECT_EQ(fault_of("ReLU r 1 1 x x"), "line 5, ReLU 'r': error: writes the blob 'x', which exists");
  EXPECT_EQ(fault_of("ReLU r 2 1 x x y"), "line 5, ReLU 'r': error: has 2 inputs (allowed: 1)");
  EXPECT_EQ(fault_of("ReLU r 1 0 x"), "line 5, ReLU 'r': error: has 0 results (allowed: 1)");
  EXPECT_EQ(fault_of("Split r 1 0 x"), "line 5, Split 'r': error: has 0 results (allowed: 1 or more)");
  EXPECT_EQ(fault_of_text("7767517\n2 1\nInput x 0 1 x 0=4\nReLU r 1 1 x y\n"),
            "line 2: error: the layers write 2 blobs, more than the 1 stated");
  EXPECT_EQ(fault_of_text(file_of({"GRU a 1 1 x y", "ReLU r 1 1 x y", "LSTM b 1 1 x y"})),
            "line 3, GRU 'a': error: this type of layer is not supported\n"
            "line 5, LSTM 'b': error: this type of layer is not supported");
}

TEST(Ncnn, RefusesImpossibleSizes) {
  const std::string conv = "line 5, Convolution 'c': error: ";
  EXPECT_EQ(fault_of("Convolution c 1 1 x y 0=4 1=3 6=107"),
            conv + "parameter 6 states 107 weights, but shape 4x3x3x3 has 108");
  EXPECT_EQ(fault_of("Convolution c 1 1 x y 0=4 1=9 6=972"),
            conv + "a window that reaches over 9 pixels does not fit into 8");
  EXPECT_EQ(fault_of("Convolution c 1 1 x y 0=0 1=3"),
            conv + "parameter 0 is 0 (allowed: whole numbers, 1 to 16777216)");
  EXPECT_EQ(fault_of("Convolution c 1 1 x y 0=4 1=3.5"),
            conv + "parameter 1 is 3.5 (allowed: whole numbers, 1 to 1048576)");
  EXPECT_EQ(fault_of("Convolution c 1 1 x y 0=16777216 1=1048576 6=1"),
            conv + "shape 16777216x1048576x1048576x3 has more than 2147483648 elements");
  EXPECT_EQ(fault_of("Convolution c 1 1 x y 0=16777216 1=6 6=1811939328"),
            conv + "the constants have more than 268435456 elements in all");
  EXPECT_EQ(fault_of("Input i 0 1 y 0=2147483648 1=2"),
            "line 5, Input 'i': error: shape 1x2x2147483648 has more than 2147483648 elements");
  EXPECT_EQ(fault_of("ConvolutionDepthWise c 1 1 x y 0=4 1=3 6=1 7=3"),
            "line 5, ConvolutionDepthWise 'c': error: 3 groups do not divide 3 input and 4 output channels");
  EXPECT_EQ(fault_of("Slice s 1 2 x y z -23300=2,3,-233"),
            "line 5, Slice 's': error: size 0 is not in [1, 0], what is left of 3");
  EXPECT_EQ(fault_of("Interp i 1 1 x y 1=1e30"), "line 5, Interp 'i': error: parameter 1 scales 8 pixels to 8e+30");
  EXPECT_EQ(fault_of("Permute p 1 1 x y 0=7"),
            "line 5, Permute 'p': error: parameter 0 is 7 (allowed: whole numbers, 0 to 5)");
  EXPECT_EQ(fault_of("Reshape r 1 1 x y 0=7"),
            "line 5, Reshape 'r': error: 1x8x10x3 cannot become 1x7: the number of elements differs");
}

TEST(Ncnn, ReadsLinesOfTenMegabytesInNoTime) {
  EXPECT_NE(fault_of("ReLU r 1 1 x y 0=" + std::string(10 << 20, '1')), "");
  EXPECT_NE(fault_of(std::string(10 << 20, 'x')), "");
  std::string many = "ReLU r 1 1 x y -23301=1000000";
  for (int i = 0; i < 1000000; ++i) many += ",1";
  EXPECT_EQ(fault_of(many), "");
}

TEST(Ncnn, IsKnownByItsMagicNumber) {
  EXPECT_TRUE(recognizes(bytes_of("7767517\n1 1\n")));
  EXPECT_TRUE(recognizes(bytes_of("7767517\r\n")));
  EXPECT_FALSE(recognizes(bytes_of("77675170\n")));
  EXPECT_FALSE(recognizes(bytes_of("776751")));
  EXPECT_FALSE(format_for("net.param"));
}

/// The text of a file of ncnn's benchmark.
std::string benchmark_text(const std::string& name) {
  std::ifstream file(*support::ncnn_models() / name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// MACs in millions; where the papers count the same network, it is their number.
TEST(NcnnBenchmark, HasTheKnownMacs) {
  if (!support::ncnn_models()) GTEST_SKIP() << "no models of the ncnn benchmark";
  const std::map<std::string, double> known{{"mobilenet.param", 568.7},     {"mobilenet_v2.param", 313.6},
                                            {"resnet50.param", 3858},       {"resnet18.param", 1827},
                                            {"vgg16.param", 15470},         {"alexnet.param", 724.4},
                                            {"googlenet.param", 1582.7},    {"regnety_400m.param", 401.8},
                                            {"shufflenet_v2.param", 144.9}, {"efficientnet_b0.param", 385.8}};
  for (const auto& [name, mega_macs] : known) {
    const ir::Graph graph = read(bytes_of(benchmark_text(name))).value();
    EXPECT_NEAR(static_cast<double>(macs_of(graph)) / 1e6, mega_macs, mega_macs * 5e-4) << name;
    EXPECT_EQ(graph.weights, ir::Weights::Absent);
  }
}

// The converters that made the files wrote down most shapes. Detections are the exception: their number is not known.
TEST(NcnnBenchmark, HasTheShapesThatAreWrittenInTheFiles) {
  if (!support::ncnn_models()) GTEST_SKIP() << "no models of the ncnn benchmark";
  int files = 0;
  int hints = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*support::ncnn_models())) {
    if (entry.path().extension() != ".param") continue;
    const std::string text = benchmark_text(entry.path().filename());
    const Result<ir::Graph> graph = read(bytes_of(text));
    ASSERT_TRUE(graph) << entry.path() << graph.error().text();
    ++files;
    const ParamFile file = parse_param_file(text).value();
    for (const Layer& layer : file.layers) {
      const std::vector<std::int64_t> hint = layer.params.wholes(kShapeHints).value();
      for (std::size_t i = 0; i < layer.outputs.size() && hint.size() >= 4 * (i + 1); ++i) {
        const std::optional<ir::ValueId> value = graph->find_value(layer.outputs[i]);
        if (!value || layer.type.ends_with("DetectionOutput")) continue;
        const std::span<const std::int64_t> own(&hint[4 * i], 4);
        const std::string shape = own[0] == 1   ? fmt::format("1x{}", own[1])
                                  : own[0] == 2 ? fmt::format("1x{}x{}", own[2], own[1])
                                                : fmt::format("1x{}x{}x{}", own[2], own[1], own[3]);
        EXPECT_EQ(to_string(graph->value(*value).shape), shape) << entry.path() << " " << layer.outputs[i];
        ++hints;
      }
    }
    EXPECT_EQ(ir::print(ir::parse(ir::print(*graph)).value()), ir::print(*graph)) << entry.path();
  }
  EXPECT_EQ(files, 35);
  EXPECT_GT(hints, 2500);
}

}  // namespace
}  // namespace netfit::formats::ncnn
