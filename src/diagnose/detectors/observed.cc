// SPDX-License-Identifier: Apache-2.0
//
// The file gives what it should, and yet the user sees something else. Which mistake makes exactly that of the file?
// The known ones are made on purpose, and what comes out is held against what was observed, number by number.

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "data/preprocess.h"
#include "diagnose/detectors/detectors.h"

namespace netfit::diagnose {
namespace {

// Kernels differ by a step here and there.
constexpr double kSteps = 2.0;
constexpr double kLeastShare = 0.9;

struct Guess {
  FaultKind kind;
  std::string what;
  Tensor outputs;  ///< raw
};

double wrap(double number, double low) { return std::fmod(std::fmod(number - low, 256.0) + 256.0, 256.0) + low; }

Tensor integers(const Shape& shape, DType dtype, std::span<const double> numbers) {
  Tensor tensor(dtype, shape);
  const std::span<std::byte> bytes = tensor.mutable_bytes();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    bytes[i] = static_cast<std::byte>(static_cast<std::int64_t>(numbers[i]) & 0xff);
  }
  return tensor;
}

class Guesses {
 public:
  explicit Guesses(const Examination& exam)
      : exam_(exam),
        input_(exam.subject.value(exam.subject.inputs.front().value)),
        samples_(first_samples(exam.given.test, std::min(exam.trials.count(), exam.given.observed->shape()[0]))) {}

  Result<std::vector<Guess>> all() {
    std::vector<Guess> guesses;
    const Answers& right = exam_.answers.at(rung_of_file(exam_));
    const std::int64_t count = samples_.count();
    const Tensor outputs = right.raw.slice(0, count);
    if (outputs.dtype() == DType::Int8 || outputs.dtype() == DType::UInt8) {
      const DType other = outputs.dtype() == DType::Int8 ? DType::UInt8 : DType::Int8;
      guesses.push_back({FaultKind::OutputMisread,
                         fmt::format("{} results are read as {}", name(outputs.dtype()), name(other)),
                         *Tensor::from_bytes(other, outputs.shape(), outputs.bytes())});
    }
    const bool byte = input_.dtype == DType::Int8 || input_.dtype == DType::UInt8;
    if (byte && samples_.images) NETFIT_TRY(add_casts(guesses));
    return guesses;
  }

 private:
  Result<void> add_casts(std::vector<Guess>& guesses) {
    ir::Graph floats = exam_.form;
    const std::string type(name(input_.dtype));
    struct Fed {
      std::string what;
      ir::Preprocessing preprocessing;
    };
    std::vector<Fed> ways{{"raw pixels", {}}, {"floats in [0, 1]", {.scale = 1.0F / 255.0F}}};
    if (exam_.record && exam_.record != ir::Preprocessing{}) ways.push_back({"preprocessed floats", *exam_.record});
    for (const Fed& way : ways) {
      const Tensor reals = NETFIT_TRY(make_input(floats, samples_, way.preprocessing));
      const std::vector<double> numbers = tensor::to_doubles(reals);
      NETFIT_TRY(add(guesses, way.what + " are cast to " + type, reals.shape(), numbers, Cast::Saturate));
      NETFIT_TRY(
          add(guesses, way.what + " are cast to " + type + " and wrap around", reals.shape(), numbers, Cast::Wrap));
      NETFIT_TRY(add(guesses, way.what + " are rounded to " + type, reals.shape(), numbers, Cast::Round));
      if (way.preprocessing != exam_.record) continue;
      NETFIT_TRY(add(guesses, way.what + " are divided by the scale, without the zero point", reals.shape(),
                     scaled(numbers), Cast::Round));
    }
    return {};
  }

  enum class Cast { Saturate, Wrap, Round };

  std::vector<double> scaled(std::vector<double> numbers) const {
    for (double& number : numbers) number /= static_cast<double>(input_.quant->scale());
    return numbers;
  }

  Result<void> add(std::vector<Guess>& guesses, std::string what, const Shape& shape, std::vector<double> numbers,
                   Cast cast) {
    const auto low = static_cast<double>(tensor::lowest(input_.dtype));
    const auto high = static_cast<double>(tensor::highest(input_.dtype));
    for (double& number : numbers) {
      const double whole = cast == Cast::Round ? std::round(number) : std::trunc(number);
      number = cast == Cast::Wrap ? wrap(whole, low) : std::clamp(whole, low, high);
    }
    const Answers answers = NETFIT_TRY(answer(exam_.subject, integers(shape, input_.dtype, numbers), exam_.tools));
    guesses.push_back({FaultKind::InputCast, std::move(what), answers.raw});
    return {};
  }

  const Examination& exam_;
  const ir::Value& input_;
  data::Dataset samples_;
};

// Share of numbers that are the same to within two steps, of `step` each.
double share_alike(std::span<const double> a, std::span<const double> b, double step) {
  if (a.empty() || b.size() < a.size()) return 0.0;
  std::int64_t alike = 0;
  for (std::size_t i = 0; i < a.size(); ++i) alike += std::fabs(a[i] - b[i]) <= kSteps * step ? 1 : 0;
  return static_cast<double>(alike) / static_cast<double>(a.size());
}

// Observed outputs may be as stored, or dequantized with the file's parameters.
double share_alike(const Examination& exam, const Tensor& outputs) {
  const ir::Value& output = exam.subject.value(exam.subject.outputs.front().value);
  const std::vector<double> seen = tensor::to_doubles(*exam.given.observed);
  std::vector<double> guessed = tensor::to_doubles(outputs);
  const double as_stored = share_alike(guessed, seen, 1.0);
  if (!output.quant) return as_stored;
  const auto scale = static_cast<double>(output.quant->scale());
  for (double& number : guessed) number = scale * (number - output.quant->zero_point());
  return std::max(as_stored, share_alike(guessed, seen, scale));
}

}  // namespace

Result<Suspicions> suspect_input_and_output(const Examination& exam) {
  if (!exam.given.observed || !exam.climbed(RungKind::Observed)) return Suspicions{};
  const double seen = agreement_on_trials(exam, RungKind::Observed);
  const double right = agreement_on_trials(exam, rung_of_file(exam));
  if (seen >= right - 1.0) return Suspicions{};
  std::optional<Suspicion> best;
  double most = kLeastShare;
  for (const Guess& guess : NETFIT_TRY(Guesses(exam).all())) {
    const double alike = share_alike(exam, guess.outputs);
    if (alike < most || (best && alike == most)) continue;
    most = alike;
    best = Suspicion{.finding = {.kind = guess.kind, .weight = right - seen}};
    best->finding.evidence.push_back({.what = fmt::format("observed numbers are reproduced if {}", guess.what),
                                      .place = "",
                                      .channel = std::nullopt,
                                      .figure = 100.0 * alike,
                                      .unit = "%"});
  }
  Suspicions found;
  if (best) found.push_back(std::move(*best));
  return found;
}

}  // namespace netfit::diagnose
