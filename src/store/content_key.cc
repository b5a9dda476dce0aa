// SPDX-License-Identifier: Apache-2.0
#include "store/content_key.h"

#define XXH_INLINE_ALL
#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <xxhash.h>

namespace netfit::store {
namespace {

// Every field carries its length, so that no two different Runs write the same text.
void add(std::string& content, std::string_view field) {
  content += fmt::format("{}:", field.size());
  content += field;
}

void add(std::string& content, const std::vector<Setting>& settings) {
  add(content, std::to_string(settings.size()));
  for (const Setting& setting : settings) {
    add(content, setting.name);
    add(content, setting.value);
  }
}

}  // namespace

std::string digest(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::string content_key(const Run& run) {
  std::string content = "netfit run 1;";
  for (const std::string* field :
       {&run.candidate.graph, &run.candidate.scheme, &run.data.name, &run.data.split, &run.data.hash, &run.device.name,
        &run.device.hash, &run.runtime.name, &run.runtime.version, &run.runtime.hash, &run.tool_version}) {
    add(content, *field);
  }
  add(content, std::to_string(run.data.count));
  add(content, std::to_string(run.threads));
  add(content, std::to_string(run.seed));
  add(content, run.candidate.recipe);
  std::vector<Setting> options = run.options;
  std::ranges::sort(options, {}, [](const Setting& option) { return std::tie(option.name, option.value); });
  add(content, options);
  return digest(content);
}

}  // namespace netfit::store
