// SPDX-License-Identifier: Apache-2.0
#include "golden/golden_file.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"

namespace netfit::golden {
namespace {

constexpr std::string_view kSection = "--- ";

// Reads one "--- name argument" line; what follows it goes to the string that comes back, if any.
Result<std::string*> open_section(GoldenFile& file, std::string_view title) {
  if (title == "input") return &file.input;
  if (title == "output") {
    file.checks_output = true;
    return &file.output;
  }
  if (title == "errors") return &file.errors;
  std::string* none = nullptr;
  if (title == "errors any") {
    file.any_errors = true;
    return none;
  }
  if (title.starts_with("exit ")) {
    file.exit_code = std::stoi(std::string(title.substr(5)));
    return none;
  }
  if (title.starts_with("absent ")) {
    file.absent.emplace_back(title.substr(7));
    return none;
  }
  return bad_input(fmt::format("unknown section '{}'", title));
}

}  // namespace

Result<GoldenFile> load(const std::filesystem::path& path) {
  GoldenFile file{.path = path};
  const std::string text = NETFIT_TRY(base::read_text(path));
  std::string* section = &file.head;
  std::vector<std::string> lines = base::split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  for (const std::string& line : lines) {
    if (line.starts_with(kSection)) {
      section = NETFIT_TRY(open_section(file, std::string_view(line).substr(kSection.size())));
      continue;
    }
    if (section == nullptr) return bad_input(fmt::format("{}: text outside a section: '{}'", path.string(), line));
    if (section == &file.head && line.starts_with("run: ")) file.command = line.substr(5);
    *section += line + "\n";
  }
  if (file.command.empty()) return bad_input(fmt::format("{}: there is no 'run:' line", path.string()));
  return file;
}

std::string print(const GoldenFile& file) {
  std::string text = file.head;
  if (!file.input.empty()) text += "--- input\n" + file.input;
  if (file.checks_output) text += "--- output\n" + file.output;
  if (file.any_errors) text += "--- errors any\n";
  if (!file.any_errors && !file.errors.empty()) text += "--- errors\n" + file.errors;
  for (const std::string& name : file.absent) text += "--- absent " + name + "\n";
  return text + fmt::format("--- exit {}\n", file.exit_code);
}

}  // namespace netfit::golden
