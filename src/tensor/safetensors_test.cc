// SPDX-License-Identifier: Apache-2.0
#include "tensor/safetensors.h"

#include <cstring>

#include <gtest/gtest.h>

#include "base/files.h"
#include "support/temporary_folder.h"

namespace netfit::tensor {
namespace {

class SafetensorsFile : public ::testing::Test {
 protected:
  std::string fault_of(std::string_view header, std::size_t elements = 16) {
    std::string text(8, '\0');
    const std::uint64_t length = header.size();
    std::memcpy(text.data(), &length, 8);
    text += header;
    text += std::string(elements, '\0');
    EXPECT_TRUE(base::write_file(path_, text).has_value());
    const Result<Safetensors> read = read_safetensors(path_);
    return read ? "none" : read.error().text();
  }

  support::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "a.safetensors";
};

TEST_F(SafetensorsFile, ComesBackAsItWasWritten) {
  const Safetensors file{.tensors = {{"a", Tensor::from<float>(Shape{2, 2}, std::vector<float>{1, 2, 3, 4})},
                                     {"b", Tensor::from<std::uint8_t>(Shape{3}, std::vector<std::uint8_t>{7, 8, 9})},
                                     {"none", Tensor(DType::Float32, Shape{0})}},
                         .metadata = {{"what", "a \"test\"\n"}}};
  ASSERT_TRUE(write_safetensors(file, path_).has_value());
  const Safetensors read = read_safetensors(path_).value();
  EXPECT_EQ(read.tensors, file.tensors);
  EXPECT_EQ(read.metadata, file.metadata);
}

TEST_F(SafetensorsFile, ThatIsHostileIsRefused) {
  EXPECT_NE(fault_of("[]").find("not a JSON object"), std::string::npos);
  EXPECT_NE(fault_of("{\"a\": 1}").find("no type, shape and place"), std::string::npos);
  EXPECT_NE(fault_of(R"({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 99]}})").find("outside the file"),
            std::string::npos);
  EXPECT_NE(fault_of(R"({"a": {"dtype": "F32", "shape": [4], "data_offsets": [16, 0]}})").find("outside the file"),
            std::string::npos);
  EXPECT_NE(fault_of(R"({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 16]}})").find("whole numbers"),
            std::string::npos);
  EXPECT_NE(fault_of(R"({"a": {"dtype": "Q4", "shape": [4], "data_offsets": [0, 16]}})").find("'Q4'"),
            std::string::npos);
  EXPECT_NE(fault_of(R"({"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 16]}})"), "none");
  EXPECT_NE(fault_of(R"({"a": {"dtype": "F32", "shape": [99999999999999], "data_offsets": [0, 16]}})"), "none");
  EXPECT_NE(fault_of(R"({"__metadata__": {"a": 1}})").find("metadata that is not text"), std::string::npos);
  ASSERT_TRUE(base::write_file(path_, "\xff\xff\xff\xff\xff\xff\xff\xff").has_value());
  EXPECT_NE(read_safetensors(path_).error().text().find("header is cut off"), std::string::npos);
  ASSERT_TRUE(base::write_file(path_, "abc").has_value());
  EXPECT_FALSE(read_safetensors(path_).has_value());
}

}  // namespace
}  // namespace netfit::tensor
