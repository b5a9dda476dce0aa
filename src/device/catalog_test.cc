// SPDX-License-Identifier: Apache-2.0
#include "device/catalog.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/text.h"
#include "support/temporary_folder.h"

namespace netfit::device {
namespace {

namespace fs = std::filesystem;

// Tests run in the repository's root, which holds the shipped descriptions.
const Roots kShipped{"."};

// A folder with descriptions of the user's own, made from shipped ones.
class UserFolder {
 public:
  UserFolder() {
    fs::create_directory(folder_ / "devices");
    fs::create_directory(folder_ / "runtimes");
  }

  void write_device(const std::string& name, std::string_view text) {
    EXPECT_TRUE(base::write_file(folder_ / "devices" / (name + ".toml"), text));
  }
  fs::path device(const std::string& name) const { return folder_ / "devices" / (name + ".toml"); }
  Roots roots() const { return {folder_.path(), "."}; }

 private:
  support::TemporaryFolder folder_;
};

std::string shipped_device(const std::string& name) { return base::read_text("devices/" + name + ".toml").value(); }

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

// The stm32h747 under another name and without aliases.
std::string board_named(const std::string& name) {
  std::string text = replaced(shipped_device("stm32h747"), "name = \"stm32h747\"", "name = \"" + name + "\"");
  return replaced(text, "aliases = [\"cortex-m7\", \"stm32h747i-disco\"]", "aliases = []");
}

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
    EXPECT_EQ(found->file, fs::path("devices") / (name + ".toml"));
    const Result<Runtime> runtime = load_runtime("", found->device, kShipped);
    ASSERT_TRUE(runtime) << runtime.error().text();
    EXPECT_EQ(runtime->name, found->device.default_runtime);
  }
}

// A line with a figure, in a file whose sources are comments: beside the figure, or above it in the same paragraph.
bool is_figure(const std::string& line) {
  for (const char* word :
       {"name", "title", "version", "default_runtime", "aliases", "core ", "isas", "remark", "scope"}) {
    if (line.starts_with(word)) return false;
  }
  return line.find('=') < line.find('#') && line.find_first_of("0123456789") != std::string::npos;
}

std::vector<std::string> figures_without_source(const std::string& text) {
  std::vector<std::string> bare;
  bool explained = false;
  for (const std::string& line : base::split(text, '\n')) {
    if (line.empty()) explained = false;
    if (line.starts_with("#")) explained = true;
    if (is_figure(line) && !explained && line.find('#') == std::string::npos) bare.push_back(line);
  }
  return bare;
}

TEST(Catalog, FiguresOfShippedDevicesHaveTheirSources) {
  for (const fs::directory_entry& entry : fs::directory_iterator("devices")) {
    const std::vector<std::string> bare = figures_without_source(base::read_text(entry.path()).value());
    EXPECT_EQ(bare, std::vector<std::string>{}) << entry.path();
  }
}

TEST(Catalog, AliasSaysWhatItStandsFor) {
  const Result<FoundDevice> found = load_device("cortex-m7", kShipped);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->device.name, "stm32h747");
  EXPECT_EQ(found->notes, std::vector<std::string>{"device 'cortex-m7' is taken as 'stm32h747' (STM32H747I-DISCO)"});
}

TEST(Catalog, NameOfADeviceNeedsNoNote) {
  const Result<FoundDevice> found = load_device("stm32h747", kShipped);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->notes.empty());
}

TEST(Catalog, RemarkOfADeviceIsInEveryAnswer) {
  const Result<FoundDevice> found = load_device("cortex-a78@1GHz", kShipped);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->notes.size(), 1U);
  EXPECT_NE(found->notes[0].find("Cortex-A78AE"), std::string::npos);
}

TEST(Catalog, ClockBehindTheNameScalesTheDevice) {
  for (const char* spec : {"stm32h747@200MHz", "cortex-m7@0.2 GHz"}) {
    const Result<FoundDevice> found = load_device(spec, kShipped);
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_DOUBLE_EQ(found->device.clock_mhz, 200.0);
    EXPECT_NE(found->device.hash, load_device("stm32h747", kShipped)->device.hash);
  }
}

TEST(Catalog, FileStandsForADevice) {
  const Result<FoundDevice> found = load_device("devices/stm32h747.toml", {});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->device.name, "stm32h747");
  EXPECT_EQ(found->device.hash, load_device("stm32h747", kShipped)->device.hash);
}

TEST(Catalog, RefusesWhatIsNoDevice) {
  for (const auto& [spec, fault] : std::vector<std::pair<std::string, std::string>>{
           {"stm32h74", "device 'stm32h74' is not known, did you mean 'stm32h747'?"},
           {"cortex-m", "did you mean 'cortex-m7'?"},
           {"", "device '' is not known"},
           {"../devices/stm32h747", "is not known"},
           {"stm32h747@", "the clock in device 'stm32h747@': '' is not a number with a unit"},
           {"stm32h747@400", "'400' has no unit (allowed units: MHz, GHz)"},
           {"stm32h747@400kHz", "has the unit 'kHz'"},
           {"stm32h747@500MHz", "does not run at 500 MHz (allowed: above 0 and up to 480 MHz)"},
           {"stm32h747@0MHz", "does not run at 0 MHz"}}) {
    const Result<FoundDevice> found = load_device(spec, kShipped);
    ASSERT_FALSE(found) << spec;
    EXPECT_EQ(found.error().kind(), ErrorKind::BadUsage);
    EXPECT_NE(found.error().what().find(fault), std::string::npos) << found.error().what();
  }
}

TEST(Catalog, RuntimeMustRunOnTheDevice) {
  const Device device = load_device("stm32h747", kShipped)->device;
  const Result<Runtime> other = load_runtime("ncnn", device, kShipped);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().what(),
            "runtime 'ncnn' does not run on device 'stm32h747' with armv7e-m (allowed: armv8.2-a, armv8.5-a)");
  EXPECT_NE(load_runtime("ncn", device, kShipped).error().what().find("did you mean 'ncnn'?"), std::string::npos);
  EXPECT_TRUE(load_runtime("runtimes/x-cube-ai-10.toml", device, {}));
}

TEST(Catalog, UsersFolderComesFirst) {
  UserFolder user;
  user.write_device("stm32h747", replaced(shipped_device("stm32h747"), "clock = \"400 MHz\"", "clock = \"300 MHz\""));
  user.write_device("mine", board_named("mine"));
  EXPECT_EQ(load_device("stm32h747", user.roots())->device.clock_mhz, 300.0);
  EXPECT_TRUE(load_device("mine", user.roots()));
  const std::vector<std::string> names = device_names(user.roots());
  EXPECT_EQ(std::ranges::count(names, "stm32h747"), 1);
  EXPECT_EQ(std::ranges::count(names, "mine"), 1);
  EXPECT_TRUE(std::ranges::is_sorted(names));
}

TEST(Catalog, BrokenFileHidesNoOther) {
  UserFolder user;
  user.write_device("broken", "name = ");
  EXPECT_TRUE(load_device("stm32h747", user.roots()));
  EXPECT_TRUE(load_device("cortex-m7", user.roots()));
  EXPECT_EQ(std::ranges::count(device_names(user.roots()), "broken"), 1);
  const Result<FoundDevice> broken = load_device("broken", user.roots());
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind(), ErrorKind::BadInput);
  EXPECT_EQ(broken.error().faults()[0].where.substr(0, user.device("broken").string().size() + 3),
            user.device("broken").string() + ":1:");
}

TEST(Catalog, MissingRootsAreEmpty) {
  EXPECT_TRUE(device_names({"/does/not/exist"}).empty());
  EXPECT_NE(load_device("x", {}).error().what().find("(known: none, or a .toml file)"), std::string::npos);
}

std::string fault_of(const fs::path& file, const Roots& roots) {
  const Result<void> checked = check_description(file, roots);
  if (checked) return "";
  EXPECT_EQ(checked.error().faults().size(), 1U) << checked.error().text();
  return checked.error().faults()[0].what;
}

TEST(CheckDescription, NamesWhatOtherFilesContradict) {
  UserFolder user;
  user.write_device("mine", board_named("mine"));
  EXPECT_EQ(fault_of(user.device("mine"), user.roots()), "");
  user.write_device("mine", board_named("yours"));
  EXPECT_EQ(fault_of(user.device("mine"), user.roots()), "'name' is 'yours', and the file is called 'mine.toml'");
  user.write_device("mine", replaced(board_named("mine"), "x-cube-ai-10", "x-cube-ai-9"));
  EXPECT_EQ(fault_of(user.device("mine"), user.roots()),
            "'default_runtime' is 'x-cube-ai-9', which is not known, did you mean 'x-cube-ai-10'?");
  user.write_device("mine", replaced(board_named("mine"), "armv7e-m", "rv32imac"));
  EXPECT_EQ(fault_of(user.device("mine"), user.roots()),
            "'isa' is 'rv32imac', which runtime 'x-cube-ai-10' does not run on (allowed: armv7e-m, armv8-m)");
}

TEST(CheckDescription, NamesCollisionsOfAliases) {
  UserFolder user;
  user.write_device("mine", replaced(board_named("mine"), "aliases = []", "aliases = [\"cortex-m7\"]"));
  EXPECT_EQ(fault_of(user.device("mine"), user.roots()),
            "'aliases' has 'cortex-m7', an alias of device 'stm32h747' too");
  user.write_device("mine", replaced(board_named("mine"), "aliases = []", "aliases = [\"apple-m1\"]"));
  EXPECT_EQ(fault_of(user.device("mine"), user.roots()), "'aliases' has 'apple-m1', the name of another device");
  user.write_device("m1", board_named("m1"));
  EXPECT_EQ(fault_of(user.device("m1"), user.roots()), "'name' is 'm1', an alias of device 'apple-m1'");
}

TEST(CheckDescription, ExampleOfTheDocumentIsWithoutFault) {
  const std::string page = base::read_text("docs/add-a-device.md").value();
  const std::size_t begin = page.find("```toml\n") + 8;
  const std::string example = page.substr(begin, page.find("```", begin) - begin);
  UserFolder user;
  user.write_device("my-board", example);
  const Result<void> checked = check_description(user.device("my-board"), user.roots());
  EXPECT_TRUE(checked) << checked.error().text();
  EXPECT_EQ(figures_without_source(example), std::vector<std::string>{});
  EXPECT_TRUE(load_device("nucleo-f446re@120MHz", user.roots()));
}

TEST(CheckDescription, FailsOnWhatIsNoFile) {
  EXPECT_FALSE(check_description("devices", kShipped));
  EXPECT_EQ(fault_of("/dev/zero", kShipped), "is no ordinary file");
  EXPECT_FALSE(check_description("devices/none.toml", kShipped));
}

}  // namespace
}  // namespace netfit::device
