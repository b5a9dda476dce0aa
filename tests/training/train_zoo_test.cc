// SPDX-License-Identifier: Apache-2.0
// tools/train_zoo, stopped in each kind of its entries.
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "base/files.h"
#include "support/temporary_folder.h"

namespace netfit {
namespace {

constexpr const char* kManifest = R"({"trained": [], "planned": [
  {"name": "integers", "model": "pruned", "teacher": "dense", "distill": ["logits"], "recipe": "FOLDER/integers.toml"},
  {"name": "pruned", "model": "dense", "prune": "macs=60%", "steps": 2, "recipe": "FOLDER/further.toml"},
  {"name": "dense", "architecture": "blocks:stages=conv_c16_s4+ir_e2_c16+conv_k1_c32", "recipe": "FOLDER/dense.toml"}
]})";

class TrainZoo : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string manifest = kManifest;
    for (std::size_t at = 0; (at = manifest.find("FOLDER")) != std::string::npos;)
      manifest.replace(at, 6, folder_.path().string());
    write("manifest.json", manifest);
    const std::string shared = "validation = 0\n[schedule]\nbatch = 32\nwarm_up_epochs = 1\n";
    write("dense.toml", shared + "epochs = 12\n");
    write("further.toml", shared + "epochs = 6\n[optimizer]\nlearning_rate = 0.05\n");
    write("integers.toml", shared + "epochs = 6\n[optimizer]\nlearning_rate = 0.01\n[qat]\nscheme = \"int4\"\n");
  }

  void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(base::write_file(folder_ / name, text).has_value());
  }

  std::string file(const std::string& name) const { return base::read_text(folder_ / name).value_or(""); }

  /// The exit code of train_zoo, which gets the signal as soon as the file of one of its runs is there.
  int train_zoo(const std::string& flags, const std::string& awaited = "", const std::string& signal = "INT") const {
    std::string script = "cd " + folder_.path().string() + "; " NETFIT_SOURCE "/tools/train_zoo --netfit " +
                         NETFIT_PROGRAM + " --threads 1 --manifest manifest.json " + flags + " >>said 2>&1";
    if (!awaited.empty()) {
      script += " & pid=$!; while [ ! -s " + awaited + " ] && kill -0 $pid; do sleep 0.01; done; kill -" + signal +
                " $pid; wait $pid";
    }
    const int status = std::system(script.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  support::TemporaryFolder folder_;
};

TEST_F(TrainZoo, GoesOnWithWhateverWasStoppedAndEndsWithTheSameNetworks) {
  ASSERT_EQ(train_zoo("--runs whole"), 0) << file("said");
  EXPECT_EQ(train_zoo("--runs parts --resume", "parts/dense/metrics.jsonl"), 130) << file("said");
  EXPECT_EQ(file("parts/dense/network.safetensors"), "");
  EXPECT_EQ(train_zoo("--runs parts --resume", "parts/pruned/step2/metrics.jsonl", "TERM"), 130) << file("said");
  EXPECT_NE(file("parts/dense/network.safetensors"), "");
  EXPECT_EQ(file("parts/pruned/network.safetensors"), "");
  EXPECT_EQ(train_zoo("--runs parts --resume", "parts/integers/metrics.jsonl"), 130) << file("said");
  EXPECT_EQ(file("parts/integers/network.safetensors"), "");
  ASSERT_EQ(train_zoo("--runs parts --resume"), 0) << file("said");
  for (const std::string name : {"dense", "pruned", "integers"}) {
    const std::string expected = file("whole/" + name + "/network.safetensors");
    EXPECT_NE(expected, "");
    EXPECT_TRUE(file("parts/" + name + "/network.safetensors") == expected) << name;
  }
  EXPECT_EQ(file("parts/integers/network.tflite"), file("whole/integers/network.tflite"));
}

TEST_F(TrainZoo, SaysWhichTrainingFailed) {
  write("dense.toml", "[schedule]\nepochs = many\n");
  EXPECT_EQ(train_zoo("--runs failed"), 1);
  EXPECT_NE(file("said").find("dense: exit "), std::string::npos) << file("said");
  EXPECT_NE(file("said").find("left for later, since what they learn from is not trained: integers, pruned"),
            std::string::npos)
      << file("said");
}

}  // namespace
}  // namespace netfit
