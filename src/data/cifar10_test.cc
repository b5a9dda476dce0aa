// SPDX-License-Identifier: Apache-2.0
#include "data/cifar10.h"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "base/files.h"
#include "support/paths.h"
#include "support/temporary_folder.h"

namespace netfit::data {
namespace {

constexpr auto kRecord = static_cast<std::size_t>(kCifar10RecordBytes);
const std::filesystem::path kEmbedded = "data/cifar10_subset";

// A record whose red, green and blue planes are filled with 1, 2 and 3.
std::string record(char label) {
  return label + std::string(1024, '\x01') + std::string(1024, '\x02') + std::string(1024, '\x03');
}

std::string official_file() {
  std::string content;
  for (int i = 0; i < kCifar10Records; ++i) content += record(static_cast<char>(i % 10));
  return content;
}

TEST(Cifar10, InterleavesThePlanesOfARecord) {
  std::vector<std::uint8_t> pixels;
  std::vector<std::int64_t> labels;
  std::string records = record(7) + record(2);
  records[1] = 9;             // the first image's first red byte
  records[kRecord - 1] = 11;  // and its last blue one
  ASSERT_TRUE(append_cifar10_records(base::as_bytes(records), pixels, labels).has_value());
  EXPECT_EQ(labels, (std::vector<std::int64_t>{7, 2}));
  ASSERT_EQ(pixels.size(), 2U * 3072U);
  EXPECT_TRUE(std::ranges::equal(std::span(pixels).first(6), std::vector<int>{9, 2, 3, 1, 2, 3}));
  EXPECT_EQ(pixels[3071], 11);
  EXPECT_EQ(pixels[3072], 1);
}

TEST(Cifar10, RefusesLabelsAboveNineAndBrokenRecords) {
  std::vector<std::uint8_t> pixels;
  std::vector<std::int64_t> labels;
  EXPECT_EQ(append_cifar10_records(base::as_bytes(record(1) + record(10)), pixels, labels).error().what(),
            "image 1 has label 10 (allowed: 0 to 9)");
  EXPECT_EQ(append_cifar10_records(base::as_bytes(record(1) + "x"), pixels, labels).error().what(),
            "has 3074 bytes, which is not a multiple of the record size 3073");
}

TEST(Cifar10, ReadsTheOfficialTestFileAndItsFirstImages) {
  const support::TemporaryFolder folder;
  ASSERT_TRUE(base::write_file(folder / "test_batch.bin", official_file()));
  EXPECT_TRUE(holds_cifar10(folder.path(), Split::Test));
  EXPECT_FALSE(holds_cifar10(folder.path(), Split::Train));
  const Dataset all = load_cifar10(folder.path(), Split::Test, std::nullopt).value();
  EXPECT_EQ(all.samples.shape(), (Shape{10000, 32, 32, 3}));
  EXPECT_EQ(all.class_names[9], "truck");
  const Dataset some = load_cifar10(folder.path(), Split::Test, 25).value();
  EXPECT_EQ(some.samples, all.samples.slice(0, 25));
  EXPECT_EQ(some.labels.back(), 4);
}

TEST(Cifar10, TakesClassNamesFromTheFileBesideTheImages) {
  const support::TemporaryFolder folder;
  ASSERT_TRUE(base::write_file(folder / "test_batch.bin", official_file()));
  ASSERT_TRUE(base::write_file(folder / "batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n"));
  EXPECT_EQ(load_cifar10(folder.path(), Split::Test, 1).value().class_names[9], "j");
  ASSERT_TRUE(base::write_file(folder / "batches.meta.txt", "a\nb\n"));
  EXPECT_EQ(load_cifar10(folder.path(), Split::Test, 1).error().what(), "has 2 class names (allowed: 10)");
}

TEST(Cifar10, RefusesAFileOfAnotherSize) {
  const support::TemporaryFolder folder;
  ASSERT_TRUE(base::write_file(folder / "test_batch.bin", official_file().substr(kRecord)));
  const auto result = load_cifar10(folder.path(), Split::Test, 1);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().text(),
            (folder / "test_batch.bin").string() + ": error: has 30726927 bytes (allowed: 30730000)");
}

TEST(Cifar10Subset, Holds200TestImagesOfEachClassMixed) {
  const Dataset test = load_cifar10_subset(kEmbedded, Split::Test, std::nullopt).value();
  EXPECT_EQ(test.samples.shape(), (Shape{2000, 32, 32, 3}));
  for (std::int64_t label = 0; label < 10; ++label) {
    EXPECT_EQ(std::ranges::count(test.labels, label), 200);
    EXPECT_GE(std::ranges::count(std::span(test.labels).first(100), label), 5);
  }
}

TEST(Cifar10Subset, Holds512TrainingImages) {
  const Dataset train = load_cifar10_subset(kEmbedded, Split::Train, std::nullopt).value();
  EXPECT_EQ(train.samples.shape(), (Shape{512, 32, 32, 3}));
  EXPECT_EQ(train.class_names.size(), 10U);
  const Dataset some = load_cifar10_subset(kEmbedded, Split::Train, 50).value();
  EXPECT_EQ(some.samples, train.samples.slice(0, 50));
}

TEST(Cifar10Subset, EqualsTheOfficialImagesAtItsRecordedIndices) {
  const auto folder = support::cifar10();
  if (!folder) GTEST_SKIP() << "the full data set is not there (build/cifar10)";
  for (const Split split : {Split::Test, Split::Train}) {
    const Dataset subset = load_cifar10_subset(kEmbedded, split, std::nullopt).value();
    const Dataset full = load_cifar10(*folder, split, std::nullopt).value();
    std::ifstream list(kEmbedded / (split == Split::Test ? "test.txt" : "train.txt"));
    for (std::int64_t i = 0; i < subset.count(); ++i) {
      std::int64_t index = -1;
      std::int64_t label = -1;
      ASSERT_TRUE(list >> index >> label);
      ASSERT_EQ(subset.samples.slice(i, i + 1), full.samples.slice(index, index + 1)) << i;
      ASSERT_EQ(label, full.labels[static_cast<std::size_t>(index)]);
      ASSERT_EQ(label, subset.labels[static_cast<std::size_t>(i)]);
    }
  }
}

TEST(Cifar10Subset, RefusesAListThatDoesNotFitTheSheet) {
  const support::TemporaryFolder folder;
  std::filesystem::copy_file(kEmbedded / "train.png", folder / "train.png");
  const auto fault = [&](const std::string& list) {
    EXPECT_TRUE(base::write_file(folder / "train.txt", list).has_value());
    const auto result = load_cifar10_subset(folder.path(), Split::Train, std::nullopt);
    return result ? "no fault" : result.error().what();
  };
  EXPECT_EQ(fault("1 2\n3 4\n"), "no fault");
  EXPECT_EQ(fault("1 2\n3\n"), "line '3' is not an index and a label below 10");
  EXPECT_EQ(fault("1 10\n"), "line '1 10' is not an index and a label below 10");
  EXPECT_EQ(fault("-1 3\n"), "line '-1 3' is not an index and a label below 10");
  std::string many;
  for (int i = 0; i < 521; ++i) many += "1 2\n";
  EXPECT_EQ(fault(many), "has room for 520 images, but 521 are listed");
}

}  // namespace
}  // namespace netfit::data
