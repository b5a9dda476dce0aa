// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "interp/interpreter.h"
#include "ir/parser.h"

// The vectors of tests/numerics, made by an independent generator, bit by bit. A file is a series of cases: a line
// "case NAME", a graph in the text form, a line "input ELEMENTS" for each input and one "output ELEMENTS".
namespace netfit::interp {
namespace {

struct Case {
  std::string name;
  std::string graph;
  std::vector<std::string> inputs;
  std::string output;
};

std::vector<Case> read_cases(const std::string& path) {
  std::ifstream file(path);
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    const std::string word = line.substr(0, line.find(' '));
    const std::string rest = word.size() < line.size() ? line.substr(word.size() + 1) : "";
    if (line.empty() || line.front() == '#') continue;
    if (word == "case") {
      cases.push_back({.name = rest, .graph = {}, .inputs = {}, .output = {}});
    } else if (word == "input") {
      cases.back().inputs.push_back(rest);
    } else if (word == "output") {
      cases.back().output = rest;
    } else {
      cases.back().graph += line + "\n";
    }
  }
  return cases;
}

template <typename T>
Tensor parse_elements(const ir::Value& value, const std::string& text) {
  std::istringstream words(text);
  std::vector<T> elements;
  for (double element = 0; words >> element;) elements.push_back(static_cast<T>(element));
  return Tensor::from<T>(value.shape, elements);
}

Tensor parse_tensor(const ir::Value& value, const std::string& text) {
  switch (value.dtype) {
    case DType::Float32:
      return parse_elements<float>(value, text);
    case DType::Int8:
      return parse_elements<std::int8_t>(value, text);
    case DType::UInt8:
      return parse_elements<std::uint8_t>(value, text);
    case DType::Int16:
      return parse_elements<std::int16_t>(value, text);
    default:
      ADD_FAILURE() << "no vectors of " << name(value.dtype);
      return {};
  }
}

void check(const Case& expected) {
  auto graph = ir::parse(expected.graph);
  ASSERT_TRUE(graph) << graph.error().text();
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < graph->inputs.size(); ++i) {
    inputs.push_back(parse_tensor(graph->value(graph->inputs[i].value), expected.inputs.at(i)));
  }
  const Tensor output = parse_tensor(graph->value(graph->outputs[0].value), expected.output);
  auto executor = create_interpreter(std::move(*graph), {});
  ASSERT_TRUE(executor) << executor.error().text();
  const auto results = (*executor)->run(inputs, base::no_progress());
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_EQ(to_doubles(results->front()), to_doubles(output));
}

class Vectors : public testing::TestWithParam<const char*> {};

TEST_P(Vectors, GiveTheResultsOfTheIndependentGenerator) {
  const std::vector<Case> cases = read_cases(std::string("tests/numerics/") + GetParam() + ".txt");
  ASSERT_GE(cases.size(), 10U);
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    check(each);
  }
}

INSTANTIATE_TEST_SUITE_P(Numerics, Vectors,
                         testing::Values("activation", "conv2d", "depthwise_conv2d", "elementwise", "fully_connected",
                                         "mean", "pool", "requantize", "softmax"),
                         [](const auto& file) { return std::string(file.param); });

}  // namespace
}  // namespace netfit::interp
