// SPDX-License-Identifier: Apache-2.0
#include "tensor/tensor.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>

#include <gtest/gtest.h>

#include "support/random_tensor.h"

namespace netfit::tensor {
namespace {

using support::random_tensor;

TEST(DType, KnowsItsLimits) {
  EXPECT_EQ(lowest(DType::Int4), -8);
  EXPECT_EQ(highest(DType::Int4), 7);
  EXPECT_EQ(lowest(DType::UInt8), 0);
  EXPECT_EQ(highest(DType::UInt8), 255);
  EXPECT_EQ(lowest(DType::Int16), -32768);
  EXPECT_EQ(highest(DType::Int64), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(bytes_for(DType::Int4, 5), 3);
}

// Pages that belong to this process and lie in memory.
std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t pages = 0;
  std::int64_t resident = 0;
  statm >> pages >> resident;
  return resident * 4096;
}

TEST(Tensor, TakesNoMemoryUntilItIsTouched) {
  const std::int64_t before = resident_bytes();
  const Tensor tensor(DType::Float32, Shape{256, 1024, 1024});
  if (before > 0) EXPECT_LT(resident_bytes() - before, std::int64_t{64} << 20);
  EXPECT_EQ(tensor.data<float>().front(), 0.0F);
  EXPECT_EQ(tensor.data<float>().back(), 0.0F);
}

TEST(Tensor, KeepsItsAlignmentAndSlackAtEverySize) {
  for (const std::int64_t size : {0, 1, 15, 16, 63, 64, 65, 4096, 200000}) {
    const Tensor tensor(DType::Int8, Shape{size});
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.bytes().data()) % 64, 0U) << size;
    const std::byte* behind = tensor.bytes().data() + size;
    EXPECT_TRUE(std::all_of(behind, behind + 63, [](std::byte byte) { return byte == std::byte{0}; })) << size;
  }
}

TEST(Tensor, StartsAtZeroOnAlignedStorage) {
  const Tensor tensor(DType::Float32, Shape{3});
  EXPECT_TRUE(std::ranges::all_of(tensor.data<float>(), [](float element) { return element == 0; }));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.bytes().data()) % 64, 0U);
}

TEST(Tensor, SharesStorageUntilOneCopyIsWritten) {
  Tensor first = Tensor::from<float>(Shape{2}, std::vector<float>{1, 2});
  Tensor second = first;
  EXPECT_EQ(first.bytes().data(), second.bytes().data());
  second.mutable_data<float>()[0] = 9;
  EXPECT_EQ(first.data<float>()[0], 1);
  EXPECT_EQ(second.data<float>()[0], 9);
  const std::byte* alone = second.bytes().data();
  second.mutable_data<float>()[1] = 8;
  EXPECT_EQ(second.bytes().data(), alone) << "an owner that is alone copies nothing";
}

TEST(Tensor, CopiesOnWriteAfterReshapeToo) {
  Tensor flat(DType::Int8, Shape{6});
  Tensor folded = flat.reshaped(Shape{2, 3});
  EXPECT_EQ(flat.bytes().data(), folded.bytes().data());
  flat.mutable_data<std::int8_t>()[5] = 1;
  EXPECT_EQ(folded.data<std::int8_t>()[5], 0);
}

TEST(Tensor, ComparesTypeShapeAndBytes) {
  const Tensor a = random_tensor(1, DType::Int8, Shape{2, 3});
  EXPECT_EQ(a, random_tensor(1, DType::Int8, Shape{2, 3}));
  EXPECT_FALSE(a == random_tensor(2, DType::Int8, Shape{2, 3}));
  EXPECT_FALSE(a == a.reshaped(Shape{3, 2}));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(Tensor::from<float>(Shape{1}, std::vector{nan}), Tensor::from<float>(Shape{1}, std::vector{nan}));
}

TEST(Tensor, RefusesTheWrongNumberOfBytes) {
  const std::vector<std::byte> bytes(7);
  EXPECT_EQ(Tensor::from_bytes(DType::Float32, Shape{2}, bytes).error().what(),
            "7 bytes of data for a tensor f32 of 2, which takes 8");
  EXPECT_TRUE(Tensor::from_bytes(DType::Int4, Shape{13}, bytes).has_value());
}

TEST(Tensor, SlicesSamplesAlongTheFirstAxis) {
  const Tensor tensor = Tensor::from<std::int16_t>(Shape{3, 2}, std::vector<std::int16_t>{1, 2, 3, 4, 5, 6});
  EXPECT_EQ(tensor.slice(1, 3), (Tensor::from<std::int16_t>(Shape{2, 2}, std::vector<std::int16_t>{3, 4, 5, 6})));
  EXPECT_EQ(tensor.slice(2, 2).element_count(), 0);
}

TEST(Int4, PacksTheFirstElementIntoTheLowHalf) {
  const Tensor unpacked = Tensor::from<std::int8_t>(Shape{3}, std::vector<std::int8_t>{-8, 7, -1});
  const Tensor packed = pack_int4(unpacked);
  ASSERT_EQ(packed.bytes().size(), 2U);
  EXPECT_EQ(packed.bytes()[0], std::byte{0x78});
  EXPECT_EQ(packed.bytes()[1], std::byte{0x0f});
  EXPECT_EQ(unpack_int4(packed), unpacked);
}

TEST(Int4, SurvivesUnpackingAndPacking) {
  const Tensor packed = random_tensor(3, DType::Int4, Shape{4, 5, 7});
  EXPECT_EQ(pack_int4(unpack_int4(packed)), packed);
  EXPECT_EQ(to_int64s(packed), to_int64s(unpack_int4(packed)));
}

TEST(Transpose, MovesAxesToWhereThePermutationSays) {
  const Tensor source = random_tensor(4, DType::Int32, Shape{2, 3, 4});
  const Tensor target = transpose(source, std::vector{2, 0, 1});
  ASSERT_EQ(target.shape(), (Shape{4, 2, 3}));
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 3; ++j) {
      for (int k = 0; k < 4; ++k) {
        EXPECT_EQ(target.data<std::int32_t>()[static_cast<std::size_t>((k * 2 + i) * 3 + j)],
                  source.data<std::int32_t>()[static_cast<std::size_t>((i * 3 + j) * 4 + k)]);
      }
    }
  }
}

TEST(Transpose, IsUndoneByTheInversePermutation) {
  const Tensor source = random_tensor(5, DType::Float16, Shape{1, 5, 2, 3});
  EXPECT_EQ(transpose(transpose(source, std::vector{0, 3, 1, 2}), std::vector{0, 2, 3, 1}), source);
  EXPECT_EQ(transpose(Tensor(DType::Float32, Shape{0, 3}), std::vector{1, 0}).shape(), (Shape{3, 0}));
  EXPECT_EQ(transpose(Tensor(DType::Float32, Shape{}), std::vector<int>{}).shape(), Shape{});
}

TEST(Widening, ReadsEveryType) {
  for (const DType dtype : {DType::Int4, DType::Int8, DType::UInt8, DType::Int16, DType::Int32, DType::Int64}) {
    const Tensor tensor = random_tensor(6, dtype, Shape{40});
    const std::vector<std::int64_t> whole = to_int64s(tensor);
    const std::vector<double> real = to_doubles(tensor);
    EXPECT_TRUE(std::ranges::equal(whole, real)) << name(dtype);
    EXPECT_NE(*std::ranges::min_element(whole), *std::ranges::max_element(whole));
  }
  EXPECT_EQ(to_doubles(Tensor::from<Half>(Shape{1}, std::vector{Half{0x3800}})), std::vector<double>{0.5});
}

}  // namespace
}  // namespace netfit::tensor
