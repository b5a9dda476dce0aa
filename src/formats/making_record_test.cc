// SPDX-License-Identifier: Apache-2.0
#include "formats/making_record.h"

#include <gtest/gtest.h>

namespace netfit::formats {
namespace {

TEST(MakingRecord, ReadsBackWhatItWrote) {
  const MakingRecord record{.made_by = "netfit 0.1.0",
                            .scheme = "int8",
                            .recipe = "mine \"x\"",
                            .ranges = "percentile 99.99",
                            .techniques = {"equalize", "rounding balanced"},
                            .samples = 512,
                            .seed = 18446744073709551615U};
  const Result<MakingRecord> read = parse_making_record(making_record_json(record));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, record);
}

TEST(MakingRecord, LeavesOutWhatIsEmpty) {
  EXPECT_EQ(making_record_json({.made_by = "netfit 0.1.0", .scheme = "float16"}),
            R"({"made_by":"netfit 0.1.0","scheme":"float16"})");
}

TEST(MakingRecord, IgnoresMembersOfLaterVersions) {
  const Result<MakingRecord> read = parse_making_record(R"({"scheme":"int8","palette":[1,2]})");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->scheme, "int8");
}

struct BadRecord {
  std::string text;
  const char* message;
};

class BadMakingRecord : public testing::TestWithParam<BadRecord> {};

TEST_P(BadMakingRecord, IsRefusedWithItsReason) {
  const Result<MakingRecord> read = parse_making_record(GetParam().text);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text(), std::string("netfit.quantization: error: ") + GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Records, BadMakingRecord,
    testing::Values(BadRecord{"", "the record is not a JSON object"},
                    BadRecord{"[]", "the record is not a JSON object"},
                    BadRecord{std::string(50000, '['), "the record is not a JSON object"},
                    BadRecord{std::string(70000, ' '), "the record has 70000 bytes (allowed: 65536)"},
                    BadRecord{R"({"scheme":8})", "'scheme' is not a string"},
                    BadRecord{R"({"scheme":")" + std::string(201, 'x') + "\"}",
                              "'scheme' has 201 bytes (allowed: 200)"},
                    BadRecord{R"({"samples":-1})", "'samples' is not a whole number"},
                    BadRecord{R"({"seed":1.5})", "'seed' is not a whole number"},
                    BadRecord{R"({"techniques":"equalize"})", "'techniques' is not a list of at most 64 words"},
                    BadRecord{R"({"techniques":[[]]})", "'techniques' is not a string"}));

}  // namespace
}  // namespace netfit::formats
