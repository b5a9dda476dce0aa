// SPDX-License-Identifier: Apache-2.0
#include "data/dataset.h"

#include <gtest/gtest.h>
#include <png.h>

#include "base/files.h"
#include "data/cifar10.h"
#include "support/temporary_folder.h"

namespace netfit::data {
namespace {
namespace fs = std::filesystem;

class DatasetOpen : public testing::Test {
 protected:
  // A grey image of one level, so that samples can be told apart.
  void add_image(const fs::path& name, int level, unsigned width = 2, unsigned height = 2) {
    fs::create_directories((folder_ / name).parent_path());
    png_image png{.version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_GRAY};
    const std::vector<std::uint8_t> pixels(width * height, static_cast<std::uint8_t>(level));
    ASSERT_EQ(::png_image_write_to_file(&png, (folder_ / name).c_str(), 0, pixels.data(), 0, nullptr), 1);
  }

  void add_cifar10_file(const fs::path& name, char label) {
    fs::create_directories((folder_ / name).parent_path());
    const std::string file(static_cast<std::size_t>(kCifar10Records * kCifar10RecordBytes), label);
    ASSERT_TRUE(base::write_file(folder_ / name, file));
  }

  Result<Dataset> open_here(const OpenOptions& options = {}) { return open(folder_.path().string(), options); }

  std::string fault(const OpenOptions& options = {}) {
    const Result<Dataset> result = open_here(options);
    return result ? "no fault" : result.error().what();
  }

  static std::vector<int> levels(const Dataset& dataset) {
    std::vector<int> levels;
    for (std::int64_t i = 0; i < dataset.count(); ++i) {
      levels.push_back(dataset.samples.slice(i, i + 1).data<std::uint8_t>()[0]);
    }
    return levels;
  }

  support::TemporaryFolder folder_;
};

TEST_F(DatasetOpen, TakesOneImageOfEachClassInTurnByName) {
  add_image("dog/b.png", 5);
  add_image("cat/2.png", 2);
  add_image("cat/1.PNG", 1);
  add_image("dog/a.png", 4);
  add_image("cat/3.png", 3);
  add_image("cat/.hidden.png", 9);
  ASSERT_TRUE(base::write_file(folder_ / "cat/notes.txt", "no image"));
  const Dataset dataset = open_here().value();
  EXPECT_EQ(dataset.class_names, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(levels(dataset), (std::vector<int>{1, 4, 2, 5, 3}));
  EXPECT_EQ(dataset.labels, (std::vector<std::int64_t>{0, 1, 0, 1, 0}));
  EXPECT_TRUE(dataset.images);
  EXPECT_EQ(levels(open_here({.limit = 3}).value()), (std::vector<int>{1, 4, 2}));
}

TEST_F(DatasetOpen, ResizesToTheExtentAskedForAndNeverByGuess) {
  add_image("cat/1.png", 1, 2, 3);
  add_image("dog/1.png", 4, 5, 4);
  const std::string text = fault();
  EXPECT_NE(text.find("images have different sizes: "), std::string::npos) << text;
  EXPECT_NE(text.find("2x3"), std::string::npos);
  EXPECT_NE(text.find("5x4"), std::string::npos);
  const Dataset dataset = open_here({.extent = Extent{6, 7}}).value();
  EXPECT_EQ(dataset.samples.shape(), (Shape{2, 6, 7, 3}));
  EXPECT_EQ(levels(dataset), (std::vector<int>{1, 4}));
}

TEST_F(DatasetOpen, ChoosesTheSplitBySubfolder) {
  add_image("train/cat/1.png", 1);
  add_image("test/cat/1.png", 2);
  EXPECT_EQ(levels(open_here({.split = Split::Train}).value()), std::vector<int>{1});
  EXPECT_EQ(levels(open_here({.split = Split::Test}).value()), std::vector<int>{2});
}

TEST_F(DatasetOpen, DoesNotTestOnTrainingImages) {
  add_image("train/cat/1.png", 1);
  EXPECT_EQ(fault({.split = Split::Test}), "has a folder 'train', but no folder 'test'");
}

TEST_F(DatasetOpen, TakesAClassThatIsCalledTrain) {
  add_image("train/1.png", 1);
  add_image("bus/1.png", 2);
  EXPECT_EQ(open_here().value().class_names, (std::vector<std::string>{"bus", "train"}));
}

TEST_F(DatasetOpen, ReadsFoldersOfTheOfficialFiles) {
  add_cifar10_file("test/test_batch.bin", 3);
  const Dataset dataset = open_here({.limit = 2}).value();
  EXPECT_EQ(dataset.labels, (std::vector<std::int64_t>{3, 3}));
  EXPECT_EQ(dataset.name, (folder_ / "test").string());
}

TEST_F(DatasetOpen, SaysWhichOfficialFilesAreMissing) {
  add_cifar10_file("test_batch.bin", 3);
  EXPECT_EQ(fault({.split = Split::Train}), "has the CIFAR-10 test files, but not all of the training files");
}

TEST_F(DatasetOpen, TakesCifar10FromTheFirstCacheThatHasIt) {
  add_cifar10_file("second/test_batch.bin", 3);
  add_cifar10_file("third/test_batch.bin", 4);
  const OpenOptions options{.limit = 1,
                            .cache = {folder_ / "first", folder_ / "second", folder_ / "third"},
                            .embedded = "data/cifar10_subset"};
  const Dataset dataset = open("cifar10", options).value();
  EXPECT_EQ(dataset.name, "cifar10");
  EXPECT_EQ(dataset.labels, std::vector<std::int64_t>{3});
}

TEST_F(DatasetOpen, FallsBackOnTheEmbeddedSubsetAndSaysSo) {
  const OpenOptions options{.cache = {folder_.path()}, .embedded = "data/cifar10_subset"};
  const Dataset dataset = open("cifar10", options).value();
  EXPECT_EQ(dataset.name, "cifar10 (embedded subset)");
  EXPECT_EQ(dataset.count(), 2000);
}

TEST_F(DatasetOpen, DoesNotHideABrokenCacheBehindTheSubset) {
  ASSERT_TRUE(base::write_file(folder_ / "test_batch.bin", "short"));
  const auto dataset = open("cifar10", {.cache = {folder_.path()}, .embedded = "data/cifar10_subset"});
  ASSERT_FALSE(dataset.has_value());
  EXPECT_EQ(dataset.error().what(), "has 5 bytes (allowed: 30730000)");
}

TEST_F(DatasetOpen, ReadsTensorsWithLabels) {
  const Dataset dataset = open("tests/models/labelled.npz", {}).value();
  EXPECT_FALSE(dataset.images);
  EXPECT_TRUE(dataset.labelled());
  const Dataset some = open("tests/models/labelled.npz", {.limit = 2}).value();
  EXPECT_EQ(some.samples, dataset.samples.slice(0, 2));
  EXPECT_EQ(some.labels.size(), 2U);
  EXPECT_FALSE(open("tests/models/samples.npz", {}).value().labelled());
}

TEST_F(DatasetOpen, RefusesWhatIsNoDataSet) {
  EXPECT_EQ(fault(),
            "holds no data set (allowed: the official CIFAR-10 binary files, or one folder of PNG or JPEG files for "
            "each class)");
  EXPECT_EQ(open("cifar11", {}).error().what(),
            "data set 'cifar11' is not known (allowed: cifar10, a folder, or an .npz file)");
  EXPECT_FALSE(open((folder_ / "missing.npz").string(), {}).has_value());
  EXPECT_EQ(open("cifar10", {.limit = 0}).error().kind(), ErrorKind::BadUsage);
}

TEST_F(DatasetOpen, NamesTheImageThatIsDamaged) {
  add_image("cat/1.png", 1);
  ASSERT_TRUE(base::write_file(folder_ / "cat/2.png", "no image"));
  EXPECT_EQ(open_here().error().text(),
            (folder_ / "cat/2.png").string() + ": error: is neither a PNG nor a JPEG image");
}

}  // namespace
}  // namespace netfit::data
