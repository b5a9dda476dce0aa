// SPDX-License-Identifier: Apache-2.0
#include "data/npy.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace netfit::data {
namespace {

// An array as numpy writes it, version 1, without padding; elements as raw bytes.
std::string npy(const std::string& header, const std::string& elements) {
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  return text + header + elements;
}

template <typename T>
std::string raw(std::initializer_list<T> elements) {
  return {reinterpret_cast<const char*>(std::data(elements)), elements.size() * sizeof(T)};
}

std::string dictionary(const std::string& descr, const std::string& shape, const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
}

Result<Tensor> parse(const std::string& text) { return parse_npy(base::as_bytes(text)); }

std::string fault(const std::string& text) {
  const Result<Tensor> result = parse(text);
  return result ? "no fault" : result.error().what();
}

TEST(Npy, ReadsEachElementType) {
  EXPECT_EQ(parse(npy(dictionary("<f4", "(2,)"), raw<float>({1.5F, -2}))).value(),
            Tensor::from<float>(Shape{2}, std::vector<float>{1.5F, -2}));
  EXPECT_EQ(parse(npy(dictionary("|i1", "(2, 1)"), raw<std::int8_t>({-1, 7}))).value(),
            Tensor::from<std::int8_t>(Shape{2, 1}, std::vector<std::int8_t>{-1, 7}));
  EXPECT_EQ(parse(npy(dictionary("<u1", "(1,)"), raw<std::uint8_t>({200}))).value().dtype(), DType::UInt8);
  EXPECT_EQ(parse(npy(dictionary("<i2", "(1,)"), raw<std::int16_t>({-300}))).value().data<std::int16_t>()[0], -300);
  EXPECT_EQ(parse(npy(dictionary("<i4", "()"), raw<std::int32_t>({-70000}))).value(),
            Tensor::from<std::int32_t>(Shape{}, std::vector<std::int32_t>{-70000}));
  EXPECT_EQ(parse(npy(dictionary("<i8", "(1,)"), raw<std::int64_t>({1LL << 40}))).value().data<std::int64_t>()[0],
            1LL << 40);
  EXPECT_EQ(parse(npy(dictionary("<f2", "(1,)"), raw<std::uint16_t>({0x3c00}))).value().dtype(), DType::Float16);
}

TEST(Npy, ReadsAnyByteButZeroAsTrue) {
  const Tensor tensor = parse(npy(dictionary("|b1", "(3,)"), raw<std::uint8_t>({0, 1, 7}))).value();
  EXPECT_EQ(tensor::to_int64s(tensor), (std::vector<std::int64_t>{0, 1, 1}));
}

TEST(Npy, RoundsDoublesToFloatsAndRefusesThoseThatDoNotFit) {
  const Tensor tensor = parse(npy(dictionary("<f8", "(2,)"), raw<double>({0.1, -INFINITY}))).value();
  EXPECT_EQ(tensor.data<float>()[0], 0.1F);
  EXPECT_EQ(tensor.data<float>()[1], -std::numeric_limits<float>::infinity());
  EXPECT_EQ(fault(npy(dictionary("<f8", "(2,)"), raw<double>({0.1, 1e300}))),
            "element 1 is 1e+300, which does not fit float32");
  EXPECT_EQ(fault(npy(dictionary("<f8", "(2,)"), raw<double>({0.1}))),
            "shape 2 of <f8 takes 16 bytes, but 8 follow the header");
}

TEST(Npy, TurnsColumnMajorArraysIntoRowMajorOnes) {
  // [[1 2 3] [4 5 6]] by columns.
  const std::string text = npy(dictionary("|u1", "(2, 3)", "True"), raw<std::uint8_t>({1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(parse(text).value(), Tensor::from<std::uint8_t>(Shape{2, 3}, std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6}));
}

TEST(Npy, ReadsVersionTwoHeaders) {
  const std::string header = dictionary("|u1", "(1,)");
  std::string text("\x93NUMPY\x02\x00", 8);
  text += static_cast<char>(header.size());
  text += std::string(3, '\0') + header + "\x05";
  EXPECT_EQ(parse(text).value().data<std::uint8_t>()[0], 5);
}

TEST(Npy, PrintsWhatNumpyPrints) {
  const base::Bytes bytes = print_npy(Tensor::from<float>(Shape{1}, std::vector<float>{1}));
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";
  header.resize(117, ' ');
  EXPECT_EQ(text, npy(header + "\n", raw<float>({1})));
}

TEST(Npy, ReadsBackWhatItPrints) {
  for (const DType dtype : {DType::Float32, DType::Float16, DType::Int8, DType::UInt8, DType::Int16, DType::Int32,
                            DType::Int64, DType::Bool}) {
    for (const Shape& shape : {Shape{}, Shape{0}, Shape{3}, Shape{2, 3, 1}}) {
      Tensor tensor(dtype, shape);
      for (std::byte& byte : tensor.mutable_bytes()) byte = std::byte{1};
      EXPECT_EQ(parse_npy(print_npy(tensor)).value(), tensor) << name(dtype) << " " << to_string(shape);
    }
  }
}

TEST(Npy, RefusesWhatIsNoArray) {
  EXPECT_EQ(fault(""), "is not a .npy array: the bytes \\x93NUMPY at the start are missing");
  EXPECT_EQ(fault("\x93NUMPY"), ".npy header is cut off after 6 bytes");
  EXPECT_EQ(fault(std::string("\x93NUMPY\x04\x00\x01\x00{", 11)), ".npy version 4 is not supported (allowed: 1 to 3)");
  EXPECT_EQ(fault(std::string("\x93NUMPY\x01\x00\x09\x00{}", 12)), ".npy header has 9 bytes, but only 2 follow");
  EXPECT_EQ(fault(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12)),
            ".npy header has 4294967295 bytes, the limit is 65536");
}

TEST(Npy, RefusesHeadersThatAreNoDictionary) {
  for (const char* header :
       {"", "{", "{}", "{'descr': '<f4'}", "{'descr': <f4, 'fortran_order': False, 'shape': ()}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}", "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1",
        "{'descr': '<f4', 'fortran_order': False, 'shape': ()} x",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 1}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}"}) {
    EXPECT_NE(fault(npy(header, "")).find("is not a dictionary"), std::string::npos) << header;
  }
}

TEST(Npy, RefusesTypesAndShapesThatItCannotHold) {
  EXPECT_EQ(fault(npy(dictionary(">f4", "(1,)"), raw<float>({1}))),
            "element type '>f4' is not supported (allowed: <f8, <f4, <f2, |i1, |u1, <i2, <i4, <i8, |b1)");
  EXPECT_NE(fault(npy(dictionary("|O", "(1,)"), "")).find("'|O' is not supported"), std::string::npos);
  EXPECT_NE(fault(npy(dictionary("<u2", "(1,)"), "")).find("'<u2' is not supported"), std::string::npos);
  EXPECT_EQ(fault(npy(dictionary("<f4", "(-1,)"), "")), "dimension -1 is negative");
  EXPECT_NE(fault(npy(dictionary("<f4", "(4000000000, 4000000000)"), "")).find("elements"), std::string::npos);
  EXPECT_NE(fault(npy(dictionary("<f4", "(1,1,1,1,1,1,1,1,1)"), "")).find("rank 9"), std::string::npos);
  EXPECT_NE(fault(npy(dictionary("<f4", "(2,)"), raw<float>({1}))), "no fault");
  EXPECT_NE(fault(npy(dictionary("<f4", "(1,)"), raw<float>({1, 2}))), "no fault");
}

TEST(Npy, SurvivesEveryFlippedByteAndEveryCut) {
  const std::string good = npy(dictionary("<f4", "(2, 2)"), raw<float>({1, 2, 3, 4}));
  for (std::size_t i = 0; i < good.size(); ++i) {
    EXPECT_FALSE(parse(good.substr(0, i)).has_value());
    for (const char flip : {'\x01', '\x10', '\x80', '\xff'}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      (void)parse(bad);  // any answer, but an answer
    }
  }
}

struct Entry {
  std::string name;
  std::string content;
};

void write_zip(const std::filesystem::path& path, const char* options, const std::vector<Entry>& entries) {
  ::archive* zip = ::archive_write_new();
  ::archive_write_set_format_zip(zip);
  ASSERT_EQ(::archive_write_set_options(zip, options), ARCHIVE_OK);
  ASSERT_EQ(::archive_write_open_filename(zip, path.c_str()), ARCHIVE_OK);
  for (const Entry& entry : entries) {
    ::archive_entry* header = ::archive_entry_new();
    ::archive_entry_set_pathname(header, entry.name.c_str());
    ::archive_entry_set_size(header, std::ssize(entry.content));
    ::archive_entry_set_filetype(header, AE_IFREG);
    ASSERT_EQ(::archive_write_header(zip, header), ARCHIVE_OK);
    ASSERT_EQ(::archive_write_data(zip, entry.content.data(), entry.content.size()), std::ssize(entry.content));
    ::archive_entry_free(header);
  }
  ASSERT_EQ(::archive_write_free(zip), ARCHIVE_OK);
}

// Without the wait for the disk that write_file makes, as hundreds of files follow one another.
void write_quickly(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

class Npz : public testing::TestWithParam<const char*> {
 protected:
  const std::string x_ = npy(dictionary("<f4", "(100,)"), std::string(400, '\0'));
  const std::string y_ = npy(dictionary("|i1", "(2,)"), raw<std::int8_t>({3, 4}));
  support::TemporaryFolder folder_;
};

TEST_P(Npz, ReadsStoredAndDeflatedArrays) {
  write_zip(folder_ / "a.npz", GetParam(), {{"x.npy", x_}, {"y.npy", y_}, {"note.txt", "not an array"}});
  const auto arrays = load_npz(folder_ / "a.npz").value();
  ASSERT_EQ(arrays.size(), 2U);
  EXPECT_EQ(arrays.at("x"), Tensor(DType::Float32, Shape{100}));
  EXPECT_EQ(arrays.at("y"), Tensor::from<std::int8_t>(Shape{2}, std::vector<std::int8_t>{3, 4}));
}

TEST_P(Npz, DecodesOnlyWhatIsAskedFor) {
  write_zip(folder_ / "a.npz", GetParam(), {{"bad.npy", "nonsense"}, {"y.npy", y_}});
  const std::vector<std::string> names{"y", "missing"};
  EXPECT_EQ(load_npz(folder_ / "a.npz", names).value().size(), 1U);
  const auto all = load_npz(folder_ / "a.npz");
  ASSERT_FALSE(all.has_value());
  EXPECT_NE(all.error().text().find("while reading array 'bad'"), std::string::npos) << all.error().text();
  EXPECT_NE(all.error().text().find("a.npz"), std::string::npos);
}

TEST_P(Npz, SurvivesEveryFlippedByteAndEveryCut) {
  write_zip(folder_ / "a.npz", GetParam(), {{"y.npy", y_}});
  const std::string good = base::read_text(folder_ / "a.npz").value();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x55);
    write_quickly(folder_ / "bad.npz", bad);
    const auto arrays = load_npz(folder_ / "bad.npz");
    // Flipped names, dates and the like leave the array readable; its elements are guarded by a checksum.
    if (arrays && arrays->contains("y")) {
      EXPECT_EQ(tensor::to_int64s(arrays->at("y"))[1], 4) << i;
    }
    write_quickly(folder_ / "bad.npz", good.substr(0, i));
    EXPECT_FALSE(load_npz(folder_ / "bad.npz").has_value()) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Npz, testing::Values("zip:compression=store", "zip:compression=deflate"));

TEST(NpzFile, SaysWhatIsNoZipAndWhatIsNotThere) {
  const support::TemporaryFolder folder;
  ASSERT_TRUE(base::write_file(folder / "a.npz", "no zip at all").has_value());
  EXPECT_NE(load_npz(folder / "a.npz").error().text().find("zip archive"), std::string::npos);
  EXPECT_FALSE(load_npz(folder / "missing.npz").has_value());
}

}  // namespace
}  // namespace netfit::data
