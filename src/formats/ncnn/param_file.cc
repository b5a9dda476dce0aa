// SPDX-License-Identifier: Apache-2.0
// The text form: the magic number, the numbers of layers and blobs, then one layer a line:
//   type name #inputs #outputs input... output... id=value...
// (ncnn, docs/developer-guide/param-and-model-file-structure.md). Linear in the size of the file.
#include "formats/ncnn/param_file.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::formats::ncnn {
namespace {

constexpr std::string_view kMagic = "7767517";
/// ncnn reads at most 255 bytes of a word and knows parameters 0 to 31; arrays have the id -23300 - id.
constexpr std::size_t kLongestWord = 255;
constexpr int kParamCount = 32;
constexpr int kArrayBase = -23300;
constexpr std::int64_t kMostCount = 10000;

std::string shown(std::string_view word) { return base::printable(word, 60); }

template <typename Number>
bool read_number(std::string_view text, Number& value) {
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stopped == end;
}

/// Takes words, which blanks separate, off the front of a line.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) { skip_blanks(); }

  bool done() const { return rest_.empty(); }
  std::string_view next() {
    const std::string_view word = rest_.substr(0, rest_.find_first_of(kBlanks));
    rest_.remove_prefix(word.size());
    skip_blanks();
    return word;
  }

 private:
  static constexpr std::string_view kBlanks = " \t\r\v\f";
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size())); }

  std::string_view rest_;
};

Result<std::string> read_word(Words& words, std::string_view what) {
  const std::string_view word = words.next();
  if (word.empty()) return bad_input(fmt::format("the line ends before {}", what));
  if (word.size() > kLongestWord) {
    return bad_input(fmt::format("the word '{}' has {} bytes (allowed: {})", shown(word), word.size(), kLongestWord));
  }
  return std::string(word);
}

Result<std::int64_t> read_count(Words& words, std::string_view what) {
  const std::string word = NETFIT_TRY(read_word(words, what));
  std::int64_t count = 0;
  if (read_number(std::string_view(word), count) && count >= 0 && count <= kMostCount) return count;
  return bad_input(fmt::format("{} is '{}' (allowed: 0 to {})", what, shown(word), kMostCount));
}

Result<std::vector<std::string>> read_blobs(Words& words, std::int64_t count, std::string_view what) {
  std::vector<std::string> blobs;
  for (std::int64_t i = 0; i < count; ++i) blobs.push_back(NETFIT_TRY(read_word(words, what)));
  return blobs;
}

Result<Layer> read_layer(Words words, std::int64_t line) {
  Layer layer{.line = line};
  layer.type = NETFIT_TRY(read_word(words, "the type of a layer"));
  layer.name = NETFIT_TRY(read_word(words, "the name of a layer"));
  const std::int64_t inputs = NETFIT_TRY(read_count(words, "the number of inputs"));
  const std::int64_t outputs = NETFIT_TRY(read_count(words, "the number of outputs"));
  layer.inputs = NETFIT_TRY(read_blobs(words, inputs, "its inputs"));
  layer.outputs = NETFIT_TRY(read_blobs(words, outputs, "its outputs"));
  while (!words.done()) NETFIT_TRY(layer.params.add(words.next()));
  return layer;
}

/// The lines of a text with their numbers; blank ones are skipped.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  /// False at the end.
  bool next() {
    while (!rest_.empty()) {
      line_ = rest_.substr(0, rest_.find('\n'));
      rest_.remove_prefix(std::min(line_.size() + 1, rest_.size()));
      ++number_;
      if (!Words(line_).done()) return true;
    }
    return false;
  }
  std::string_view line() const { return line_; }
  std::int64_t number() const { return number_; }
  std::string where() const { return fmt::format("line {}", number_); }

 private:
  std::string_view rest_;
  std::string_view line_;
  std::int64_t number_ = 0;
};

}  // namespace

Result<void> Params::add(std::string_view word) {
  const std::size_t equals = word.find('=');
  int id = 0;
  if (equals == std::string_view::npos || !read_number(word.substr(0, equals), id)) {
    return bad_input(fmt::format("'{}' is no parameter, as in 0=32", shown(word)));
  }
  const bool array = id <= kArrayBase;
  const int number = array ? kArrayBase - id : id;
  if (number < 0 || number >= kParamCount) {
    return bad_input(fmt::format("parameter {} is unknown (allowed: 0 to {}, arrays {} to {})", id, kParamCount - 1,
                                 kArrayBase, kArrayBase - kParamCount + 1));
  }
  std::vector<double> values;
  for (const std::string& part : base::split(word.substr(equals + 1), ',')) {
    double value = 0;
    if (!read_number(std::string_view(part), value) || !std::isfinite(value)) {
      return bad_input(fmt::format("parameter {}: '{}' is not a number", id, shown(part)));
    }
    values.push_back(value);
  }
  if (array) {
    if (values.front() != static_cast<double>(values.size() - 1)) {
      return bad_input(
          fmt::format("parameter {} says that it has {} numbers, but has {}", id, values.front(), values.size() - 1));
    }
    values.erase(values.begin());
  } else if (values.size() != 1) {
    return bad_input(fmt::format("parameter {} has {} numbers, must have one", id, values.size()));
  }
  if (!entries_.emplace(number, std::move(values)).second) {
    return bad_input(fmt::format("parameter {} is given twice", number));
  }
  return {};
}

double Params::number(int id, double fallback) const {
  const auto found = entries_.find(id);
  return found == entries_.end() || found->second.empty() ? fallback : found->second.front();
}

std::vector<double> Params::numbers(int id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? std::vector<double>{} : found->second;
}

Result<std::int64_t> Params::whole(int id, std::int64_t fallback) const {
  constexpr std::int64_t kMost = std::int64_t{1} << 31;
  return within(id, fallback, -kMost, kMost);
}

Result<std::int64_t> Params::within(int id, std::int64_t fallback, std::int64_t low, std::int64_t high) const {
  const double value = number(id, static_cast<double>(fallback));
  if (value == std::floor(value) && value >= static_cast<double>(low) && value <= static_cast<double>(high)) {
    return static_cast<std::int64_t>(value);
  }
  return bad_input(fmt::format("parameter {} is {} (allowed: whole numbers, {} to {})", id, value, low, high));
}

Result<std::vector<std::int64_t>> Params::wholes(int id) const {
  constexpr double kMost = 2147483648.0;
  std::vector<std::int64_t> result;
  for (const double value : numbers(id)) {
    if (value != std::floor(value) || std::fabs(value) > kMost) {
      return bad_input(fmt::format("parameter {} holds {}, which is not a whole number up to 2^31", id, value));
    }
    result.push_back(static_cast<std::int64_t>(value));
  }
  return result;
}

std::string Layer::where() const { return fmt::format("line {}, {} '{}'", line, shown(type), shown(name)); }

Result<ParamFile> parse_param_file(std::string_view text) {
  Lines lines(text);
  if (!lines.next() || base::trim(lines.line()) != kMagic) {
    return located(Result<ParamFile>(bad_input(
                       fmt::format("the first line is '{}' (allowed: {})", shown(base::trim(lines.line())), kMagic))),
                   "line 1");
  }
  if (!lines.next()) return bad_input("the file ends before the numbers of layers and blobs");
  ParamFile file;
  Words counts(lines.line());
  const std::int64_t layers = NETFIT_TRY(located(read_count(counts, "the number of layers"), lines.where()));
  file.blob_count = NETFIT_TRY(located(read_count(counts, "the number of blobs"), lines.where()));
  // ncnn does not read what lies behind the number of layers that is stated, and published files rely on that.
  while (std::ssize(file.layers) < layers && lines.next()) {
    file.layers.push_back(NETFIT_TRY(located(read_layer(Words(lines.line()), lines.number()), lines.where())));
  }
  if (std::ssize(file.layers) == layers) return file;
  return bad_input(fmt::format("the file ends after {} of {} layers", file.layers.size(), layers));
}

}  // namespace netfit::formats::ncnn
