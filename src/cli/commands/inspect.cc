// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <memory>
#include <unordered_set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/arithmetic.h"
#include "cli/answers/making.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/commands.h"
#include "cli/flags/flags.h"
#include "cli/model.h"
#include "ir/op_spec.h"
#include "ir/ops/normalization.h"
#include "ir/ops/opaque.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string model;
  bool nodes = false;
  bool json = false;
};

struct Layer {
  std::string name;
  std::string op;
  std::string type;
  std::int64_t macs = 0;
  std::int64_t params = 0;
  std::int64_t activation_bytes = 0;
};

struct Summary {
  std::vector<Layer> layers;
  std::int64_t macs = 0;
  std::int64_t params = 0;
  std::int64_t weight_bytes = 0;
  std::map<std::string, std::int64_t> weight_types;  ///< numbers of the constants, by type
};

std::string type_text(const ir::Value& value) {
  return fmt::format("{}[{}]", tensor::name(value.dtype), fmt::join(value.shape.dims(), ","));
}

// Learned numbers only: the running statistics of a batch norm (its inputs 3 and 4) are not params.
std::int64_t count_params(const ir::NodeView& node, std::unordered_set<ir::ValueId>& seen, Summary& summary) {
  std::int64_t params = 0;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (!node.has_input(i) || !node.input(i).is_constant() || !seen.insert(node.node().inputs[i]).second) continue;
    summary.weight_bytes += node.input(i).constant->byte_count();
    summary.weight_types[std::string(tensor::name(node.input(i).dtype))] += node.input(i).shape.element_count();
    const bool statistic = &node.op() == &ir::kBatchNorm && i >= 3;
    if (!statistic) params += node.input(i).shape.element_count();
  }
  return params;
}

std::string op_text(const ir::NodeView& node) {
  if (&node.op() != &ir::kOpaque) return std::string(node.op().name);
  return fmt::format("opaque:{}", node.attrs<ir::OpaqueAttrs>().kind);
}

// What the answer begins with: where the model comes from, and whether that is all of it.
std::string origin(const Model& model) {
  std::string text = model.format;
  if (model.format != "arch") text += fmt::format(", {} bytes", grouped(std::ssize(model.bytes)));
  return model.graph.weights == ir::Weights::Present ? text : text + ", structure only";
}

Summary summarize(const ir::Graph& graph) {
  Summary summary;
  std::unordered_set<ir::ValueId> seen;
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    const ir::Work work = ir::count_work(node);
    const std::int64_t params = count_params(node, seen, summary);
    summary.layers.push_back(
        {node.node().name, op_text(node), type_text(node.output()), work.macs, params, work.bytes_written});
    summary.macs += work.macs;
    summary.params += params;
  }
  return summary;
}

Json quant_json(const ir::Value& value) {
  if (!value.quant) return nullptr;
  return {{"scales", value.quant->scales}, {"zero_points", value.quant->zero_points}, {"axis", value.quant->axis}};
}

Json port_json(const ir::Value& value, ir::Layout layout) {
  return {{"name", value.name},
          {"dtype", tensor::name(value.dtype)},
          {"shape", value.shape.dims()},
          {"layout_in_file", layout == ir::Layout::ChannelsFirst ? "channels_first" : "channels_last"},
          {"quantization", quant_json(value)}};
}

Json preprocessing_json(const ir::Preprocessing& record) {
  return {{"scale", record.scale},
          {"mean", record.mean},
          {"std", record.std},
          {"order", record.order == ir::ColorOrder::Rgb ? "rgb" : "bgr"}};
}

// What a file says of itself and a runtime makes of it; nothing for what is no file of a runtime.
struct Labels {
  std::optional<Arithmetic> arithmetic;
  std::optional<formats::MakingRecord> record;
};

Json answer_json(const Model& model, const Summary& summary, const Labels& labels) {
  Json answer{{"model", model.name},
              {"format", model.format},
              {"bytes", model.bytes.size()},
              {"weights", model.graph.weights == ir::Weights::Present ? "present" : "absent"},
              {"macs", summary.macs},
              {"params", summary.params},
              {"weight_bytes", summary.weight_bytes},
              {"weight_types", summary.weight_types},
              {"arithmetic", labels.arithmetic ? arithmetic_json(*labels.arithmetic) : Json(nullptr)},
              {"quantization", labels.record ? making_json(*labels.record) : Json(nullptr)},
              {"inputs", Json::array()},
              {"outputs", Json::array()},
              {"class_names", model.graph.class_names},
              {"layers", Json::array()}};
  for (const ir::GraphInput& input : model.graph.inputs) {
    Json port = port_json(model.graph.value(input.value), input.layout);
    port["preprocessing"] = input.preprocessing ? preprocessing_json(*input.preprocessing) : Json(nullptr);
    answer["inputs"].push_back(std::move(port));
  }
  for (const ir::GraphOutput& output : model.graph.outputs) {
    answer["outputs"].push_back(port_json(model.graph.value(output.value), output.layout));
  }
  for (const Layer& layer : summary.layers) {
    answer["layers"].push_back({{"name", layer.name},
                                {"op", layer.op},
                                {"type", layer.type},
                                {"macs", layer.macs},
                                {"params", layer.params},
                                {"activation_bytes", layer.activation_bytes}});
  }
  return answer;
}

void print_port(std::FILE* out, std::string_view role, const ir::Value& value, ir::Layout layout) {
  const std::string quant = value.quant && !value.quant->is_per_channel()
                                ? fmt::format(", real = {} * (q - {})", value.quant->scale(), value.quant->zero_point())
                                : "";
  fmt::print(out, "{} {}: {}{}{}\n", role, base::printable(value.name), type_text(value), quant,
             layout == ir::Layout::ChannelsFirst ? ", channels first in the file" : "");
}

std::string layers_table(const Summary& summary) {
  Table table({{"layer"},
               {"op"},
               {"result"},
               {"MACs", Align::Right},
               {"params", Align::Right},
               {"result bytes", Align::Right}});
  for (const Layer& layer : summary.layers) {
    table.add({layer.name, layer.op, layer.type, grouped(layer.macs), grouped(layer.params),
               grouped(layer.activation_bytes)});
  }
  return table.text();
}

void print_text(std::FILE* out, const Model& model, const Summary& summary) {
  fmt::print(out, "{} ({})\n", base::printable(model.name), origin(model));
  for (const ir::GraphInput& input : model.graph.inputs) {
    print_port(out, "input ", model.graph.value(input.value), input.layout);
    if (!input.preprocessing) continue;
    fmt::print(out, "  preprocessing: (pixel * {} - [{}]) / [{}], {}\n", input.preprocessing->scale,
               fmt::join(input.preprocessing->mean, ", "), fmt::join(input.preprocessing->std, ", "),
               input.preprocessing->order == ir::ColorOrder::Rgb ? "RGB" : "BGR");
  }
  for (const ir::GraphOutput& output : model.graph.outputs) {
    print_port(out, "output", model.graph.value(output.value), output.layout);
  }
  fmt::print(out, "MACs {} ({:.3f} M), params {}, weights {} bytes, {} layers\n", grouped(summary.macs),
             static_cast<double>(summary.macs) / 1e6, grouped(summary.params), grouped(summary.weight_bytes),
             summary.layers.size());
  const bool all_float = summary.weight_types.size() == 1 && summary.weight_types.contains("f32");
  if (!all_float && !summary.weight_types.empty()) {
    std::vector<std::string> types;
    for (const auto& [type, numbers] : summary.weight_types)
      types.push_back(fmt::format("{} {}", grouped(numbers), type));
    fmt::print(out, "stored as {}\n", fmt::join(types, ", "));
  }
}

void print_labels(std::FILE* out, const Labels& labels) {
  if (labels.record) {
    fmt::print(out, "{}", making_text(*labels.record));
  } else if (labels.arithmetic && labels.arithmetic->is_quantized()) {
    fmt::print(out, "by which scheme, ranges and samples it was quantized, the file does not tell\n");
  }
  if (labels.arithmetic) fmt::print(out, "{}", arithmetic_summary(*labels.arithmetic, labels.record));
}

Result<void> run_inspect(const Options& options, const Environment& environment) {
  const Model model = NETFIT_TRY(load_structure(options.model, environment));
  const Summary summary = summarize(model.graph);
  const Labels labels{NETFIT_TRY(arithmetic_of(model)), NETFIT_TRY(making_record_of(model))};
  if (options.nodes && !labels.arithmetic) {
    return bad_usage(
        fmt::format("--nodes does not apply to {} models, which no runtime takes as they are (allowed: "
                    ".onnx and .tflite files)",
                    model.format));
  }
  if (options.json) {
    print_json(answer_json(model, summary, labels), environment);
    return {};
  }
  print_text(environment.out, model, summary);
  print_labels(environment.out, labels);
  fmt::print(environment.out, "\n{}", options.nodes ? arithmetic_table(*labels.arithmetic) : layers_table(summary));
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("model", options->model,
                 "an .onnx, .tflite or ncnn .param file, or an architecture by name, as in\n"
                 "mobilenet_v2:alpha=0.35,resolution=128 ('netfit docs architectures')")
      ->required()
      ->type_name("MODEL");
  app.add_flag("--nodes", options->nodes,
               "instead of the layers, each node of the file and in what its runtime computes it");
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_inspect(*options, environment); };
}

}  // namespace

constinit const Command kInspect{"inspect", "layers, MACs, params and sizes of a model, and what runs on integers",
                                 &set_up};

}  // namespace netfit::cli
