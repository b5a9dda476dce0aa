// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/estimate_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/answers/memory_text.h"
#include "cli/answers/table.h"

namespace netfit::cli {
namespace {

// Three or four significant digits: more would pretend.
std::string rounded(double value) {
  if (value >= 1000) return grouped(static_cast<std::int64_t>(std::llround(value)));
  return value >= 100  ? fmt::format("{:.0f}", value)
         : value >= 10 ? fmt::format("{:.1f}", value)
         : value >= 1  ? fmt::format("{:.2f}", value)
                       : fmt::format("{:.3g}", value);
}

std::string in_kib(double bytes) { return fmt::format("{:.1f}", bytes / 1024); }

// "title: words", broken between words where a line would pass 100 columns.
void print_wrapped(std::FILE* out, std::string_view title, const std::string& words) {
  constexpr std::size_t kWidth = 100;
  std::string line = fmt::format("{}:", title);
  for (const std::string& word : base::split(base::printable(words, 1000), ' ')) {
    if (line.size() + 1 + word.size() > kWidth) {
      fmt::print(out, "{}\n", line);
      line = " ";
    }
    line += " " + word;
  }
  fmt::print(out, "{}\n", line);
}

struct Line {
  Quantity quantity;
  const char* title;
  const char* unit;
  std::string (*text)(double value);
};
constexpr std::array kPredictions{
    Line{Quantity::Latency, "latency", "ms", &rounded},
    Line{Quantity::Energy, "energy", "mJ", &rounded},
    Line{Quantity::PeakRam, "peak RAM", "KiB", &in_kib},
    Line{Quantity::Flash, "flash", "KiB", &in_kib},
};

void print_predictions(std::FILE* out, const cost::Estimate& estimate) {
  Table table({{"figure"}, {"value", Align::Right}, {"unit"}, {"90 % interval", Align::Right}, {"source"}});
  for (const Line& line : kPredictions) {
    const Reading* reading = estimate.find(line.quantity);
    if (reading == nullptr) continue;
    table.add({line.title, line.text(reading->value), line.unit,
               fmt::format("{} to {}", line.text(reading->low), line.text(reading->high)),
               std::string(base::name(reading->source))});
  }
  fmt::print(out, "{}", table.text());
  for (const Line& line : kPredictions) {
    const Reading* reading = estimate.find(line.quantity);
    if (reading != nullptr && !reading->note.empty()) print_wrapped(out, line.title, reading->note);
  }
  for (const cost::Estimate::Missing& missing : estimate.unavailable) {
    print_wrapped(out, base::name(missing.quantity), "unavailable: " + missing.reason);
  }
}

void print_counts(std::FILE* out, const cost::Estimate& estimate) {
  const auto count = [&](Quantity quantity) {
    const Reading* reading = estimate.find(quantity);
    return reading == nullptr ? 0 : static_cast<std::int64_t>(std::min(reading->value, 0x1p62));
  };
  if (estimate.plan.arena_bytes > 0) {
    fmt::print(out, "arena {} bytes (no plan needs less than {})\n", grouped(estimate.plan.arena_bytes),
               grouped(estimate.plan.lower_bound_bytes));
  }
  fmt::print(out, "MACs {}, params {}, weights {} bytes, {} kernels\n", grouped(count(Quantity::Macs)),
             grouped(count(Quantity::Params)), grouped(estimate.weight_bytes), estimate.layers.size());
}

void print_regions(std::FILE* out, const cost::Estimate& estimate) {
  Table table({{"region"}, {"used KiB", Align::Right}, {"of KiB", Align::Right}, {"fits"}, {"holds"}});
  for (const cost::RegionUse& region : estimate.regions) {
    table.add({region.region, in_kib(static_cast<double>(region.used_bytes)),
               in_kib(static_cast<double>(region.capacity_bytes)), region.fits ? "yes" : "NO",
               region.holds.empty() ? "-" : base::join(region.holds, ", ")});
  }
  fmt::print(out, "\n{}", table.text());
}

void print_layers(std::FILE* out, const cost::Estimate& estimate) {
  const Reading* latency = estimate.find(Quantity::Latency);
  Table table({{"layer"},
               {"op"},
               {"MACs", Align::Right},
               {"ms", Align::Right},
               {"bound"},
               {"of peak %", Align::Right},
               {"share %", Align::Right},
               {"live KiB", Align::Right}});
  for (const cost::LayerCost& layer : estimate.layers) {
    const bool timed = latency != nullptr && latency->value > 0;
    table.add({layer.name, layer.op, grouped(layer.macs), timed ? fmt::format("{:.4f}", layer.latency_ms) : "-",
               timed ? std::string(cost::name(layer.bound)) : "-",
               timed ? fmt::format("{:.1f}", 100 * layer.utilisation) : "-",
               timed ? fmt::format("{:.1f}", 100 * layer.latency_ms / latency->value) : "-",
               in_kib(static_cast<double>(layer.live_bytes))});
  }
  fmt::print(out, "\n{}", table.text());
}

constexpr std::string_view kFormulae = R"(
latency of a kernel = compute + memory + overhead; of the network = their sum
  compute  = operations / (peak operations a cycle x efficiency x clock) / speed-up of the threads;
             channels are rounded up to whole vectors
  memory   = activations / bandwidth of the cache or memory that holds those of the kernel
           + weights / bandwidth of the cache or memory that holds those of the network
  overhead = cycles of a call / clock
  bound names the largest of the three
energy   = power while computing x latency
peak RAM = arena (activations, inputs, outputs) + the runtime's own + weights where they are loaded
flash    = weights + code
Peak, clock, bandwidth and power are the device's (devices/*.toml), efficiency and overhead the
runtime's (runtimes/*.toml); docs/cost-models.md says where they come from and what is left out.
)";

// Where measurements price the work of each kernel.
constexpr std::string_view kFittedFormulae = R"(
latency of a kernel = counted work (products by kind, bytes, outputs, calls) x cycles / clock, whose
                      cycles are fitted to measurements; of the network = the sum over its kernels
  compute, memory and overhead are its parts by kind of work; bound names the largest of the three
docs/cost-models.md has the kinds of work, the fit, and how its intervals are judged.
)";

}  // namespace

void print_estimate(const Estimated& answer, Detail detail, const Environment& environment) {
  std::FILE* out = environment.out;
  fmt::print(out, "{}\non {} ({}, {} at {:.0f} MHz) with {}{}{}, {} thread{}\n", base::printable(answer.model),
             base::printable(answer.device.name), base::printable(answer.device.title),
             base::printable(answer.device.core), answer.device.clock_mhz, base::printable(answer.runtime.title),
             answer.runtime.version.empty() ? "" : " ", base::printable(answer.runtime.version), answer.threads,
             answer.threads == 1 ? "" : "s");
  for (const std::string& note : answer.notes) print_wrapped(out, "note", note);
  fmt::print(out, "\n");
  print_predictions(out, answer.estimate);
  print_counts(out, answer.estimate);
  if (!answer.estimate.regions.empty()) print_regions(out, answer.estimate);
  if (detail == Detail::Totals) return;
  print_layers(out, answer.estimate);
  print_memory_use(out, answer.estimate, answer.device);
  fmt::print(out, "{}", answer.fitted ? kFittedFormulae : kFormulae);
}

}  // namespace netfit::cli
