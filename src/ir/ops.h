// SPDX-License-Identifier: Apache-2.0
#pragma once

// All op families at once, for tables that map ops to something.
#include "ir/ops/activation.h"     // IWYU pragma: export
#include "ir/ops/conv.h"           // IWYU pragma: export
#include "ir/ops/elementwise.h"    // IWYU pragma: export
#include "ir/ops/normalization.h"  // IWYU pragma: export
#include "ir/ops/opaque.h"         // IWYU pragma: export
#include "ir/ops/pool.h"           // IWYU pragma: export
#include "ir/ops/reduce.h"         // IWYU pragma: export
#include "ir/ops/requantize.h"     // IWYU pragma: export
#include "ir/ops/shape.h"          // IWYU pragma: export
