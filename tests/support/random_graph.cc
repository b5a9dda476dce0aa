// SPDX-License-Identifier: Apache-2.0
#include "support/random_graph.h"
