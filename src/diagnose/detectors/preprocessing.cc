// SPDX-License-Identifier: Apache-2.0
//
// What the network wants its pixels to be is found by trying: the usual ways to preprocess, the reference's record,
// each in RGB and BGR. The one that brings the answers back, beside what the harness does, names the fault.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/detectors/detectors.h"

namespace netfit::diagnose {
namespace {

constexpr double kLeastGain = 0.5;  // points
// Against labels alone another way to preprocess may be better by chance.
constexpr double kLeastGainUnreferenced = 3.0;
constexpr double kTolerance = 0.02;  // of the spread of [0, 1] behind two preprocessings that count as one

struct Way {
  std::string name;
  ir::Preprocessing preprocessing;
};

std::vector<Way> usual_ways() {
  constexpr float kByte = 255.0F;
  return {{"raw pixels", {}},
          {"pixels in [0, 1]", {.scale = 1.0F / kByte}},
          {"pixels in [-1, 1]", {.scale = 2.0F / kByte, .mean = {1.0F}}},
          {"CIFAR-10's mean and std",
           {.scale = 1.0F / kByte, .mean = {0.4914F, 0.4822F, 0.4465F}, .std = {0.2470F, 0.2435F, 0.2616F}}},
          {"ImageNet's mean and std",
           {.scale = 1.0F / kByte, .mean = {0.485F, 0.456F, 0.406F}, .std = {0.229F, 0.224F, 0.225F}}}};
}

ir::Preprocessing exchanged(ir::Preprocessing preprocessing) {
  const bool rgb = preprocessing.order == ir::ColorOrder::Rgb;
  preprocessing.order = rgb ? ir::ColorOrder::Bgr : ir::ColorOrder::Rgb;
  return preprocessing;
}

/// real = slope * x + offset, of one channel.
struct Line {
  double slope;
  double offset;
};

Line line_of(const ir::Preprocessing& p, std::size_t channel) {
  const auto at = [channel](const std::vector<float>& numbers) {
    return static_cast<double>(numbers[numbers.size() == 1 ? 0 : channel]);
  };
  return {static_cast<double>(p.scale) / at(p.std), -at(p.mean) / at(p.std)};
}

// Whether `outer` applied to what `inner` gave is what `both` does to pixels.
bool composes(const ir::Preprocessing& outer, const ir::Preprocessing& inner, const ir::Preprocessing& both) {
  for (std::size_t c = 0; c < 3; ++c) {
    const Line a = line_of(outer, c);
    const Line b = line_of(inner, c);
    const Line expected = line_of(both, c);
    const double slope = a.slope * b.slope;
    const double offset = a.slope * b.offset + a.offset;
    const double slack = kTolerance * 255.0 * std::fabs(expected.slope);
    if (std::fabs(slope - expected.slope) * 255.0 > slack || std::fabs(offset - expected.offset) > slack) return false;
  }
  return true;
}

bool same_numbers(const ir::Preprocessing& a, const ir::Preprocessing& b) { return composes({}, a, b); }

bool applied_twice(const Examination& exam, const ir::Preprocessing& wanted) {
  // A network that was trained on raw pixels has no preprocessing of its own that could come second.
  if (exam.has_reference() && same_numbers(*exam.record, {})) return false;
  std::vector<Way> outer = usual_ways();
  if (exam.record) outer.push_back({"the record", *exam.record});
  return std::ranges::any_of(outer, [&](const Way& way) {
    return !same_numbers(way.preprocessing, {}) && composes(way.preprocessing, wanted, *exam.harness);
  });
}

FaultKind kind_of(const Examination& exam, const ir::Preprocessing& wanted) {
  if (same_numbers(wanted, *exam.harness)) return FaultKind::ColorOrder;
  return applied_twice(exam, wanted) ? FaultKind::PreprocessedTwice : FaultKind::Preprocessing;
}

std::string text_of(const ir::Preprocessing& p) {
  return fmt::format("(pixel * {:.6g} - [{}]) / [{}], {}", p.scale, fmt::join(p.mean, ", "), fmt::join(p.std, ", "),
                     p.order == ir::ColorOrder::Rgb ? "RGB" : "BGR");
}

// The likeliest first, so that of equals the first is taken. A reference says what its network wants: what else can be
// is that the file does part of it by itself.
std::vector<Way> ways(const Examination& exam) {
  std::vector<Way> all;
  if (exam.record) all.push_back({exam.has_reference() ? "the reference's record" : "the file's record", *exam.record});
  all.push_back({"what the harness does", *exam.harness});
  const std::size_t usual = exam.has_reference() ? 2 : usual_ways().size();
  for (std::size_t i = 0; i < usual; ++i) all.push_back(usual_ways()[i]);
  for (std::size_t i = 0, count = all.size(); i < count; ++i) {
    all.push_back({all[i].name + ", red and blue exchanged", exchanged(all[i].preprocessing)});
  }
  return all;
}

}  // namespace

Result<Suspicions> suspect_preprocessing(const Examination& exam) {
  if (!exam.harness) return Suspicions{};
  const double before = agreement_on_trials(exam, RungKind::WeightsOnly);
  std::optional<Way> best;
  double after = before;
  for (Way& way : ways(exam)) {
    if (way.preprocessing == *exam.harness) continue;
    const Answers answers = NETFIT_TRY(answer(exam.form, exam.trials, way.preprocessing, exam.tools));
    const double agreement = agreement_on_trials(exam, answers);
    if (agreement <= after + (exam.has_reference() ? kLeastGain : kLeastGainUnreferenced)) continue;
    after = agreement;
    best = std::move(way);
  }
  if (!best) return Suspicions{};
  Suspicion suspicion{.finding = {.kind = kind_of(exam, best->preprocessing), .weight = after - before}};
  suspicion.finding.evidence.push_back(
      {.what = fmt::format("agreement if fed with {}: {}", best->name, text_of(best->preprocessing)),
       .place = "",
       .channel = std::nullopt,
       .figure = after,
       .unit = "%"});
  suspicion.finding.evidence.push_back({.what = fmt::format("agreement as fed: {}", text_of(*exam.harness)),
                                        .place = "",
                                        .channel = std::nullopt,
                                        .figure = before,
                                        .unit = "%"});
  suspicion.wanted = best->preprocessing;
  return Suspicions{std::move(suspicion)};
}

}  // namespace netfit::diagnose
