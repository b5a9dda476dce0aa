// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/inputs.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "data/image.h"
#include "data/npy.h"
#include "data/preprocess.h"

namespace netfit::cli {
namespace {

bool is_image(std::span<const std::byte> bytes) {
  const auto starts_with = [&](std::initializer_list<int> magic) {
    return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin(),
                                                      [](int a, std::byte b) { return a == std::to_integer<int>(b); });
  };
  return starts_with({0x89, 'P', 'N', 'G'}) || starts_with({0xff, 0xd8, 0xff});
}

Result<Tensor> load_input(const std::string& path, const std::string& preprocess, const Model& model,
                          const ir::GraphInput& input, const Environment& environment) {
  const base::Bytes bytes = NETFIT_TRY(base::read_file(path));
  const ir::Value& value = model.graph.value(input.value);
  if (!is_image(bytes)) {
    const Tensor samples = NETFIT_TRY(located(data::parse_npy(bytes), path));
    return located(data::adapt_tensors(samples, model.graph, input, data::SampleForm::FilesOwn), path);
  }
  const Tensor image = NETFIT_TRY(located(data::decode_image(bytes), path));
  std::optional<ir::Preprocessing> users_word;
  if (!preprocess.empty()) users_word = NETFIT_TRY(data::load_preprocessing(preprocess));
  const data::ChosenPreprocessing chosen = NETFIT_TRY(data::choose_preprocessing(model.graph, input, users_word));
  if (!chosen.note.empty()) note(environment, chosen.note);
  return located(data::preprocess(image, value, chosen.preprocessing), path);
}

}  // namespace

Named split_name(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return {"", text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::vector<std::string> input_names(const ir::Graph& graph) {
  std::vector<std::string> names;
  for (const ir::GraphInput& input : graph.inputs) names.push_back(graph.value(input.value).name);
  return names;
}

std::vector<std::string> output_names(const ir::Graph& graph) {
  std::vector<std::string> names;
  for (const ir::GraphOutput& output : graph.outputs) names.push_back(graph.value(output.value).name);
  return names;
}

Result<std::size_t> find_port(const std::vector<std::string>& names, const Named& named, std::string_view role) {
  if (named.name.empty() && names.size() == 1) return std::size_t{0};
  const auto found = std::ranges::find(names, named.name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  return bad_usage(fmt::format("{} '{}' is not NAME=FILE with one of: {}", role, base::printable(named.name),
                               base::printable(base::join(names, ", "))));
}

Result<std::vector<Tensor>> load_inputs(const std::vector<std::string>& words, const std::string& preprocess,
                                        const Model& model, const Environment& environment) {
  const std::vector<std::string> names = input_names(model.graph);
  std::vector<std::optional<Tensor>> tensors(names.size());
  for (const std::string& word : words) {
    const Named named = split_name(word);
    const std::size_t port = NETFIT_TRY(find_port(names, named, "--input"));
    tensors[port] = NETFIT_TRY(load_input(named.path, preprocess, model, model.graph.inputs[port], environment));
  }
  std::vector<Tensor> complete;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (!tensors[i]) return bad_usage(fmt::format("input '{}' has no --input", base::printable(names[i])));
    complete.push_back(std::move(*tensors[i]));
  }
  return complete;
}

}  // namespace netfit::cli
