// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Compiles a function once for AVX-512, AVX2 and the baseline, and picks one when the program starts. Results do not
/// depend on which: contraction is off, and integer arithmetic is exact.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define NETFIT_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define NETFIT_CLONES
#endif
