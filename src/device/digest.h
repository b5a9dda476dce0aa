// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "device/device.h"
#include "device/runtime.h"

namespace netfit::device {

/// 32 hexadecimal digits of all figures that an estimate depends on, clock included; titles, aliases, remarks and the
/// form of the file do not count.
std::string digest(const Device& device);
std::string digest(const Runtime& runtime);

}  // namespace netfit::device
