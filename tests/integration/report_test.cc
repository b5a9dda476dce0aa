// SPDX-License-Identifier: Apache-2.0
// The page as a browser sees it. Needs Chromium and what tools/setup fetches.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <regex>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "report/formats.h"
#include "report/test_report.h"
#include "support/temporary_folder.h"

namespace netfit::report {
namespace {

namespace fs = std::filesystem;

/// What a browser made of a page.
struct Seen {
  std::string document;               ///< after all scripts have run
  std::vector<std::string> messages;  ///< of the console
  std::vector<std::string> requests;  ///< to hosts
};

std::vector<std::string> all_matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> matches;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    matches.push_back(match->str(1));
  }
  return matches;
}

bool has_chromium() { return std::system("command -v chromium >/dev/null 2>&1") == 0; }

// Chromium asks Google's hosts on its own account whatever it shows; no page of ours can mean those.
bool is_browsers_own(const std::string& url) {
  return std::regex_search(url, std::regex("^https?://[a-z0-9.]*google(apis)?\\.com[:/]"));
}

Seen look_at(const fs::path& page, const fs::path& folder, const std::string& window) {
  const std::string command = fmt::format(
      "timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
      "--disable-background-networking --disable-component-update --disable-sync --user-data-dir='{0}/profile' "
      "--window-size={1} --virtual-time-budget=30000 --enable-logging=stderr --log-net-log='{0}/net.json' --dump-dom "
      "'file://{2}' >'{0}/document' 2>'{0}/log'",
      folder.string(), window, fs::absolute(page).string());
  EXPECT_EQ(std::system(command.c_str()), 0);
  Seen seen{.document = base::read_text(folder / "document").value_or("")};
  seen.messages = all_matches(base::read_text(folder / "log").value_or(""), std::regex("CONSOLE[^\"]*(\"[^\n]*)"));
  seen.requests = all_matches(base::read_text(folder / "net.json").value_or(""),
                              std::regex("\"url\": ?\"((?:https?|wss?|ftp):[^\"]*)\""));
  std::erase_if(seen.requests, is_browsers_own);
  return seen;
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

class Page : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_chromium()) GTEST_SKIP() << "chromium is not installed";
    if (!fs::exists("build/vega/vega.min.js")) GTEST_SKIP() << "build/vega is missing; tools/setup fetches it";
  }
  fs::path write(const std::vector<store::Run>& runs, const ReportOptions& options) {
    const std::string page = *write_html(*make_report(runs, options), {.vega = "build/vega"});
    EXPECT_LT(page.size(), 2'000'000U);
    EXPECT_TRUE(base::write_file(folder_ / "report.html", page).has_value());
    return folder_ / "report.html";
  }
  support::TemporaryFolder folder_;
};

TEST_F(Page, DrawsEveryChartWithoutAWordOrARequest) {
  const fs::path page = write(sample_runs(), sample_options());
  for (const char* window : {"1280,900", "390,844"}) {
    const Seen seen = look_at(page, folder_.path(), window);
    EXPECT_NE(seen.document.find("data-drawn=\"19\""), std::string::npos) << window;
    EXPECT_EQ(count(seen.document, "class=\"marks\""), 19U);
    EXPECT_GT(count(seen.document, "<path"), 500U) << "the charts are empty";
    EXPECT_EQ(seen.messages, std::vector<std::string>{}) << window;
    EXPECT_EQ(seen.requests, std::vector<std::string>{}) << window;
  }
}

TEST_F(Page, StaysQuietUnderHostileNames) {
  std::vector<store::Run> runs = sample_runs();
  const std::vector<std::string> names{"</script><script>console.error('owned')</script>",
                                       "<img src='http://127.0.0.1:9/x' onerror='console.error(1)'>",
                                       "\"><svg onload=console.error(2)>",
                                       "datum['x'] + \"'",
                                       "a\\u003cb\u202e\x07",
                                       "__proto__",
                                       "constructor",
                                       std::string(10'000, 'x')};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].candidate.model = names[i % names.size()];
    runs[i].candidate.scheme += names[(i + 1) % names.size()];
    for (std::size_t layer = 0; layer < runs[i].layers.size(); ++layer) {
      runs[i].layers[layer].name = names[layer % names.size()];
      runs[i].layers[layer].op = names[(layer + 3) % names.size()];
    }
  }
  const Seen seen = look_at(write(runs, sample_options()), folder_.path(), "1280,900");
  EXPECT_NE(seen.document.find("data-drawn=\"19\""), std::string::npos);
  EXPECT_EQ(seen.messages, std::vector<std::string>{});
  EXPECT_EQ(seen.requests, std::vector<std::string>{});
}

// Without this, the tests above could pass by seeing nothing at all.
TEST_F(Page, WouldBeCaughtIfItSpokeOrAsked) {
  const std::string page = "<!doctype html><script>console.error('oh');fetch('http://127.0.0.1:9/x')</script>";
  ASSERT_TRUE(base::write_file(folder_ / "report.html", page).has_value());
  const Seen seen = look_at(folder_ / "report.html", folder_.path(), "1280,900");
  EXPECT_FALSE(seen.messages.empty());
  EXPECT_FALSE(seen.requests.empty());
}

}  // namespace
}  // namespace netfit::report
