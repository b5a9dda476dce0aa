// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include "report/formats.h"
#include "report/text.h"

namespace netfit::report {
namespace {

constexpr std::array kQuantities{Quantity::Top1,   Quantity::Latency, Quantity::PeakRam,
                                 Quantity::Arena,  Quantity::Flash,   Quantity::FileSize,
                                 Quantity::Energy, Quantity::Macs,    Quantity::Params};

// Names stay whole, but have no character that a terminal would obey.
std::string text_field(std::string_view text) { return csv_field(shown(text, std::string_view::npos)); }

// "latency_ms", "top1_percent", "macs".
std::string column(Quantity quantity) {
  std::string unit(base::unit_of(quantity));
  if (unit == "%") unit = "percent";
  if (unit.empty()) return std::string(base::name(quantity));
  std::string lower;
  for (const char c : unit) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return fmt::format("{}_{}", base::name(quantity), lower);
}

std::string header() {
  std::string line = "key,model,scheme,recipe,device,runtime,runtime_version,threads,data,images,file,fits,recommended";
  for (const Quantity quantity : kQuantities) {
    const std::string name(base::name(quantity));
    line += fmt::format(",{},{}_low,{}_high,{}_source", column(quantity), name, name, name);
  }
  return line + '\n';
}

std::string recipe_of(const store::Candidate& candidate) {
  std::string text;
  for (const store::Setting& step : candidate.recipe) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", step.name, step.value);
  }
  return text;
}

std::string figures_of(const select::Option& option) {
  std::string line;
  for (const Quantity quantity : kQuantities) {
    if (const Reading* reading = option.find(quantity)) {
      line += fmt::format(",{},{},{},{}", reading->value, reading->low, reading->high, base::name(reading->source));
    } else {
      line += ",,,," + text_field("unavailable: " + option.why_missing(quantity));
    }
  }
  return line;
}

}  // namespace

Result<std::string> write_csv(const Report& report, const WriteOptions& /*options*/) {
  std::string text = header();
  for (const DevicePart& part : report.devices) {
    const auto& choice = part.recommendation.choice;
    for (const Entry& entry : part.entries) {
      const store::Run& run = entry.run;
      for (const std::string& name :
           {entry.option.key, run.candidate.model, run.candidate.scheme, recipe_of(run.candidate), run.device.name,
            run.runtime.name, run.runtime.version}) {
        text += text_field(name) + ',';
      }
      text += fmt::format("{},{},{},{},{},{}", run.threads, text_field(run.data.name), run.data.count,
                          text_field(run.file.name), entry.lacks.empty() ? "yes" : "no",
                          choice && choice->key == entry.option.key ? "yes" : "no");
      text += figures_of(entry.option) + '\n';
    }
  }
  return text;
}

}  // namespace netfit::report
