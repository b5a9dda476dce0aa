// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/files.h"
#include "ir/graph.h"

// For tests only: the spoiled files of tests/models, called bad_<name>.<extension>.
namespace netfit::formats {

struct BadFile {
  const char* name;
  const char* error;
};

/// How GoogleTest calls the case.
inline std::string name_of(const testing::TestParamInfo<BadFile>& row) { return row.param.name; }

/// `file` with its extension.
inline base::Bytes load_model(const std::string& file) {
  const Result<base::Bytes> bytes = base::read_file("tests/models/" + file);
  EXPECT_TRUE(bytes) << bytes.error().text();
  return bytes.value_or(base::Bytes());
}

inline void expect_refused(const Result<ir::Graph>& graph, const char* error) {
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().text(), error);
  EXPECT_EQ(graph.error().kind(), ErrorKind::BadInput);
}

inline std::size_t count_bad_files(std::string_view extension) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator("tests/models")) {
    const std::string name = entry.path().filename().string();
    files += name.starts_with("bad_") && name.ends_with(extension) ? 1 : 0;
  }
  return files;
}

}  // namespace netfit::formats
