// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arch/net.h"
#include "arch/stage.h"

namespace netfit::arch {

/// What a parameter may be. A list of words is separated by '|'; numbers lie in [low, high].
enum class ParameterKind : std::uint8_t { Whole, Real, Word };

struct Parameter {
  std::string_view name;
  std::string_view summary;
  ParameterKind kind = ParameterKind::Whole;
  std::string_view fallback;  ///< the default; empty where it follows from the others (Family::complete)
  double low = 0;
  double high = 0;
  std::string_view words = {};
  /// A network is not described without it, so the canonical spec always shows it.
  bool defining = true;
};

/// The parameters of one network, by name; asking for one that the family lacks is a bug.
class Values {
 public:
  void set(std::string_view name, std::string text) { values_.push_back({name, std::move(text)}); }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  const std::string& word(std::string_view name) const;
  std::int64_t whole(std::string_view name) const;
  double real(std::string_view name) const;

 private:
  struct Entry {
    std::string_view name;
    std::string text;  ///< canonical, and of the parameter's kind
  };
  const Entry* find(std::string_view name) const;

  std::vector<Entry> values_;
};

/// A family of networks: a row of the catalog.
struct Family {
  std::string_view name;
  std::string_view summary;
  std::span<const Parameter> parameters;
  /// Sets what was not given and follows from the rest; absent if nothing does.
  void (*complete)(Values& values) = nullptr;
  /// What is wrong with the parameters together; absent if nothing can be.
  std::optional<std::string> (*fault)(const Values& values) = nullptr;
  void (*build)(const Values& values, Net& net) = nullptr;
  Output output = Output::Probabilities;
};

// Parameters that most families share.
constexpr Parameter resolution_parameter(std::string_view fallback = "224") {
  return {
      .name = "resolution", .summary = "height and width of the image", .fallback = fallback, .low = 32, .high = 1024};
}
constexpr Parameter small_resolution_parameter() {
  return {.name = "resolution",
          .summary = "height and width of the image",
          .fallback = "32",
          .low = 8,
          .high = 1024,
          .defining = false};
}
constexpr Parameter alpha_parameter(bool defining = true) {
  return {.name = "alpha",
          .summary = "width: multiplies the channels",
          .kind = ParameterKind::Real,
          .fallback = "1",
          .low = 0.05,
          .high = 3,
          .defining = defining};
}
constexpr Parameter channels_parameter() {
  return {.name = "channels", .summary = "of the image", .fallback = "3", .low = 1, .high = 64, .defining = false};
}
constexpr Parameter classes_parameter(std::string_view fallback = "1000") {
  return {.name = "classes", .summary = "results", .fallback = fallback, .low = 1, .high = 100000, .defining = false};
}

extern const Family kEfficientNetLite;
extern const Family kFdMobileNet;
extern const Family kMobileNetV1;
extern const Family kMobileNetV2;
extern const Family kMobileNetV2Cifar;
extern const Family kMobileNetV3;
extern const Family kResNet50;
extern const Family kResNetV1Cifar;
extern const Family kSqueezeNet;

/// An image, the stages, and a classifier behind them: most families.
void build_classifier(const Values& values, std::span<const Stage> stages, Net& net);

/// "32 to 1024", "large or small": the values that a parameter may have.
std::string allowed(const Parameter& parameter);

/// Every family, sorted by name.
std::span<const Family* const> families();

}  // namespace netfit::arch
