// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cases.h"

namespace netfit::published {

/// A case as a function of what a fit may change: latency = sum of compute[k] / efficiency[k] / speed-up + memory +
/// layers * overhead.
struct Equation {
  std::size_t place = 0;                             ///< of the case
  std::map<device::KernelClass, double> compute_ms;  ///< at efficiency 1 on one thread
  double memory_ms = 0.0;
  double overhead_ms = 0.0;  ///< of one cycle in each layer
  DType type = DType::Float32;
  int threads = 1;
  double truth_ms = 0.0;
  std::string platform;
  double weight = 1.0;
};
std::vector<Equation> equations_of(const std::vector<Case>& cases);

/// The figures of one runtime, fitted to the equations of its rows.
struct Figures {
  std::map<std::pair<DType, device::KernelClass>, double> efficiency;
  double overhead_cycles = 0.0;
  double parallel_share = 0.0;
};

/// The most probable figures, from a cold start: logarithms of efficiencies are believed to lie around those of kernels
/// of this kind in general (within a factor of two), errors of latencies to be heavy-tailed.
Figures fit(std::vector<Equation> equations);

double predict_ms(const Equation& equation, const Figures& figures);

/// The figures as a runtime's file has them.
Figures figures_of(const device::Runtime& runtime);

}  // namespace netfit::published
