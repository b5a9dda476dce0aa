// SPDX-License-Identifier: Apache-2.0
// What converters write and our writer does not: half-precision weights, arithmetic on shapes, other ways to reshape.
#include <gtest/gtest.h>

#include "formats/tflite/file_builder.h"
#include "formats/tflite/tflite.h"
#include "ir/ops.h"
#include "ir/printer.h"
#include "support/paths.h"
#include "tensor/half.h"

namespace netfit::formats::tflite {
namespace {

using Code = schema::BuiltinOperator;

// A file in the making, in fewer words.
class TestFile {
 public:
  std::int32_t activation(const std::string& name, Shape shape, DType dtype = DType::Float32) {
    return builder_.add_tensor({.name = name, .dtype = dtype, .shape = std::move(shape)});
  }
  std::int32_t quantized(const std::string& name, Shape shape, DType dtype, QuantParams quant) {
    return builder_.add_tensor({.name = name, .dtype = dtype, .shape = std::move(shape), .quant = std::move(quant)});
  }
  std::int32_t constant(const std::string& name, Tensor tensor, std::optional<QuantParams> quant = std::nullopt) {
    ir::Value value{.name = name, .dtype = tensor.dtype(), .shape = tensor.shape(), .quant = std::move(quant)};
    value.constant = std::move(tensor);
    return builder_.add_tensor(value);
  }
  std::int32_t list(const std::string& name, std::vector<std::int32_t> elements) {
    const auto length = std::ssize(elements);
    return builder_.add_integers(name, std::move(elements), Shape{length});
  }
  void op(Code code, std::vector<std::int32_t> inputs, std::int32_t output) {
    builder_.add_operator({.code = code, .inputs = std::move(inputs), .outputs = {output}});
  }
  template <typename T>
  void op(Code code, std::vector<std::int32_t> inputs, std::int32_t output, flatbuffers::Offset<T> options) {
    builder_.add_operator({.code = code,
                           .inputs = std::move(inputs),
                           .outputs = {output},
                           .options_type = schema::BuiltinOptionsTraits<T>::enum_value,
                           .options = options.Union()});
  }
  flatbuffers::FlatBufferBuilder& flatbuffer() { return builder_.flatbuffer(); }

  std::string text(const std::vector<std::int32_t>& inputs, const std::vector<std::int32_t>& outputs) {
    const Result<ir::Graph> graph = read(builder_.finish("main", inputs, outputs));
    return graph ? ir::print(*graph) : graph.error().text();
  }

 private:
  FileBuilder builder_;
};

TEST(TfliteReader, FoldsTheShapeArithmeticOfAFlatten) {
  TestFile file;
  const auto x = file.activation("x", {1, 2, 3, 4});
  const auto shape = file.activation("shape", {4}, DType::Int32);
  const auto batch = file.activation("batch", {}, DType::Int32);
  const auto packed = file.activation("packed", {2}, DType::Int32);
  const auto y = file.activation("y", {1, 24});
  file.op(Code::SHAPE, {x}, shape, schema::CreateShapeOptions(file.flatbuffer(), schema::TensorType::INT32));
  const auto zero = file.list("zero", {0});
  const auto one = file.list("one", {1});
  file.op(Code::STRIDED_SLICE, {shape, zero, one, one}, batch,
          schema::CreateStridedSliceOptions(file.flatbuffer(), 0, 0, 0, 0, 1));
  const auto rest = file.constant("rest", Tensor::from(Shape{}, std::vector<std::int32_t>{24}));
  file.op(Code::PACK, {batch, rest}, packed, schema::CreatePackOptions(file.flatbuffer(), 2));
  file.op(Code::RESHAPE, {x, packed}, y);
  EXPECT_EQ(file.text({x}, {y}),
            "graph main(%x: f32[1,2,3,4]) -> (%y) {\n"
            "  %y: f32[1,24] = reshape(%x) shape=[1,24]\n"
            "}\n");
}

TEST(TfliteReader, JoinsAndSlicesShapesFromTheEnd) {
  TestFile file;
  const auto x = file.activation("x", {1, 2, 3, 4});
  const auto shape = file.activation("shape", {4}, DType::Int32);
  const auto tail = file.activation("tail", {2}, DType::Int32);
  const auto joined = file.activation("joined", {4}, DType::Int32);
  const auto y = file.activation("y", {1, 6, 4, 1});
  file.op(Code::SHAPE, {x}, shape, schema::CreateShapeOptions(file.flatbuffer(), schema::TensorType::INT32));
  // Every other extent from the last one back: 4, 2; then 1, -1 in front of them would not fit, so 1, 3 are.
  const auto begin = file.list("begin", {-1});
  const auto end = file.list("end", {0});
  const auto stride = file.list("stride", {-2});
  file.op(Code::STRIDED_SLICE, {shape, begin, end, stride}, tail, schema::CreateStridedSliceOptions(file.flatbuffer()));
  const auto head = file.list("head", {1, 3});
  file.op(Code::CONCATENATION, {head, tail}, joined);
  const auto z = file.activation("z", {1, 3, 4, 2});
  file.op(Code::RESHAPE, {x, joined}, z);
  file.op(Code::RESHAPE, {z, file.list("open", {1, -1, 4, 1})}, y);
  EXPECT_EQ(file.text({x}, {y}),
            "graph main(%x: f32[1,2,3,4]) -> (%y) {\n"
            "  %z: f32[1,3,4,2] = reshape(%x) shape=[1,3,4,2]\n"
            "  %y: f32[1,6,4,1] = reshape(%z) shape=[1,6,4,1]\n"
            "}\n");
}

TEST(TfliteReader, ReshapesBySqueezingAndExpanding) {
  TestFile file;
  const auto x = file.activation("x", {1, 1, 1, 4});
  const auto squeezed = file.activation("squeezed", {1, 4});
  const auto y = file.activation("y", {1, 4, 1});
  const auto axes = file.flatbuffer().CreateVector(std::vector<std::int32_t>{1, -2});
  file.op(Code::SQUEEZE, {x}, squeezed, schema::CreateSqueezeOptions(file.flatbuffer(), axes));
  file.op(Code::EXPAND_DIMS, {squeezed, file.list("axis", {-1})}, y);
  EXPECT_EQ(file.text({x}, {y}),
            "graph main(%x: f32[1,1,1,4]) -> (%y) {\n"
            "  %squeezed: f32[1,4] = reshape(%x) shape=[1,4]\n"
            "  %y: f32[1,4,1] = reshape(%squeezed) shape=[1,4,1]\n"
            "}\n");
}

TEST(TfliteReader, FlattensTheDataOfAFullyConnected) {
  TestFile file;
  const auto x = file.activation("x", {1, 1, 1, 2});
  const auto w = file.constant("w", Tensor::from(Shape{1, 2}, std::vector<float>{1, 2}));
  const auto y = file.activation("y", {1, 1});
  file.op(Code::FULLY_CONNECTED, {x, w, -1}, y, schema::CreateFullyConnectedOptions(file.flatbuffer()));
  EXPECT_EQ(file.text({x}, {y}),
            "graph main(%x: f32[1,1,1,2]) -> (%y) {\n"
            "  const @w: f32[1,2] = [1, 2]\n"
            "  %y/reshape: f32[1,2] = reshape(%x) shape=[1,2]\n"
            "  %y: f32[1,1] = fully_connected(%y/reshape, @w)\n"
            "}\n");
}

TEST(TfliteReader, KeepsConstantsAsTheyAreStored) {
  TestFile file;
  const auto x = file.activation("x", {1, 2});
  const std::vector<tensor::Half> halves{tensor::to_half(0.5F), tensor::to_half(-2.0F)};
  const auto half = file.constant("half", Tensor::from(Shape{1, 2}, halves));
  const auto byte = file.constant("byte", Tensor::from(Shape{1, 2}, std::vector<std::int8_t>{3, 5}),
                                  QuantParams{{0.5F, 0.25F}, {1, -1}, 1});
  const auto a = file.activation("a", {1, 2});
  const auto b = file.activation("b", {1, 2});
  const auto s = file.activation("s", {1, 2});
  const auto y = file.activation("y", {1, 2});
  file.op(Code::DEQUANTIZE, {half}, a);
  file.op(Code::DEQUANTIZE, {byte}, b);
  file.op(Code::ADD, {x, a}, s);
  file.op(Code::MUL, {s, b}, y);
  EXPECT_EQ(file.text({x}, {y}),
            "graph main(%x: f32[1,2]) -> (%y) {\n"
            "  const @half: f16[1,2] = [0.5, -2]\n"
            "  const @byte: i8[1,2] q(axis=1, [0.5, 0.25], [1, -1]) = [3, 5]\n"
            "  %a: f32[1,2] = requantize(@half)\n"
            "  %b: f32[1,2] = requantize(@byte)\n"
            "  %s: f32[1,2] = add(%x, %a)\n"
            "  %y: f32[1,2] = mul(%s, %b)\n"
            "}\n");
}

TEST(TfliteReader, TakesUint8AtTheEdgesOnly) {
  TestFile file;
  const auto x = file.quantized("x", {1, 4}, DType::UInt8, QuantParams::per_tensor(0.5F, 128));
  const auto q = file.quantized("q", {1, 4}, DType::Int8, QuantParams::per_tensor(0.5F, 0));
  const auto s = file.quantized("s", {1, 4}, DType::Int8, QuantParams::per_tensor(1.0F / 256, -128));
  const auto y = file.quantized("y", {1, 4}, DType::UInt8, QuantParams::per_tensor(1.0F / 256, 0));
  file.op(Code::QUANTIZE, {x}, q);
  file.op(Code::SOFTMAX, {q}, s, schema::CreateSoftmaxOptions(file.flatbuffer(), 1.0F));
  file.op(Code::QUANTIZE, {s}, y);
  EXPECT_EQ(file.text({x}, {y}),
            "graph main(%x: u8[1,4] q(0.5, 128)) -> (%y) {\n"
            "  %q: i8[1,4] q(0.5, 0) = requantize(%x) to=i8\n"
            "  %s: i8[1,4] q(0.00390625, -128) = softmax(%q)\n"
            "  %y: u8[1,4] q(0.00390625, 0) = requantize(%s) to=u8\n"
            "}\n");
}

TEST(TfliteReader, RefusesAFileThatExpandsBeyondItsSize) {
  TestFile file;
  const auto x = file.activation("x", {1, 1});
  const auto half = file.constant("half", Tensor(DType::Float16, Shape{1 << 20}));
  for (int i = 0; i < 8; ++i) file.op(Code::DEQUANTIZE, {half}, file.activation(std::to_string(i), {1 << 20}));
  EXPECT_EQ(file.text({x}, {x}), "node 5 '5': error: the file expands to much more than its size");
}

struct Known {
  const char* file;
  std::int64_t nodes;
  std::int64_t macs;
};

TEST(TfliteReader, ReadsTheModelsOfMlperfTiny) {
  const auto folder = support::mlperf_tiny();
  if (!folder) GTEST_SKIP() << "the MLPerf Tiny models are not here";
  constexpr Known kModels[] = {{"ad01_int8.tflite", 10, 264'192},
                               {"kws_ref_model.tflite", 13, 2'656'768},
                               {"pretrainedResnet_quant.tflite", 16, 12'501'632},
                               {"vww_96_int8.tflite", 31, 7'489'664}};
  for (const Known& model : kModels) {
    const Result<ir::Graph> graph = read(*base::read_file(*folder / model.file));
    ASSERT_TRUE(graph) << graph.error().text();
    std::int64_t macs = 0;
    for (const ir::NodeId id : graph->order()) macs += ir::count_work(ir::NodeView(*graph, graph->node(id))).macs;
    EXPECT_EQ(graph->node_count(), model.nodes) << model.file;
    EXPECT_EQ(macs, model.macs) << model.file;
    const Result<ir::Graph> again = read(*write(*graph));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(ir::print(*again), ir::print(*graph)) << model.file;
  }
}

}  // namespace
}  // namespace netfit::formats::tflite
