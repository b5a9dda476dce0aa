// SPDX-License-Identifier: Apache-2.0
#include <regex>

#include <gtest/gtest.h>

#include "base/files.h"
#include "data/sha256.h"
#include "support/paths.h"

namespace netfit::data {
namespace {

TEST(Zoo, HoldsTheFilesOfItsManifestUnchanged) {
  const std::string manifest = base::read_text(support::zoo() / "manifest.json").value();
  const std::regex entry("\"file\": \"([^\"]+)\"[^}]*\"sha256\": \"([0-9a-f]{64})\"");
  int files = 0;
  for (std::sregex_iterator it(manifest.begin(), manifest.end(), entry), end; it != end; ++it, ++files) {
    EXPECT_EQ(sha256_of_file(support::zoo() / (*it)[1].str()).value(), (*it)[2].str()) << (*it)[1];
  }
  EXPECT_EQ(files, 6);
}

}  // namespace
}  // namespace netfit::data
