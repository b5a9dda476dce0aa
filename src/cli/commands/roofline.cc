// SPDX-License-Identifier: Apache-2.0
#include "cost/roofline.h"

#include <algorithm>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/check_writable.h"
#include "cli/commands.h"
#include "cli/flags/costing.h"
#include "cli/flags/flags.h"
#include "cli/measured.h"
#include "cli/model.h"
#include "device/catalog.h"
#include "report/chart_file.h"
#include "report/scale.h"
#include "report/text.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  CostingFlags costing;
  std::string chart;
  bool json = false;
};

Json answer_json(const cost::Roofline& roof) {
  Json json{{"peak_gmacs_s", roof.peak_gmacs_s},
            {"bandwidth_gb_s", roof.bandwidth_gb_s},
            {"memory", roof.memory},
            {"ridge_macs_per_byte", roof.ridge_intensity},
            {"source", base::name(roof.source)},
            {"layers", Json::array()}};
  for (const cost::RooflinePoint& point : roof.points) {
    json["layers"].push_back({{"name", point.name},
                              {"op", point.op},
                              {"macs", point.macs},
                              {"bytes", point.bytes},
                              {"macs_per_byte", point.intensity},
                              {"attained_gmacs_s", point.attained_gmacs_s},
                              {"roof_gmacs_s", point.roof_gmacs_s},
                              {"limit", point.memory_bound ? "memory" : "peak"}});
  }
  return json;
}

void print_text(const cost::Roofline& roof, std::FILE* out) {
  fmt::print(out, "peak {:.2f} GMAC/s, {} {:.2f} GB/s; from {:.1f} MACs for a byte on the peak limits\n\n",
             roof.peak_gmacs_s, base::printable(roof.memory), roof.bandwidth_gb_s, roof.ridge_intensity);
  Table table({{"layer"},
               {"op"},
               {"MACs", Align::Right},
               {"MAC/byte", Align::Right},
               {"GMAC/s", Align::Right},
               {"roof", Align::Right},
               {"of roof %", Align::Right},
               {"limit"}});
  for (const cost::RooflinePoint& point : roof.points) {
    table.add({point.name, point.op, grouped(point.macs), fmt::format("{:.1f}", point.intensity),
               fmt::format("{:.3g}", point.attained_gmacs_s), fmt::format("{:.3g}", point.roof_gmacs_s),
               fmt::format("{:.0f}", 100 * point.attained_gmacs_s / point.roof_gmacs_s),
               point.memory_bound ? "memory" : "peak"});
  }
  fmt::print(out,
             "{}\nGMAC/s are predicted ({}: netfit estimate has the interval). A layer above a memory roof is "
             "one\nwhose data a cache holds.\n",
             table.text(), base::name(roof.source));
}

report::Chart chart_of(const cost::Roofline& roof, const std::string& model, const std::string& device) {
  report::Chart chart{
      .name = "roofline",
      .title = fmt::format("{} on {}", report::shown(model, 60), device),
      .caption = fmt::format("Predicted speed of each layer over its MACs for each byte, and its roof: what {} "
                             "({:.3g} GB/s) and the peak ({:.3g} GMAC/s) allow there. A layer above "
                             "its roof has its data in a cache.",
                             roof.memory, roof.bandwidth_gb_s, roof.peak_gmacs_s)};
  report::ScatterChart scatter{.colors = {{"layer", 0, 0}, {"roof", 1, 0}}, .shapes = {{"layer", 0, 0}}};
  std::vector<report::Span> xs;
  std::vector<report::Span> ys;
  const auto add = [&](const std::string& name, double x, double y, std::size_t color) {
    if (!(x > 0) || !(y > 0)) return;
    xs.push_back({x, x, x});
    ys.push_back({y, y, y});
    scatter.points.push_back({.name = name, .color = color, .x = xs.back(), .y = ys.back()});
  };
  for (const cost::RooflinePoint& point : roof.points) {
    add("", point.intensity, point.roof_gmacs_s, 1);
    add(report::shown(point.name, 40), point.intensity, point.attained_gmacs_s, 0);
  }
  scatter.x = report::axis_around("MACs for each byte", xs);
  scatter.y = report::axis_around("GMAC/s", ys);
  chart.drawing = std::move(scatter);
  return chart;
}

struct Answer {
  std::string device;
  cost::Roofline roof;
};

// Of a board that is known by measurements.
Result<std::optional<Answer>> measured_roofline(const Options& options, const Model& model,
                                                const Environment& environment) {
  const CostingFlags& costing = options.costing;
  const MeasuredQuery query{costing.device, costing.runtime, costing.threads, costing.as_type, ""};
  const std::optional<MeasuredEstimate> found = NETFIT_TRY(estimate_by_measurements(query, model, environment));
  if (!found) return std::optional<Answer>();
  for (const std::string& text : found->notes) note(environment, text);
  const auto memory = std::ranges::find(found->device.regions, device::MemoryKind::Ram, &device::MemoryRegion::kind);
  if (memory == found->device.regions.end() ||
      !found->device.simd.macs_per_cycle.contains(found->estimate.arithmetic)) {
    return bad_input(fmt::format("peak and memory of '{}' are not described", found->device.name));
  }
  note(environment, found->device.remark);
  return std::optional(
      Answer{found->device.name, cost::roofline_of(found->estimate, found->device, *memory, costing.threads)});
}

Result<Answer> described_roofline(const Options& options, const Model& model, const Environment& environment) {
  const device::FoundDevice found = NETFIT_TRY(load_described_device(options.costing.device, environment));
  for (const std::string& text : found.notes) note(environment, text);
  const device::Runtime runtime =
      NETFIT_TRY(device::load_runtime(options.costing.runtime, found.device, environment.device_roots));
  const ir::Graph graph = NETFIT_TRY(deployed(model));
  cost::EstimateOptions costing = options.costing.options();
  costing.latency = measured_latency(graph, found.device, runtime, costing, environment);
  return Answer{found.device.name, NETFIT_TRY(cost::roofline(graph, found.device, runtime, costing))};
}

Result<void> run_roofline(const Options& options, const Environment& environment) {
  if (!options.chart.empty()) {
    NETFIT_TRY(report::check_chart_path(options.chart));
    NETFIT_TRY(check_writable(options.chart));
  }
  const Model model = NETFIT_TRY(load_structure(options.costing.model, environment));
  std::optional<Answer> measured = NETFIT_TRY(measured_roofline(options, model, environment));
  const Answer answer = measured ? *std::move(measured) : NETFIT_TRY(described_roofline(options, model, environment));
  if (!options.chart.empty()) {
    const std::string text = NETFIT_TRY(
        report::write_chart(chart_of(answer.roof, model.name, answer.device), options.chart, environment.vega));
    NETFIT_TRY(base::write_file(options.chart, text));
  }
  if (options.json) {
    print_json(answer_json(answer.roof), environment);
  } else {
    print_text(answer.roof, environment.out);
  }
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_costing_flags(app, options->costing,
                    "a device by name, alias or .toml file, with @CLOCK at another\n"
                    "clock; or a board of the tables of measurements");
  app.add_option("--chart", options->chart, "draws it, too")->type_name("FILE.svg|.html");
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_roofline(*options, environment); };
}

}  // namespace

constinit const Command kRoofline{"roofline", "each layer's speed against what peak and memory of a device allow",
                                  &set_up};

}  // namespace netfit::cli
