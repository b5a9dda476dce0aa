// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/training_curves.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"
#include "report/draw.h"
#include "report/palette.h"
#include "report/scale.h"
#include "report/text.h"

namespace netfit::cli {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

Result<EpochFigures> parse_epoch(const std::string& line) {
  const Json json = Json::parse(line, nullptr, false);
  const auto is_number = [&](const char* key) {
    return json.is_object() && json.contains(key) && json[key].is_number();
  };
  for (const char* key : {"epoch", "loss", "train_top1"}) {
    if (!is_number(key)) return bad_input(fmt::format("has no number '{}'", key));
  }
  EpochFigures figures{.epoch = json["epoch"], .loss = json["loss"], .train_top1 = json["train_top1"]};
  if (is_number("validation_top1")) figures.validation_top1 = json["validation_top1"].get<double>();
  return figures;
}

/// Collects lines and what their axes must hold.
class Lines {
 public:
  explicit Lines(std::string title) { chart_.y.title = std::move(title); }

  void add(const std::string& name, std::size_t run, std::size_t shape, std::vector<std::pair<double, double>> points) {
    if (points.empty()) return;
    for (const auto& [x, y] : points) {
      chart_.x.high = std::max(chart_.x.high, x);
      ys_.push_back({y, y, y});
    }
    const std::size_t color = std::min(run, report::kGrey);
    chart_.lines.push_back({name, {name, color, shape}, std::move(points)});
  }

  report::LineChart take() {
    chart_.y = report::axis_around(chart_.y.title, ys_);
    chart_.x.title = "epoch";
    return std::move(chart_);
  }

 private:
  report::LineChart chart_;
  std::vector<report::Span> ys_;
};

template <typename Figure>
std::vector<std::pair<double, double>> points_of(const TrainingCurve& curve, const Figure& figure) {
  std::vector<std::pair<double, double>> points;
  for (const EpochFigures& epoch : curve.epochs) {
    const std::optional<double> y = figure(epoch);
    if (y && std::isfinite(*y)) points.emplace_back(epoch.epoch, *y);
  }
  return points;
}

}  // namespace

Result<TrainingCurve> load_training_curve(const fs::path& run) {
  const fs::path file = run / "metrics.jsonl";
  const std::string text = NETFIT_TRY(base::read_text(file));
  TrainingCurve curve{.name = report::shown(run.lexically_normal().string(), 40)};
  std::size_t number = 0;
  for (const std::string& line : base::split(text, '\n')) {
    ++number;
    if (line.empty()) continue;
    curve.epochs.push_back(
        NETFIT_TRY(located(parse_epoch(line), fmt::format("{}:{}", base::printable(file.string()), number))));
  }
  if (curve.epochs.empty())
    return located(Result<TrainingCurve>(bad_input("no epoch is done")), base::printable(file.string()));
  return curve;
}

std::vector<report::Chart> training_charts(std::span<const TrainingCurve> curves) {
  Lines loss("loss");
  Lines top1("top-1 (%)");
  for (std::size_t run = 0; run < curves.size(); ++run) {
    const TrainingCurve& curve = curves[run];
    const std::string of_run = curves.size() > 1 ? curve.name + ", " : "";
    loss.add(of_run + "training", run, 0,
             points_of(curve, [](const EpochFigures& e) { return std::optional(e.loss); }));
    top1.add(of_run + "training", run, 0,
             points_of(curve, [](const EpochFigures& e) { return std::optional(e.train_top1); }));
    top1.add(of_run + "validation", curves.size() > 1 ? run : 1, 1,
             points_of(curve, [](const EpochFigures& e) { return e.validation_top1; }));
  }
  const std::string what = curves.size() > 1 ? fmt::format("{} trainings", curves.size()) : curves.front().name;
  return {{.name = "loss",
           .title = fmt::format("Loss, {}", what),
           .caption = "Mean of each epoch's training images, as augmented.",
           .drawing = loss.take()},
          {.name = "accuracy",
           .title = fmt::format("Accuracy, {}", what),
           .caption = "Top-1 of the training images as augmented, and of those held out, as they are.",
           .drawing = top1.take()}};
}

Result<void> write_training_charts(const fs::path& run) {
  const TrainingCurve curve = NETFIT_TRY(load_training_curve(run));
  for (const report::Chart& chart : training_charts(std::span(&curve, 1))) {
    NETFIT_TRY(base::write_file(run / (chart.name + ".svg"), report::draw(chart)));
  }
  return {};
}

}  // namespace netfit::cli
