// SPDX-License-Identifier: Apache-2.0
#include "ir/hash.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/graph_text.h"
#include "support/random_graph.h"

namespace netfit::ir {
namespace {

std::string hash_of(std::string_view text) { return canonical_hash(support::graph_of(text)); }

constexpr std::string_view kBase = R"(
  graph main(%x: f32[1,4,4,2]) -> (%s) {
    preprocess %x scale=1 mean=[0] std=[1] order=rgb
    const @w: f32[2,1,1,2] = [1, 2, 3, 4]
    %a = conv2d(%x, @w) padding=0,1,0,1 stride=1x1
    %b = pad(%x) before=[0,0,0,0] after=[0,1,1,0]
    %s = sub(%a, %b)
  })";

/// The hash of the base graph with one part of its text replaced.
std::string with(std::string_view from, std::string_view to) {
  std::string text(kBase);
  const std::size_t begin = text.find(from);
  EXPECT_NE(begin, std::string::npos) << from;
  return hash_of(text.replace(begin, from.size(), to));
}

TEST(Hash, IsThirtyTwoHexadecimalDigits) {
  EXPECT_EQ(hash_of(kBase).size(), 32U);
  EXPECT_EQ(hash_of(kBase).find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(Hash, DoesNotDependOnNames) {
  EXPECT_EQ(hash_of(R"(
    graph other(%in: f32[1,4,4,2]) -> (%out) {
      preprocess %in scale=1 mean=[0] std=[1] order=rgb
      class_names ["yes", "no"]
      const @k: f32[2,1,1,2] = [1, 2, 3, 4]
      %1 = conv2d(%in, @k) padding=0,1,0,1 "node"
      %2 = pad(%in) before=[0,0,0,0] after=[0,1,1,0]
      %out = sub(%1, %2)
    })"),
            hash_of(kBase));
}

TEST(Hash, DoesNotDependOnTheOrderOfIndependentNodes) {
  EXPECT_EQ(hash_of(R"(
    graph main(%x: f32[1,4,4,2]) -> (%s) {
      preprocess %x scale=1 mean=[0] std=[1] order=rgb
      const @w: f32[2,1,1,2] = [1, 2, 3, 4]
      %b = pad(%x) before=[0,0,0,0] after=[0,1,1,0]
      %a = conv2d(%x, @w) padding=0,1,0,1
      %s = sub(%a, %b)
    })"),
            hash_of(kBase));
}

TEST(Hash, DoesNotTellAnAbsentInputFromOneCutOff) {
  EXPECT_EQ(with("conv2d(%x, @w)", "conv2d(%x, @w, _)"), hash_of(kBase));
}

TEST(Hash, DoesNotCountConstantsThatNothingReads) {
  EXPECT_EQ(with("const @w", "const @unread: f32[1] = [1] const @w"), hash_of(kBase));
}

TEST(Hash, DependsOnEverythingThatIsComputed) {
  const std::string base = hash_of(kBase);
  EXPECT_NE(with("sub(%a, %b)", "sub(%b, %a)"), base) << "order of inputs";
  EXPECT_NE(with("= sub(", "= add("), base) << "op";
  EXPECT_NE(with("padding=0,1,0,1", "padding=1,0,0,1"), base) << "attribute";
  EXPECT_NE(with("[1, 2, 3, 4]", "[1, 2, 3, 5]"), base) << "constant";
  EXPECT_NE(with("scale=1 ", "scale=2 "), base) << "preprocessing";
  EXPECT_NE(with("order=rgb", "order=bgr"), base) << "preprocessing";
  EXPECT_NE(with("f32[1,4,4,2]", "f32[1,4,4,2] layout=channels_first"), base) << "layout";
  EXPECT_NE(with("-> (%s)", "-> (%s, %a)"), base) << "outputs";
  EXPECT_NE(with("%a = conv2d(%x,", "%r = relu(%x) %a = conv2d(%r,"), base) << "wiring";
  EXPECT_NE(with("%s = sub", "%dead = relu(%x) %s = sub"), base) << "a node that is computed for nothing";
}

TEST(Hash, DependsOnQuantization) {
  const auto of = [](std::string_view quant) {
    return hash_of("graph g(%x: i8[1,2] " + std::string(quant) + ") -> (%y) { %y: q(1) = relu(%x) }");
  };
  EXPECT_NE(of("q(1)"), of("q(2)"));
  EXPECT_NE(of("q(1)"), of("q(1, 1)"));
}

TEST(Hash, TellsInputsApart) {
  const auto of = [](std::string_view call) {
    return hash_of("graph g(%a: f32[1,2], %b: f32[1,2]) -> (%y) { %y = " + std::string(call) + " }");
  };
  EXPECT_NE(of("sub(%a, %b)"), of("sub(%b, %a)"));
  EXPECT_NE(of("sub(%a, %a)"), of("sub(%b, %b)"));
}

TEST(Hash, TellsANodeReadTwiceFromTwoEqualNodes) {
  const std::string shared = "graph g(%x: f32[1,2]) -> (%s) { %a = relu(%x) %s = add(%a, %a) }";
  const std::string twice = "graph g(%x: f32[1,2]) -> (%s) { %a = relu(%x) %b = relu(%x) %s = add(%a, %b) }";
  const std::string one_dead = "graph g(%x: f32[1,2]) -> (%s) { %a = relu(%x) %b = relu(%x) %s = add(%a, %a) }";
  EXPECT_NE(hash_of(shared), hash_of(twice));
  EXPECT_NE(hash_of(twice), hash_of(one_dead));
}

TEST(Hash, OfAbsentWeightsSeesTheirShapesAndThatTheyAreAbsent) {
  const auto net = [](std::string_view head, std::string_view weights) {
    return fmt::format("graph g(%x: f32[1,2]) -> (%y){} {{ const @w: f32[{} %y = fully_connected(%x, @w) }}", head,
                       weights);
  };
  const std::string absent = hash_of(net(" weights=absent", "4,2]"));
  EXPECT_EQ(absent, hash_of(net(" weights=absent", "4,2]")));
  EXPECT_NE(absent, hash_of(net(" weights=absent", "5,2]")));
  EXPECT_NE(absent, hash_of(net("", "4,2] = fill(0)")));
}

TEST(Hash, DiffersBetweenRandomGraphs) {
  std::vector<std::string> hashes;
  for (std::uint64_t seed = 0; seed < 100; ++seed) hashes.push_back(canonical_hash(support::random_graph(seed)));
  std::ranges::sort(hashes);
  EXPECT_EQ(std::ranges::adjacent_find(hashes), hashes.end());
}

}  // namespace
}  // namespace netfit::ir
