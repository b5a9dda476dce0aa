// SPDX-License-Identifier: Apache-2.0
// What Pillow and numpy write is read as they read it.
#include <cstdlib>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "data/image.h"
#include "data/npy.h"
#include "support/temporary_folder.h"

namespace netfit::data {
namespace {
namespace fs = std::filesystem;

constexpr const char* kPython = "build/oracles/bin/python";

class DataOracle : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kPython)) GTEST_SKIP() << "no Python with numpy and Pillow at " << kPython;
    const std::string command = fmt::format("{} tests/oracles/make_data_files.py {}", kPython, folder_.path().string());
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  support::TemporaryFolder folder_;
};

TEST_F(DataOracle, DecodesImagesLikePillow) {
  int images = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_.path())) {
    const fs::path& path = entry.path();
    if (path.extension() != ".png" && path.extension() != ".jpg") continue;
    const Result<Tensor> image = load_image(path);
    ASSERT_TRUE(image.has_value()) << image.error().text();
    EXPECT_EQ(*image, load_npy(fs::path(path).replace_extension(".npy")).value()) << path;
    ++images;
  }
  EXPECT_EQ(images, 9);
}

TEST_F(DataOracle, ReadsArraysOfNumpy) {
  for (const char* file : {"arrays.npz", "packed.npz"}) {
    const auto arrays = load_npz(folder_ / file).value();
    EXPECT_EQ(arrays.size(), 3U);
    for (const auto& [name, array] : arrays) {
      EXPECT_EQ(array, load_npy(folder_ / (name + ".npy")).value()) << file << " " << name;
    }
  }
}

TEST_F(DataOracle, WritesArraysThatNumpyReads) {
  const Tensor tensor = load_npy(folder_ / "a.npy").value();
  ASSERT_TRUE(base::write_file(folder_ / "ours.npy", print_npy(tensor)));
  const std::string check = fmt::format(
      "{0} -c \"import numpy as np; a, b = np.load('{1}/a.npy'), np.load('{1}/ours.npy'); assert a.dtype "
      "== b.dtype and (a == b).all() and open('{1}/a.npy', 'rb').read() == open('{1}/ours.npy', "
      "'rb').read()\"",
      kPython, folder_.path().string());
  EXPECT_EQ(std::system(check.c_str()), 0);
}

}  // namespace
}  // namespace netfit::data
