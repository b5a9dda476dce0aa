// SPDX-License-Identifier: Apache-2.0
#include "cost/count_terms.h"

#include <algorithm>
#include <cmath>

#include "cost/kernels.h"
#include "cost/term_counter.h"
#include "cost/typing.h"

namespace netfit::cost {

std::vector<KernelTerms> count_terms(const ir::Graph& graph, const CountingRules& rules) {
  device::Runtime runtime;
  runtime.fused_activations = rules.fused_activations;
  const Typing typing{rules.as_int8 ? std::optional(DType::Int8) : std::nullopt, rules.float_type == DType::Float16};
  const TermCounter counter(graph, rules, typing);
  std::vector<KernelTerms> kernels;
  for (const Kernel& kernel : list_kernels(graph, runtime, typing)) {
    kernels.push_back({kernel.node, counter.count(kernel)});
  }
  return kernels;
}

TermCounts sum_terms(const std::vector<KernelTerms>& kernels) {
  TermCounts sum;
  for (const KernelTerms& kernel : kernels) sum += kernel.counts;
  return sum;
}

}  // namespace netfit::cost
