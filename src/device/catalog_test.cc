// SPDX-License-Identifier: Apache-2.0
#include "device/catalog.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/files.h"
#include "support/temporary_folder.h"

namespace netfit::device {
namespace {

namespace fs = std::filesystem;

// Tests run in the repository's root, which holds the shipped descriptions.
const Roots kShipped{"."};

TEST(Catalog, EveryShippedDescriptionIsWithoutFault) {
  const std::vector<std::string> devices = device_names(kShipped);
  EXPECT_GE(devices.size(), 3U);
  for (const std::string& name : devices) {
    const Result<void> checked = check_description("devices/" + name + ".toml", kShipped);
    EXPECT_TRUE(checked) << checked.error().text();
  }
  for (const std::string& name : runtime_names(kShipped)) {
    const Result<void> checked = check_description("runtimes/" + name + ".toml", kShipped);
    EXPECT_TRUE(checked) << checked.error().text();
  }
}

TEST(Catalog, EveryShippedDeviceLoadsWithItsDefaultRuntime) {
  for (const std::string& name : device_names(kShipped)) {
    const Result<FoundDevice> found = load_device(name, kShipped);
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->device.name, name);
    const Result<Runtime> runtime = load_runtime("", found->device, kShipped);
    ASSERT_TRUE(runtime) << runtime.error().text();
    EXPECT_EQ(runtime->name, found->device.default_runtime);
  }
}

}  // namespace
}  // namespace netfit::device
