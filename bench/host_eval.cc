// SPDX-License-Identifier: Apache-2.0
// CPU time per image of our fast executor beside LiteRT's, in one process.
//
// A busy machine makes wall time useless, and speed drifts from minute to minute. So every contestant is alive from the
// start, they take turns in an order that rotates from round to round, and CPU time of the whole process is read around
// each turn. The minimum over the rounds is the least disturbed figure; the median says how far that is from typical.
// LiteRT gets two threads and its best batch of several, as anyone would give it who measures it.
#include <algorithm>
#include <filesystem>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <time.h>

#include "exec/fast.h"
#include "exec/litert/session.h"
#include "exec/runtime.h"
#include "formats/catalog.h"
#include "interp/interpreter.h"
#include "passes/pipelines.h"

namespace netfit {
namespace {

namespace fs = std::filesystem;

constexpr int kThreads = 2;

struct Arguments {
  std::vector<std::string> models;
  std::string site_packages;
  int rounds = 12;
  std::int64_t images = 160;
  bool json = false;
  bool sweep = false;
};

struct Contestant {
  std::string name;
  bool is_litert = false;
  std::unique_ptr<exec::Executor> executor;
  std::vector<double> milliseconds;  // CPU time per image, one for each round

  double least() const { return *std::ranges::min_element(milliseconds); }
  double median() const {
    std::vector<double> sorted = milliseconds;
    std::ranges::sort(sorted);
    return sorted[sorted.size() / 2];
  }
};

struct Network {
  ir::Graph graph;
  base::Bytes tflite;
  ir::Graph tflite_graph;
  std::string type;
};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Result<ir::Graph> import(std::span<const std::byte> bytes, const fs::path& path) {
  ir::Graph graph = NETFIT_TRY(formats::read(bytes, path));
  NETFIT_TRY(passes::canonicalize(graph));
  return graph;
}

// What LiteRT runs is the file itself, or what our exporter makes of a file of another format.
Result<Network> load(const fs::path& path) {
  Network network;
  network.tflite = NETFIT_TRY(base::read_file(path));
  network.graph = NETFIT_TRY(import(network.tflite, path));
  NETFIT_TRY(passes::optimize(network.graph));
  if (path.extension() != ".tflite") {
    const formats::Format* format = NETFIT_TRY(formats::format_for("model.tflite"));
    network.tflite = NETFIT_TRY(format->write(network.graph));
  }
  network.tflite_graph = NETFIT_TRY(import(network.tflite, "model.tflite"));
  const auto is_i8 = [&](ir::ValueId id) { return network.graph.value(id).dtype == DType::Int8; };
  network.type = std::ranges::any_of(network.graph.values(), is_i8) ? "int8" : "float32";
  return network;
}

// Bytes or small reals without a pattern; what is computed does not depend on them.
Tensor make_input(const ir::Value& value, std::int64_t images) {
  Tensor tensor(value.dtype, value.shape.with_dim(0, images));
  std::uint32_t state = 1;
  const auto next = [&] { return (state = state * 1664525U + 1013904223U) >> 8; };
  if (value.dtype == DType::Float32) {
    for (float& element : tensor.mutable_data<float>()) element = static_cast<float>(next() % 4000) / 1000.0F - 2.0F;
  } else {
    for (std::byte& byte : tensor.mutable_bytes()) byte = static_cast<std::byte>(next());
  }
  return tensor;
}

Result<Contestant> make_ours(const Network& network, exec::FastBackend backend, std::int64_t batch) {
  Contestant contestant;
  contestant.executor = NETFIT_TRY(exec::create_fast_on(
      network.graph, {.backend = backend, .batch = batch, .threads = kThreads}, interp::make_node_runner()));
  contestant.name = contestant.executor->name();
  if (batch > 0) contestant.name += fmt::format(", batch {}", batch);
  for (const std::string& node : contestant.executor->fallback_nodes()) {
    fmt::print(stderr, "note: {} runs {} in the interpreter\n", contestant.name, node);
  }
  return contestant;
}

Result<Contestant> make_litert(const Network& network, const exec::RuntimeLibrary& library, std::int64_t batch) {
  const auto shared = NETFIT_TRY(exec::litert::load(library, network.tflite, network.tflite_graph));
  std::vector<std::unique_ptr<exec::Session>> sessions;
  sessions.push_back(NETFIT_TRY(exec::litert::create_session(shared, {.batch = batch, .threads = kThreads})));
  Contestant contestant;
  contestant.name = fmt::format("litert {}, batch {}", library.version, batch);
  contestant.is_litert = true;
  contestant.executor =
      NETFIT_TRY(exec::create_parallel(network.tflite_graph, std::move(sessions), {.name = contestant.name}));
  return contestant;
}

Result<std::vector<Contestant>> make_contestants(const Network& network, const Arguments& arguments,
                                                 const exec::RuntimeLibrary& library) {
  std::vector<Contestant> contestants;
  contestants.push_back(NETFIT_TRY(make_ours(network, exec::choose_backend(network.graph), 0)));
  for (const std::int64_t batch : {1, 4, 8, 16}) {
    contestants.push_back(NETFIT_TRY(make_litert(network, library, batch)));
    if (!arguments.sweep) continue;
    contestants.push_back(NETFIT_TRY(make_ours(network, exec::FastBackend::OneDnn, batch)));
    contestants.push_back(NETFIT_TRY(make_ours(network, exec::FastBackend::Xnnpack, batch)));
  }
  return contestants;
}

Result<void> take_turns(std::vector<Contestant>& contestants, const std::vector<Tensor>& inputs,
                        const Arguments& arguments) {
  // Round -1 warms up and is not counted.
  for (int round = -1; round < arguments.rounds; ++round) {
    for (std::size_t turn = 0; turn < contestants.size(); ++turn) {
      Contestant& contestant = contestants[(turn + static_cast<std::size_t>(round + 1)) % contestants.size()];
      const double before = cpu_seconds();
      NETFIT_TRY(contestant.executor->run(inputs, base::no_progress()));
      const double spent = cpu_seconds() - before;
      if (round >= 0) contestant.milliseconds.push_back(spent * 1e3 / static_cast<double>(arguments.images));
    }
  }
  return {};
}

Result<nlohmann::ordered_json> compare(const fs::path& path, const Arguments& arguments,
                                       const exec::RuntimeLibrary& library) {
  const Network network = NETFIT_TRY(load(path));
  std::vector<Contestant> contestants = NETFIT_TRY(make_contestants(network, arguments, library));
  std::vector<Tensor> inputs;
  for (const ir::GraphInput& input : network.graph.inputs) {
    inputs.push_back(make_input(network.graph.value(input.value), arguments.images));
  }
  NETFIT_TRY(take_turns(contestants, inputs, arguments));

  const Contestant* litert = nullptr;
  for (const Contestant& contestant : contestants) {
    if (contestant.is_litert && (litert == nullptr || contestant.least() < litert->least())) litert = &contestant;
  }
  nlohmann::ordered_json answer{{"model", path.filename().string()}, {"type", network.type}, {"contestants", {}}};
  answer["ratio"] = litert->least() / contestants.front().least();
  answer["ratio_of_medians"] = litert->median() / contestants.front().median();
  for (const Contestant& contestant : contestants) {
    answer["contestants"].push_back({{"name", contestant.name},
                                     {"cpu_ms_per_image_min", contestant.least()},
                                     {"cpu_ms_per_image_median", contestant.median()},
                                     {"ratio_to_best_litert", litert->least() / contestant.least()}});
  }
  return answer;
}

void print_table(const nlohmann::ordered_json& answer) {
  fmt::print("{}, {}\n  {:<40} {:>10} {:>10} {:>8}\n", answer["model"].get<std::string>(),
             answer["type"].get<std::string>(), "CPU time per image", "min ms", "median ms", "ratio");
  for (const nlohmann::ordered_json& contestant : answer["contestants"]) {
    fmt::print("  {:<40} {:>10.4f} {:>10.4f} {:>8.2f}\n", contestant["name"].get<std::string>(),
               contestant["cpu_ms_per_image_min"].get<double>(), contestant["cpu_ms_per_image_median"].get<double>(),
               contestant["ratio_to_best_litert"].get<double>());
  }
}

Result<void> run(const Arguments& arguments) {
  const std::vector<fs::path> sites{arguments.site_packages};
  const exec::RuntimeLibrary library = NETFIT_TRY(exec::find_litert(sites));
  nlohmann::ordered_json answers = nlohmann::ordered_json::array();
  for (const std::string& model : arguments.models) {
    answers.push_back(NETFIT_TRY(located(compare(model, arguments, library), model)));
    if (!arguments.json) print_table(answers.back());
  }
  if (arguments.json)
    fmt::print("{}\n", nlohmann::ordered_json{{"rounds", arguments.rounds}, {"networks", answers}}.dump());
  return {};
}

}  // namespace
}  // namespace netfit

int main(int argc, char** argv) {
  netfit::Arguments arguments;
  CLI::App app("CPU time per image of the fast executor beside LiteRT (2 threads, its best batch)");
  app.add_option("models", arguments.models, "model files, .onnx or .tflite")->required()->check(CLI::ExistingFile);
  app.add_option("--site-packages", arguments.site_packages, "folder that holds LiteRT's Python package")->required();
  app.add_option("--rounds", arguments.rounds, "turns of each contestant")->check(CLI::Range(8, 1000));
  app.add_option("--images", arguments.images, "images in each turn")->check(CLI::Range(1, 100000));
  app.add_flag("--sweep", arguments.sweep, "also both of our backends at several batches");
  app.add_flag("--json", arguments.json, "one JSON object instead of tables");
  CLI11_PARSE(app, argc, argv);
  const netfit::Result<void> result = netfit::run(arguments);
  if (result) return 0;
  fmt::print(stderr, "{}\n", result.error().text());
  return 1;
}
