// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/diagnosis.h"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/figures.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShownEvidence = 5;
constexpr std::size_t kShownFindings = 3;
constexpr std::size_t kShownChannels = 12;

std::string where(const diagnose::Finding& finding) {
  if (!finding.layer.empty()) return " in '" + base::printable(finding.layer) + "'";
  if (!finding.values.empty()) return " in '" + base::printable(finding.values.front()) + "'";
  return "";
}

std::string ladder_table(const std::vector<diagnose::Rung>& ladder, std::optional<std::size_t> drop) {
  Table table({{"rung"},
               {"top-1 %", Align::Right},
               {"agreement %", Align::Right},
               {"SQNR dB", Align::Right},
               {"entropy bits", Align::Right},
               {"classes", Align::Right}});
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const diagnose::Rung& rung = ladder[i];
    const std::string title = fmt::format("{}{}", name(rung.kind), drop == i ? "  <- drops here" : "");
    if (!rung.unavailable.empty()) {
      table.add({title, "-", "-", "-", "-", "-"});
      continue;
    }
    table.add({title, rung.top1_percent ? fmt::format("{:.2f}", *rung.top1_percent) : "n/a",
               fmt::format("{:.2f}", rung.agreement_percent), fmt::format("{:.1f}", rung.sqnr_db),
               fmt::format("{:.2f}", rung.entropy_bits), fmt::format("{}", rung.classes)});
  }
  return table.text();
}

std::string evidence_line(const diagnose::Evidence& evidence) {
  std::string line = evidence.place.empty() ? "" : base::printable(evidence.place) + ": ";
  line += base::printable(evidence.what, 400);
  if (evidence.figure != 0.0)
    line += fmt::format(" {:.4g}{}{}", evidence.figure, evidence.unit.empty() ? "" : " ", evidence.unit);
  return line;
}

void print_finding(const diagnose::Finding& finding, const Environment& environment) {
  const auto line = [&](const std::string& text) { fmt::print(environment.out, "  {}\n", wrapped(text, 4)); };
  for (std::size_t i = 0; i < std::min(kShownEvidence, finding.evidence.size()); ++i) {
    line(evidence_line(finding.evidence[i]));
  }
  if (finding.evidence.size() > kShownEvidence) {
    line(fmt::format("and so {} more", finding.evidence.size() - kShownEvidence));
  }
  if (!finding.channels.empty()) {
    const std::size_t shown = std::min(kShownChannels, finding.channels.size());
    line(fmt::format(
        "channels: {}{}", fmt::join(std::span(finding.channels).first(shown), ", "),
        shown < finding.channels.size() ? fmt::format(" and {} more", finding.channels.size() - shown) : ""));
  }
  if (finding.weight > 0.0) line(fmt::format("put right, it brings back {:.1f} points", finding.weight));
}

void print_fix(const DiagnosisAnswer& answer, const Environment& environment) {
  if (!answer.not_fixed.empty()) fmt::print(environment.out, "\nnot fixed: {}\n", answer.not_fixed);
  if (!answer.fix) return;
  const FixAnswer& fix = *answer.fix;
  fmt::print(environment.out, "\n{}: {} bytes\n", fix.output, grouped(fix.bytes));
  for (const std::string& change : fix.changes) fmt::print(environment.out, "  {}\n", wrapped(change, 4));
  if (fix.top1_before && fix.top1_after) {
    fmt::print(environment.out, "  top-1 {:.2f} % before, {:.2f} % now\n", *fix.top1_before, *fix.top1_after);
  }
  fmt::print(environment.out, "  agreement {:.2f} % before, {:.2f} % now\n", fix.agreement_before, fix.agreement_after);
}

// JSON has no infinity: equal outputs have an SQNR of null.
Json finite(double number) { return std::isfinite(number) ? Json(number) : Json(nullptr); }

Json rung_json(const diagnose::Rung& rung) {
  if (!rung.unavailable.empty()) return {{"rung", name(rung.kind)}, {"unavailable", rung.unavailable}};
  return {{"rung", name(rung.kind)},
          {"top1", rung.top1_percent ? Json(*rung.top1_percent) : Json(nullptr)},
          {"agreement", rung.agreement_percent},
          {"sqnr_db", finite(rung.sqnr_db)},
          {"entropy_bits", rung.entropy_bits},
          {"classes", rung.classes}};
}

Json finding_json(const diagnose::Finding& finding) {
  const diagnose::FaultEntry& fault = diagnose::entry(finding.kind);
  Json json{{"fault", fault.name},      {"summary", fault.summary}, {"remedy", fault.remedy},
            {"layer", finding.layer},   {"values", finding.values}, {"channels", finding.channels},
            {"points", finding.weight}, {"evidence", Json::array()}};
  for (const diagnose::Evidence& evidence : finding.evidence) {
    json["evidence"].push_back({{"place", evidence.place},
                                {"what", evidence.what},
                                {"figure", finite(evidence.figure)},
                                {"unit", evidence.unit}});
  }
  return json;
}

}  // namespace

void print_diagnosis(const DiagnosisAnswer& answer, const Environment& environment) {
  const diagnose::Diagnosis& diagnosis = answer.diagnosis;
  // Rounding costs a little in every file; where nothing is wrong, nothing is pointed at.
  const bool is_healthy = diagnosis.findings.front().kind == diagnose::FaultKind::Healthy;
  fmt::print(environment.out, "{} on {} samples of {}{}\n\n{}", base::printable(answer.file), grouped(answer.samples),
             answer.data, answer.reference.empty() ? "" : ", made from " + base::printable(answer.reference),
             ladder_table(diagnosis.ladder, is_healthy ? std::nullopt : diagnosis.first_drop));
  for (const diagnose::Rung& rung : diagnosis.ladder) {
    if (!rung.unavailable.empty()) fmt::print(environment.out, "{}: {}\n", name(rung.kind), rung.unavailable);
  }
  const diagnose::Finding& first = diagnosis.findings.front();
  const diagnose::FaultEntry& fault = diagnose::entry(first.kind);
  fmt::print(environment.out, "\n{}{}: {}\n", fault.name, where(first), fault.summary);
  print_finding(first, environment);
  fmt::print(environment.out, "remedy: {}\n", fault.remedy);
  for (std::size_t i = 1; i < std::min(kShownFindings, diagnosis.findings.size()); ++i) {
    const diagnose::Finding& other = diagnosis.findings[i];
    fmt::print(environment.out, "\nelse {}{}: {}\n", diagnose::entry(other.kind).name, where(other),
               diagnose::entry(other.kind).summary);
    print_finding(other, environment);
  }
  for (const std::string& text : diagnosis.notes) note(environment, text);
  print_fix(answer, environment);
}

void print_diagnosis_object(const DiagnosisAnswer& answer, const Environment& environment) {
  Json json{{"file", answer.file},
            {"reference", answer.reference.empty() ? Json(nullptr) : Json(answer.reference)},
            {"data", answer.data},
            {"samples", answer.samples},
            {"fault", diagnose::entry(answer.diagnosis.findings.front().kind).name},
            {"ladder", Json::array()},
            {"findings", Json::array()},
            {"notes", answer.diagnosis.notes}};
  for (const diagnose::Rung& rung : answer.diagnosis.ladder) json["ladder"].push_back(rung_json(rung));
  json["first_drop"] = answer.diagnosis.first_drop ? Json(*answer.diagnosis.first_drop) : Json(nullptr);
  for (const diagnose::Finding& finding : answer.diagnosis.findings) json["findings"].push_back(finding_json(finding));
  if (!answer.not_fixed.empty()) json["not_fixed"] = answer.not_fixed;
  if (answer.fix) {
    const FixAnswer& fix = *answer.fix;
    json["fix"] = {{"output", fix.output},
                   {"bytes", fix.bytes},
                   {"changes", fix.changes},
                   {"top1_before", fix.top1_before ? Json(*fix.top1_before) : Json(nullptr)},
                   {"top1_after", fix.top1_after ? Json(*fix.top1_after) : Json(nullptr)},
                   {"agreement_before", fix.agreement_before},
                   {"agreement_after", fix.agreement_after}};
  }
  print_json(json, environment);
}

}  // namespace netfit::cli
