// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/config.h"

#include <array>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace netfit::cli {
namespace fs = std::filesystem;
namespace {

constexpr const char* kDefaultFile = "netfit.toml";

class Reader {
 public:
  explicit Reader(const fs::path& file) { config_.file = file; }

  void read(const TomlEntry& entry) {
    for (const Row& row : kRows) {
      if (entry.key == row.key) return (this->*row.read)(entry);
    }
    std::vector<std::string> keys;
    for (const Row& row : kRows) keys.emplace_back(row.key);
    report_unknown(entry, keys, diagnostics_);
  }

  Result<Config> result() {
    NETFIT_TRY(diagnostics_.result());
    return std::move(config_);
  }

 private:
  struct Row {
    const char* key;
    void (Reader::*read)(const TomlEntry& entry);
  };
  static const std::array<Row, 11> kRows;

  fs::path beside(const std::string& text) const { return config_.file.parent_path() / text; }
  // Names stay as they are; what is a path, by its looks or because it is there, starts from the file's folder.
  std::string placed(const std::string& text) const {
    std::error_code ignored;
    const bool looks = text.find('/') != std::string::npos || text.ends_with(".toml");
    const bool is_path = looks || (text != "cifar10" && !text.empty() && fs::exists(beside(text), ignored));
    return is_path ? beside(text).string() : text;
  }
  std::vector<std::string> texts(const TomlEntry& entry) {
    return texts_of(entry, diagnostics_).value_or(std::vector<std::string>{});
  }
  std::string one_placed(const TomlEntry& entry) { return placed(text_of(entry, diagnostics_).value_or("")); }

  void models(const TomlEntry& entry) {
    for (const std::string& model : texts(entry)) config_.models.push_back(beside(model).string());
  }
  void schemes(const TomlEntry& entry) { config_.schemes = texts(entry); }
  void devices(const TomlEntry& entry) {
    for (const std::string& device : texts(entry)) config_.devices.push_back(placed(device));
  }
  void runtime(const TomlEntry& entry) { config_.runtime = one_placed(entry); }
  void data(const TomlEntry& entry) { config_.data = one_placed(entry); }
  void preprocess(const TomlEntry& entry) { config_.preprocess = one_placed(entry); }
  void limit(const TomlEntry& entry) { config_.limit = count_of(entry, diagnostics_); }
  void store(const TomlEntry& entry) { config_.store = beside(text_of(entry, diagnostics_).value_or("")); }
  void presets(const TomlEntry& entry) { config_.presets = texts(entry); }
  void objective(const TomlEntry& entry) { read_wish(entry, config_.wishes, diagnostics_); }
  void constraints(const TomlEntry& entry) {
    const std::optional<std::vector<TomlEntry>> table = table_of(entry, diagnostics_);
    if (!table) return;
    for (const TomlEntry& inner : *table) {
      if (!read_wish(inner, config_.wishes, diagnostics_)) report_unknown(inner, wish_keys(), diagnostics_);
    }
  }

  Config config_;
  Diagnostics diagnostics_;
};

const std::array<Reader::Row, 11> Reader::kRows{
    Row{"constraints", &Reader::constraints},
    Row{"data", &Reader::data},
    Row{"devices", &Reader::devices},
    Row{"limit", &Reader::limit},
    Row{"models", &Reader::models},
    Row{"objective", &Reader::objective},
    Row{"preprocess", &Reader::preprocess},
    Row{"presets", &Reader::presets},
    Row{"runtime", &Reader::runtime},
    Row{"schemes", &Reader::schemes},
    Row{"store", &Reader::store},
};

}  // namespace

void add_config_flag(CLI::App& app, std::string& config) {
  app.add_option("--config", config, "what to explore and what to ask for (default: ./netfit.toml if it is there)")
      ->type_name("FILE");
}

Result<Config> load_config(const std::string& config) {
  std::error_code ignored;
  const fs::path file = config.empty() ? fs::path(kDefaultFile) : fs::path(config);
  if (config.empty() && !fs::exists(file, ignored)) return Config{};
  const std::vector<TomlEntry> entries = NETFIT_TRY(load_toml(file));
  Reader reader(file);
  for (const TomlEntry& entry : entries) reader.read(entry);
  return reader.result();
}

}  // namespace netfit::cli
