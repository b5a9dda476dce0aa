// SPDX-License-Identifier: Apache-2.0
#include "formats/preprocessing_json.h"

#include <gtest/gtest.h>

#include "ir/builder.h"

namespace netfit::formats {
namespace {

ir::Graph graph_with_inputs() {
  ir::Graph graph;
  ir::Builder builder(graph);
  builder.input("x", DType::Float32, Shape{1, 4, 4, 3});
  builder.input("y", DType::Float32, Shape{1, 7});
  return graph;
}

TEST(PreprocessingJson, ReadsBackExactlyWhatItWrote) {
  ir::Graph graph = graph_with_inputs();
  graph.inputs[0].preprocessing = ir::Preprocessing{1.0F / 255.0F, {0.4914F, 0.1F, 1e-8F}, {0.2F}, ir::ColorOrder::Bgr};
  ir::Graph other = graph_with_inputs();
  ASSERT_TRUE(apply_preprocessing_json(other, preprocessing_json(graph)));
  EXPECT_EQ(other.inputs[0].preprocessing, graph.inputs[0].preprocessing);
  EXPECT_FALSE(other.inputs[1].preprocessing);
}

TEST(PreprocessingJson, WritesShortNumbers) {
  ir::Graph graph = graph_with_inputs();
  graph.inputs[0].preprocessing = ir::Preprocessing{1.0F, {0.1F}, {0.2F}, ir::ColorOrder::Rgb};
  EXPECT_EQ(preprocessing_json(graph), R"([{"input":"x","scale":1.0,"mean":[0.1],"std":[0.2],"order":"rgb"}])");
}

TEST(PreprocessingJson, IsEmptyWithoutARecord) {
  EXPECT_EQ(preprocessing_json(graph_with_inputs()), "");
  EXPECT_EQ(class_names_json(graph_with_inputs()), "");
}

TEST(PreprocessingJson, KeepsClassNames) {
  ir::Graph graph = graph_with_inputs();
  graph.class_names = {"cat", "\"quoted\"", "größer"};
  ir::Graph other = graph_with_inputs();
  ASSERT_TRUE(apply_class_names_json(other, class_names_json(graph)));
  EXPECT_EQ(other.class_names, graph.class_names);
}

struct BadRecord {
  const char* text;
  const char* message;
};

class BadPreprocessingJson : public testing::TestWithParam<BadRecord> {};

TEST_P(BadPreprocessingJson, IsRefusedWithItsReason) {
  ir::Graph graph = graph_with_inputs();
  const Result<void> applied = apply_preprocessing_json(graph, GetParam().text);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().text(), std::string("netfit.preprocessing: error: ") + GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    , BadPreprocessingJson,
    testing::Values(
        BadRecord{"", "the record is not a JSON array"}, BadRecord{"[", "the record is not a JSON array"},
        BadRecord{"{}", "the record is not a JSON array"},
        BadRecord{"[[[[[[[1]]]]]]]", "the record is not a JSON array"},
        BadRecord{"[1]", "a record does not name its 'input'"},
        BadRecord{R"([{"input":"z","mean":[0],"std":[1]}])",
                  "the record names an input 'z', which the file does not have"},
        BadRecord{R"([{"input":"x","mean":[0]}])", "'std' is not a list of numbers"},
        BadRecord{R"([{"input":"x","mean":["a"],"std":[1]}])", "'mean' is not a number"},
        BadRecord{R"([{"input":"x","mean":[0],"std":[0]}])", "std is 0"},
        BadRecord{R"([{"input":"x","mean":[0],"std":[1e99]}])", "scale, mean or std is not a finite number"},
        BadRecord{R"([{"input":"x","mean":[0],"std":[1],"scale":0}])", "scale is 0"},
        BadRecord{R"([{"input":"x","mean":[0],"std":[1],"order":"gbr"}])", "'order' is neither 'rgb' nor 'bgr'"},
        BadRecord{R"([{"input":"x","mean":[0,1],"std":[1]}])",
                  "2 figures do not go with an input of shape 1x4x4x3 (allowed: 1, or one a channel)"}));

TEST(PreprocessingJson, RefusesClassNamesThatAreNotStrings) {
  ir::Graph graph = graph_with_inputs();
  EXPECT_FALSE(apply_class_names_json(graph, R"(["a", 1])"));
  EXPECT_TRUE(graph.class_names.empty());
}

}  // namespace
}  // namespace netfit::formats
