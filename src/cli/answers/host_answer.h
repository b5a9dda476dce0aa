// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/host/calibrate_host.h"

namespace netfit::cli {

void print_host(const HostCalibration& host, const std::string& output, std::FILE* out);
nlohmann::ordered_json host_json(const HostCalibration& host, const std::string& output);

}  // namespace netfit::cli
