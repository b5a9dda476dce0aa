// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "injector.h"

namespace netfit::gone_wrong {

/// A way to make a file with nothing wrong.
struct SoundWay {
  std::string name;
  Result<ir::Graph> (*make)(const Workbench& bench);
};

const std::vector<SoundWay>& sound_ways();

/// Whether a diagnosis is given the float network too.
enum class Beside { Reference, Nothing };

Result<Broken> make_sound(const Workbench& bench, const SoundWay& way, Beside beside);

}  // namespace netfit::gone_wrong
