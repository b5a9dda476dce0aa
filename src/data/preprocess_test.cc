// SPDX-License-Identifier: Apache-2.0
#include "data/preprocess.h"

#include <limits>

#include <gtest/gtest.h>

#include "base/files.h"
#include "ir/builder.h"
#include "support/temporary_folder.h"
#include "tensor/half.h"

namespace netfit::data {
namespace {

ir::Value input(DType dtype, Shape shape, std::optional<QuantParams> quant = std::nullopt) {
  return {.name = "image", .dtype = dtype, .shape = std::move(shape), .quant = std::move(quant)};
}

Tensor pixel(std::uint8_t r, std::uint8_t g, std::uint8_t b) {
  return Tensor::from<std::uint8_t>(Shape{1, 1, 1, 3}, std::vector<std::uint8_t>{r, g, b});
}

const ir::Preprocessing kHalves{.scale = 0.5F, .mean = {1, 2, 3}, .std = {1, 2, 4}};

std::string fault(const Result<Tensor>& result) { return result ? "no fault" : result.error().what(); }

TEST(Preprocess, ScalesThenSubtractsThenDivides) {
  const Tensor result = preprocess(pixel(10, 20, 30), input(DType::Float32, {1, 1, 1, 3}), kHalves).value();
  EXPECT_EQ(result, Tensor::from<float>(Shape{1, 1, 1, 3}, std::vector<float>{4, 4, 3}));
}

TEST(Preprocess, GivesTheBitsOfTheFormulaInFloat) {
  const ir::Preprocessing cifar10 = load_preprocessing("cifar10").value();
  for (int p = 0; p < 256; ++p) {
    const auto level = static_cast<std::uint8_t>(p);
    const Tensor result = preprocess(pixel(level, level, level), input(DType::Float32, {1, 1, 1, 3}), cifar10).value();
    const float scaled = static_cast<float>(p) * (1.0F / 255.0F);
    EXPECT_EQ(result.data<float>()[0], (scaled - 0.4914F) / 0.2470F);
    EXPECT_EQ(result.data<float>()[2], (scaled - 0.4465F) / 0.2616F);
  }
}

TEST(Preprocess, SwapsColorsForBgrBeforeMeansAreTaken) {
  ir::Preprocessing bgr = kHalves;
  bgr.order = ir::ColorOrder::Bgr;
  const Tensor result = preprocess(pixel(10, 20, 30), input(DType::Float32, {1, 1, 1, 3}), bgr).value();
  EXPECT_EQ(result, Tensor::from<float>(Shape{1, 1, 1, 3}, std::vector<float>{14, 4, 0.5F}));
}

TEST(Preprocess, QuantizesForIntegerInputs) {
  // Reals 4, 4, 3; 3 / 2 = 1.5 rounds away from zero.
  const ir::Value value = input(DType::Int8, {1, 1, 1, 3}, QuantParams::per_tensor(2.0F, -10));
  EXPECT_EQ(tensor::to_int64s(preprocess(pixel(10, 20, 30), value, kHalves).value()),
            (std::vector<std::int64_t>{-8, -8, -8}));
  const ir::Value narrow = input(DType::UInt8, {1, 1, 1, 3}, QuantParams::per_tensor(0.01F, 0));
  EXPECT_EQ(tensor::to_int64s(preprocess(pixel(10, 4, 0), narrow, kHalves).value()),
            (std::vector<std::int64_t>{255, 0, 0}));  // clamped; reals 4, 0, -0.75
}

TEST(Preprocess, GivesRawPixelsToIntegerInputsThatSpanThem) {
  const ir::Value value = input(DType::Int8, {1, 1, 1, 3}, QuantParams::per_tensor(1.0F, -128));
  EXPECT_EQ(tensor::to_int64s(preprocess(pixel(0, 128, 255), value, {}).value()),
            (std::vector<std::int64_t>{-128, 0, 127}));
}

TEST(Preprocess, ServesHalfAndPlainIntegerInputs) {
  const Tensor half = preprocess(pixel(10, 20, 30), input(DType::Float16, {1, 1, 1, 3}), kHalves).value();
  EXPECT_EQ(tensor::to_float(half.data<tensor::Half>()[0]), 4.0F);
  const Tensor plain = preprocess(pixel(0, 7, 255), input(DType::UInt8, {1, 1, 1, 3}), {}).value();
  EXPECT_EQ(plain, pixel(0, 7, 255));
}

TEST(Preprocess, GivesGreyToInputsOfOneChannel) {
  const Tensor result = preprocess(pixel(255, 0, 0), input(DType::Float32, {1, 1, 1, 1}), {}).value();
  EXPECT_EQ(result, Tensor::from<float>(Shape{1, 1, 1, 1}, std::vector<float>{76}));  // 0.299 * 255 = 76.2
}

TEST(Preprocess, ResizesToTheInput) {
  const Tensor images = Tensor::from<std::uint8_t>(Shape{2, 1, 2, 3}, std::vector<std::uint8_t>{0, 0, 0, 4, 6, 8,  //
                                                                                                1, 1, 1, 3, 3, 3});
  EXPECT_EQ(preprocess(images, input(DType::UInt8, {1, 1, 1, 3}), {}).value(),
            Tensor::from<std::uint8_t>(Shape{2, 1, 1, 3}, std::vector<std::uint8_t>{2, 3, 4, 2, 2, 2}));
}

TEST(Preprocess, RefusesInputsAndNumbersThatDoNotFit) {
  const Tensor image = pixel(1, 2, 3);
  EXPECT_EQ(fault(preprocess(image, input(DType::Float32, {1, 490}), {})),
            "input 'image' is [n,490], which does not take images (allowed: [n,h,w,3] and [n,h,w,1])");
  EXPECT_EQ(fault(preprocess(image, input(DType::Float32, {1, 1, 1, 4}), {})),
            "input 'image' is [n,1,1,4], which does not take images (allowed: [n,h,w,3] and [n,h,w,1])");
  EXPECT_EQ(fault(preprocess(image, input(DType::Bool, {1, 1, 1, 3}), {})),
            "input 'image' is bool, which does not take images (allowed: f32, f16, i8, u8, i16, i32)");
  const ir::Value value = input(DType::Float32, {1, 1, 1, 3});
  EXPECT_EQ(fault(preprocess(image, value, {.mean = {1, 2}})),
            "preprocessing has 2 numbers as mean (allowed: 1 or 3, the input's channels)");
  EXPECT_EQ(fault(preprocess(image, value, {.std = {1, 0, 1}})), "preprocessing has std 0 (allowed: finite and not 0)");
  EXPECT_EQ(fault(preprocess(image, value, {.scale = std::numeric_limits<float>::infinity()})),
            "preprocessing has scale inf (allowed: finite)");
}

struct Given {
  ir::Graph graph;
  explicit Given(ir::Value value, ir::Layout layout = ir::Layout::ChannelsLast) {
    graph.inputs.push_back({graph.add_value(std::move(value)), layout, std::nullopt});
  }
  ir::GraphInput& input() { return graph.inputs.front(); }
};

TEST(ChoosePreprocessing, TakesTheFilesRecord) {
  Given given(input(DType::Float32, {1, 2, 2, 3}));
  given.input().preprocessing = kHalves;
  const ChosenPreprocessing chosen = choose_preprocessing(given.graph, given.input(), std::nullopt).value();
  EXPECT_EQ(chosen.preprocessing, kHalves);
  EXPECT_EQ(chosen.note, "");
}

TEST(ChoosePreprocessing, LetsTheUsersWordWinWithANote) {
  Given given(input(DType::Float32, {1, 2, 2, 3}));
  given.input().preprocessing = kHalves;
  const ChosenPreprocessing chosen = choose_preprocessing(given.graph, given.input(), ir::Preprocessing{}).value();
  EXPECT_EQ(chosen.preprocessing, ir::Preprocessing{});
  EXPECT_EQ(chosen.note, "--preprocess is used instead of the file's own record");
  EXPECT_EQ(choose_preprocessing(given.graph, given.input(), kHalves).value().note, "");
}

TEST(ChoosePreprocessing, GivesRawPixelsOnlyToInputsThatSpanThem) {
  Given raw(input(DType::Int8, {1, 2, 2, 3}, QuantParams::per_tensor(1.0F, -128)));
  const ChosenPreprocessing chosen = choose_preprocessing(raw.graph, raw.input(), std::nullopt).value();
  EXPECT_EQ(chosen.preprocessing, ir::Preprocessing{});
  EXPECT_FALSE(chosen.note.empty());
  for (ir::Value value : {input(DType::Int8, {1, 2, 2, 3}, QuantParams::per_tensor(1.0F / 255, -128)),
                          input(DType::Int8, {1, 2, 2, 3}, QuantParams::per_tensor(1.0F, 0)),
                          input(DType::Int8, {1, 2, 2, 3}), input(DType::Float32, {1, 2, 2, 3})}) {
    Given other(std::move(value));
    const auto refused = choose_preprocessing(other.graph, other.input(), std::nullopt);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind(), ErrorKind::BadUsage);
    EXPECT_NE(refused.error().what().find("--preprocess"), std::string::npos);
  }
}

Tensor counting(Shape shape) {
  std::vector<float> numbers(static_cast<std::size_t>(shape.element_count()));
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i);
  return Tensor::from<float>(std::move(shape), numbers);
}

TEST(AdaptTensors, MovesTheAxesOfChannelsFirstFilesThereAndBack) {
  Given given(input(DType::Float32, {1, 3, 4, 2}), ir::Layout::ChannelsFirst);
  const Tensor file = counting({5, 2, 3, 4});
  const Tensor graph = adapt_tensors(file, given.graph, given.input()).value();
  EXPECT_EQ(graph.shape(), (Shape{5, 3, 4, 2}));
  EXPECT_EQ(graph.data<float>()[1], 12.0F);  // channel 1 of the first pixel
  EXPECT_EQ(to_file_layout(graph, ir::Layout::ChannelsFirst), file);
  EXPECT_EQ(to_file_layout(graph, ir::Layout::ChannelsLast), graph);
}

TEST(AdaptTensors, TakesSamplesOfTheOtherLayoutUnlessTheFilesOwnIsAskedFor) {
  Given first(input(DType::Float32, {1, 3, 4, 2}), ir::Layout::ChannelsFirst);
  Given last(input(DType::Float32, {1, 3, 4, 2}), ir::Layout::ChannelsLast);
  const Tensor channels_last = counting({5, 3, 4, 2});
  const Tensor channels_first = to_file_layout(channels_last, ir::Layout::ChannelsFirst);
  EXPECT_EQ(adapt_tensors(channels_last, first.graph, first.input()).value(), channels_last);
  EXPECT_EQ(adapt_tensors(channels_first, last.graph, last.input()).value(), channels_last);
  EXPECT_EQ(fault(adapt_tensors(channels_last, first.graph, first.input(), SampleForm::FilesOwn)),
            "samples are [5,3,4,2], but input 'image' takes [n,2,3,4]");
}

TEST(AdaptTensors, TakesAmbiguousSamplesInTheFilesOwnLayout) {
  Given given(input(DType::Float32, {1, 2, 2, 2}), ir::Layout::ChannelsFirst);
  const Tensor file = counting({1, 2, 2, 2});
  EXPECT_EQ(to_file_layout(adapt_tensors(file, given.graph, given.input()).value(), ir::Layout::ChannelsFirst), file);
}

TEST(AdaptTensors, LeavesOtherInputsAsTheyAre) {
  Given given(input(DType::Float32, {1, 4}), ir::Layout::ChannelsFirst);
  EXPECT_EQ(adapt_tensors(counting({3, 4}), given.graph, given.input()).value(), counting({3, 4}));
}

TEST(AdaptTensors, SaysWhichShapeAndTypeAreWanted) {
  Given given(input(DType::Float32, {1, 3, 4, 2}), ir::Layout::ChannelsFirst);
  EXPECT_EQ(fault(adapt_tensors(counting({5, 4, 3, 2}), given.graph, given.input())),
            "samples are [5,4,3,2], but input 'image' takes [n,2,3,4]");
  EXPECT_EQ(fault(adapt_tensors(counting({2, 3, 4}), given.graph, given.input())),
            "samples are [2,3,4], but input 'image' takes [n,2,3,4]");
  EXPECT_EQ(fault(adapt_tensors(Tensor(DType::UInt8, {5, 2, 3, 4}), given.graph, given.input())),
            "samples are u8, but input 'image' takes f32");
}

TEST(AdaptTensors, QuantizesFloatSamplesUnlessRawTypesAreAskedFor) {
  Given given(input(DType::Int8, {1, 3}, QuantParams::per_tensor(0.5F, 1)));
  EXPECT_EQ(adapt_tensors(counting({1, 3}), given.graph, given.input()).value(),
            Tensor::from<std::int8_t>(Shape{1, 3}, std::vector<std::int8_t>{1, 3, 5}));
  EXPECT_EQ(fault(adapt_tensors(counting({1, 3}), given.graph, given.input(), SampleForm::FilesOwn)),
            "samples are f32, but input 'image' takes i8");
  Given plain(input(DType::Int8, {1, 3}));
  EXPECT_EQ(fault(adapt_tensors(counting({1, 3}), plain.graph, plain.input())),
            "samples are f32, but input 'image' takes i8");
}

class LoadPreprocessing : public testing::Test {
 protected:
  Result<ir::Preprocessing> load(const std::string& text) {
    EXPECT_TRUE(base::write_file(folder_ / "p.toml", text).has_value());
    return load_preprocessing((folder_ / "p.toml").string());
  }
  std::string load_fault(const std::string& text) {
    const auto result = load(text);
    return result ? "no fault" : result.error().what();
  }
  support::TemporaryFolder folder_;
};

TEST_F(LoadPreprocessing, KnowsItsNames) {
  EXPECT_EQ(load_preprocessing("pixels").value(), ir::Preprocessing{});
  EXPECT_EQ(load_preprocessing("imagenet").value().mean[0], 0.485F);
  EXPECT_EQ(load_preprocessing("cifar1").error().what(),
            "preprocessing 'cifar1' is not known (allowed: cifar10, imagenet, pixels, or a .toml file)");
  EXPECT_EQ(load_preprocessing("cifar1").error().kind(), ErrorKind::BadUsage);
}

TEST_F(LoadPreprocessing, ReadsAFile) {
  const ir::Preprocessing read = load("# ours\nscale = 0.5\nmean = [1, 2.5, 3]\nstd = 2\norder = \"bgr\"\n").value();
  EXPECT_EQ(read, (ir::Preprocessing{0.5F, {1, 2.5F, 3}, {2}, ir::ColorOrder::Bgr}));
}

TEST_F(LoadPreprocessing, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(load_fault("mean = 1"), "key 'scale' is missing");
  EXPECT_EQ(load_fault("scale = 1\nmeans = 1"), "key 'means' is not known (allowed: scale, mean, std, order)");
  EXPECT_EQ(load_fault("scale = \"1\""), "'scale' is not a number");
  EXPECT_EQ(load_fault("scale = 1\nstd = []"), "'std' is empty (allowed: one number or one for each channel)");
  EXPECT_EQ(load_fault("scale = 1\norder = \"RGB\""), "'order' is neither \"rgb\" nor \"bgr\"");
  EXPECT_EQ(load_fault("scale = \n").substr(0, 7), "line 1:");
  EXPECT_FALSE(load_preprocessing((folder_ / "missing.toml").string()).has_value());
}

}  // namespace
}  // namespace netfit::data
