// SPDX-License-Identifier: Apache-2.0
#include "passes/catalog.h"

#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "passes/canonicalize_layout.h"
#include "passes/decompose_batch_norm.h"
#include "passes/decompose_hard_sigmoid.h"
#include "passes/eliminate_dead_nodes.h"
#include "passes/eliminate_identities.h"
#include "passes/fold_batch_norm.h"
#include "passes/fold_constants.h"
#include "passes/fuse_activation.h"
#include "passes/fuse_hard_swish.h"
#include "passes/fuse_pad.h"
#include "passes/widen_constants.h"

namespace netfit::passes {
namespace {

// Sorted; one line per pass.
// clang-format off
constexpr std::array kPasses{
    PassSpec{"canonicalize-layout", "make channels-first data channels-last and remove its transposes", Idempotent::Yes, &canonicalize_layout},
    PassSpec{"decompose-batch-norm", "write a batch norm that no layer can take as a product and a sum", Idempotent::Yes, &decompose_batch_norm},
    PassSpec{"decompose-hard-sigmoid", "write a hard sigmoid as product, sum and relu6", Idempotent::Yes, &decompose_hard_sigmoid},
    PassSpec{"eliminate-dead-nodes", "remove nodes and values that reach no output", Idempotent::Yes, &eliminate_dead_nodes},
    PassSpec{"eliminate-identities", "remove nodes that give what they get, and transposes that cancel", Idempotent::Yes, &eliminate_identities},
    PassSpec{"fold-batch-norm", "merge batch norm into the layer before or behind it", Idempotent::Yes, &fold_batch_norm},
    PassSpec{"fold-batch-norm-behind", "merge batch norm into the layer behind it where none before could take it", Idempotent::Yes, &fold_batch_norm_behind},
    PassSpec{"fold-constants", "compute nodes whose inputs are all constants", Idempotent::Yes, &fold_constants},
    PassSpec{"fuse-activation", "let the node before a relu, relu6 or relu_n1_to_1 clamp its own result", Idempotent::Yes, &fuse_activation},
    PassSpec{"fuse-hard-swish", "write the product of a value and its hard sigmoid as a hard swish", Idempotent::Yes, &fuse_hard_swish},
    PassSpec{"fuse-pad", "make zero pads part of the padding of convolutions", Idempotent::Yes, &fuse_pad},
    PassSpec{"widen-constants", "store in float32 what is stored smaller and made float by a requantize", Idempotent::Yes, &widen_constants},
};
// clang-format on

}  // namespace

std::span<const PassSpec> catalog() { return kPasses; }

Result<const PassSpec*> find_pass(std::string_view name) {
  std::vector<std::string> names;
  for (const PassSpec& pass : kPasses) {
    if (pass.name == name) return &pass;
    names.emplace_back(pass.name);
  }
  const std::optional<std::string> nearest = base::nearest_word(name, names);
  if (nearest) return bad_usage(fmt::format("unknown pass '{}', did you mean '{}'?", base::printable(name), *nearest));
  return bad_usage(fmt::format("unknown pass '{}' (allowed: {})", base::printable(name), base::join(names, ", ")));
}

}  // namespace netfit::passes
