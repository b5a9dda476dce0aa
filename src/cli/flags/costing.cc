// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/costing.h"

#include <map>

#include <CLI/CLI.hpp>

namespace netfit::cli {
namespace {

const std::map<std::string, DType> kTypes{
    {"float16", DType::Float16}, {"float32", DType::Float32}, {"int8", DType::Int8}};

}  // namespace

cost::EstimateOptions CostingFlags::options() const {
  cost::EstimateOptions wanted{.threads = threads};
  if (!as_type.empty()) wanted.as_type = kTypes.at(as_type);
  return wanted;
}

void add_costing_flags(CLI::App& app, CostingFlags& flags, const std::string& devices) {
  app.add_option("model", flags.model,
                 "an .onnx or .tflite file; or structure alone: an ncnn .param,\n"
                 "or an architecture as mobilenet_v2:alpha=0.35,resolution=128")
      ->required()
      ->type_name("MODEL");
  app.add_option("--device", flags.device, devices)->required()->type_name("DEVICE");
  app.add_option("--runtime", flags.runtime, "a runtime by name or .toml file (default: the device's)")
      ->type_name("RUNTIME");
  app.add_option("--threads", flags.threads, "how many cores work on one inference")
      ->check(CLI::Range(1, 1024))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--as", flags.as_type, "costs the network as if its numbers had this type")
      ->check(CLI::IsMember({"float32", "float16", "int8"}))
      ->type_name("TYPE");
}

Result<ir::Graph> deployed(const Model& model) {
  if (model.format == "onnx") return optimized(model);
  return model.graph;
}

}  // namespace netfit::cli
