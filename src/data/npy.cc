// SPDX-License-Identifier: Apache-2.0
// The .npy format (numpy.lib.format): a magic string, a version, the header's length, and as header the text of a
// Python dictionary with exactly the keys descr, fortran_order and shape. The elements follow.
#include "data/npy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"

namespace netfit::data {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxHeader = 65536;

struct Element {
  std::string_view code;  // as numpy writes it; the byte order mark of one-byte types is free
  DType dtype;
};

constexpr std::array kElements{
    Element{"<f4", DType::Float32}, Element{"<f2", DType::Float16}, Element{"|i1", DType::Int8},
    Element{"|u1", DType::UInt8},   Element{"<i2", DType::Int16},   Element{"<i4", DType::Int32},
    Element{"<i8", DType::Int64},   Element{"|b1", DType::Bool},
};

struct Header {
  std::optional<std::string> descr;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::int64_t>> shape;
  std::size_t length = 0;  // of everything before the elements
};

// Reads the few Python literals that a header may hold, from left to right.
class LiteralReader {
 public:
  explicit LiteralReader(std::string_view text) : text_(text) {}

  bool accept(std::string_view token) {
    skip_blanks();
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }

  bool at_end() {
    skip_blanks();
    return text_.empty();
  }

  std::optional<std::string> string() {
    skip_blanks();
    if (text_.empty() || (text_[0] != '\'' && text_[0] != '"')) return std::nullopt;
    const std::size_t end = text_.find(text_[0], 1);
    if (end == std::string_view::npos) return std::nullopt;
    std::string content(text_.substr(1, end - 1));
    text_.remove_prefix(end + 1);
    return content;
  }

  std::optional<bool> boolean() {
    if (accept("True")) return true;
    if (accept("False")) return false;
    return std::nullopt;
  }

  std::optional<std::vector<std::int64_t>> tuple() {
    if (!accept("(")) return std::nullopt;
    std::vector<std::int64_t> numbers;
    while (!accept(")")) {
      const std::optional<std::int64_t> number = integer();
      if (!number) return std::nullopt;
      numbers.push_back(*number);
      if (accept(",")) continue;
      if (!accept(")")) return std::nullopt;
      break;
    }
    return numbers;
  }

 private:
  void skip_blanks() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t\r\n"), text_.size())); }

  std::optional<std::int64_t> integer() {
    skip_blanks();
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text_.data(), text_.data() + text_.size(), number);
    if (fault != std::errc()) return std::nullopt;
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return number;
  }

  std::string_view text_;
};

bool read_entry(LiteralReader& reader, Header& header) {
  const std::optional<std::string> key = reader.string();
  if (!key || !reader.accept(":")) return false;
  if (*key == "descr") return (header.descr = reader.string()).has_value();
  if (*key == "fortran_order") return (header.fortran_order = reader.boolean()).has_value();
  if (*key == "shape") return (header.shape = reader.tuple()).has_value();
  return false;
}

bool read_dictionary(std::string_view text, Header& header) {
  LiteralReader reader(text);
  if (!reader.accept("{")) return false;
  while (!reader.accept("}")) {
    if (!read_entry(reader, header)) return false;
    if (reader.accept(",")) continue;
    if (!reader.accept("}")) return false;
    break;
  }
  return reader.at_end() && header.descr && header.fortran_order && header.shape;
}

Result<Header> parse_header(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(kMagic)) return bad_input("is not a .npy array: the bytes \\x93NUMPY at the start are missing");
  if (text.size() < 10) return bad_input(fmt::format(".npy header is cut off after {} bytes", text.size()));
  const auto byte_at = [&](std::size_t i) { return static_cast<std::size_t>(std::to_integer<unsigned>(bytes[i])); };
  const std::size_t version = byte_at(6);
  if (version < 1 || version > 3) {
    return bad_input(fmt::format(".npy version {} is not supported (allowed: 1 to 3)", version));
  }
  const std::size_t start = version == 1 ? 10 : 12;
  if (text.size() < start) return bad_input(fmt::format(".npy header is cut off after {} bytes", text.size()));
  std::size_t length = byte_at(8) | byte_at(9) << 8;
  if (version > 1) length |= byte_at(10) << 16 | byte_at(11) << 24;
  if (length > kMaxHeader) {
    return bad_input(fmt::format(".npy header has {} bytes, the limit is {}", length, kMaxHeader));
  }
  if (text.size() - start < length) {
    return bad_input(fmt::format(".npy header has {} bytes, but only {} follow", length, text.size() - start));
  }
  Header header;
  header.length = start + length;
  if (!read_dictionary(text.substr(start, length), header)) {
    return bad_input(fmt::format(".npy header '{}' is not a dictionary of descr, fortran_order and shape",
                                 base::printable(base::trim(text.substr(start, length)))));
  }
  return header;
}

// No value means f8, which has no type of ours.
Result<std::optional<DType>> find_element_type(const std::string& descr) {
  if (descr == "<f8") return std::nullopt;
  for (const Element& element : kElements) {
    const bool one_byte = element.code[0] == '|';
    if (descr == element.code || (one_byte && descr.size() == 3 && descr.substr(1) == element.code.substr(1))) {
      return element.dtype;
    }
  }
  std::vector<std::string> allowed{"<f8"};
  for (const Element& element : kElements) allowed.emplace_back(element.code);
  return bad_input(fmt::format("element type '{}' is not supported (allowed: {})", base::printable(descr, 32),
                               base::join(allowed, ", ")));
}

Result<Tensor> narrow_doubles(const Shape& shape, std::span<const std::byte> bytes) {
  const std::int64_t needed = shape.element_count() * 8;
  if (std::ssize(bytes) != needed) {
    return bad_input(fmt::format("shape {} of <f8 takes {} bytes, but {} follow the header", to_string(shape), needed,
                                 bytes.size()));
  }
  Tensor tensor(DType::Float32, shape);
  const std::span<float> target = tensor.mutable_data<float>();
  for (std::size_t i = 0; i < target.size(); ++i) {
    double wide = 0;
    std::memcpy(&wide, bytes.data() + i * sizeof wide, sizeof wide);
    target[i] = static_cast<float>(wide);
    if (std::isfinite(wide) && !std::isfinite(target[i])) {
      return bad_input(fmt::format("element {} is {}, which does not fit float32", i, wide));
    }
  }
  return tensor;
}

// numpy's own readers take any byte as a bool; in C++ only 0 and 1 are ones.
void normalize_bools(Tensor& tensor) {
  for (std::byte& element : tensor.mutable_bytes()) element = element == std::byte{0} ? std::byte{0} : std::byte{1};
}

}  // namespace

Result<Tensor> parse_npy(std::span<const std::byte> bytes) {
  const Header header = NETFIT_TRY(parse_header(bytes));
  const std::optional<DType> dtype = NETFIT_TRY(find_element_type(*header.descr));
  std::vector<std::int64_t> dims = *header.shape;
  // A column-major array is the row-major array of the reversed shape.
  if (*header.fortran_order) std::ranges::reverse(dims);
  Shape shape = NETFIT_TRY(Shape::create(dims));

  const std::span<const std::byte> elements = bytes.subspan(header.length);
  Tensor tensor = NETFIT_TRY(dtype ? Tensor::from_bytes(*dtype, shape, elements) : narrow_doubles(shape, elements));
  if (dtype == DType::Bool) normalize_bools(tensor);
  if (!*header.fortran_order || shape.rank() < 2) return tensor;
  std::vector<int> reversed(static_cast<std::size_t>(shape.rank()));
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  return tensor::transpose(tensor, reversed);
}

base::Bytes print_npy(const Tensor& tensor) {
  if (tensor.dtype() == DType::Int4) return print_npy(tensor::unpack_int4(tensor));
  const auto element = std::ranges::find(kElements, tensor.dtype(), &Element::dtype);
  NETFIT_CHECK(element != kElements.end());
  const std::string_view comma = tensor.shape().rank() == 1 ? "," : "";
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", element->code,
                                   fmt::join(tensor.shape().dims(), ", "), comma);
  // numpy aligns the elements to 64 bytes, so that they can be mapped into memory.
  constexpr std::size_t kFixed = 10;
  const std::size_t padded = (kFixed + header.size() + 1 + 63) / 64 * 64;
  header.append(padded - kFixed - header.size() - 1, ' ');
  header += '\n';
  std::string lead(kMagic);
  lead += '\x01';
  lead += '\x00';
  lead += static_cast<char>(header.size() & 0xff);
  lead += static_cast<char>(header.size() >> 8);
  lead += header;

  base::Bytes bytes;
  bytes.reserve(lead.size() + tensor.bytes().size());
  std::ranges::copy(base::as_bytes(lead), std::back_inserter(bytes));
  bytes.insert(bytes.end(), tensor.bytes().begin(), tensor.bytes().end());
  return bytes;
}

Result<Tensor> load_npy(const std::filesystem::path& path) {
  const base::Bytes bytes = NETFIT_TRY(base::read_file(path));
  return located(parse_npy(bytes), path.string());
}

}  // namespace netfit::data
