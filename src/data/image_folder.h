// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/result.h"
#include "data/dataset.h"

namespace netfit::data {

/// A folder with one folder of .png, .jpg or .jpeg files (any case) for each class; see dataset.h for the order. Other
/// files and names that begin with a dot are passed over. Class names are the folders' names in byte order.
Result<Dataset> load_image_folder(const std::filesystem::path& folder, const OpenOptions& options);

}  // namespace netfit::data
