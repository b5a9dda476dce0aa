// SPDX-License-Identifier: Apache-2.0
// What `inspect` says of a runtime's arithmetic, judged by the graph that ONNX Runtime really runs.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "formats/onnx/label_nodes.h"
#include "support/temporary_folder.h"

namespace netfit::formats {
namespace {

constexpr const char* kPython = "build/oracles/bin/python";

TEST(Labels, AreWhatOnnxRuntimeDoes) {
  if (!std::filesystem::exists(kPython)) GTEST_SKIP() << kPython << " is not there (tools/setup makes it)";
  const support::TemporaryFolder folder;
  ASSERT_EQ(
      std::system(fmt::format("{} tests/oracles/label_cases.py make {}", kPython, folder.path().string()).c_str()), 0);
  std::ifstream answers(folder / "answers.txt");
  std::string file;
  std::string op;
  std::string arithmetic;
  int integer = 0;
  int all = 0;
  while (answers >> file >> op >> arithmetic) {
    const auto bytes = base::read_file(folder / (file + ".onnx"));
    ASSERT_TRUE(bytes) << bytes.error().text();
    const auto labels = onnx::label_nodes(*bytes);
    ASSERT_TRUE(labels) << labels.error().text();
    for (const NodeLabel& label : *labels) {
      if (label.op != op) continue;
      EXPECT_EQ(label.computes == Computes::Integer, arithmetic == "integer")
          << "case " << file << ", " << op << ": " << label.reason;
      EXPECT_EQ(label.reason.empty(), label.computes == Computes::Integer);
      integer += label.computes == Computes::Integer ? 1 : 0;
      ++all;
    }
  }
  EXPECT_GT(integer, 30);
  EXPECT_GT(all - integer, 30);
}

}  // namespace
}  // namespace netfit::formats
