// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/environment.h"
#include "cli/model.h"

// Words like --input x.npy and --output scores=y.npy.
namespace netfit::cli {

/// "name=path" picks an input or output by name; a bare path is the only one there is.
struct Named {
  std::string name;
  std::string path;
};
Named split_name(const std::string& text);

std::vector<std::string> input_names(const ir::Graph& graph);
std::vector<std::string> output_names(const ir::Graph& graph);

/// The place in `names` of what `named` picks; `role` is the flag, for the message.
Result<std::size_t> find_port(const std::vector<std::string>& names, const Named& named, std::string_view role);

/// The samples that the words name, one tensor for each input of the model: .npy files in the file's own type and
/// layout, or images, which become what `preprocess` (may be empty) or the model's record says.
Result<std::vector<Tensor>> load_inputs(const std::vector<std::string>& words, const std::string& preprocess,
                                        const Model& model, const Environment& environment);

}  // namespace netfit::cli
