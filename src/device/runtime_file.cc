// SPDX-License-Identifier: Apache-2.0
#include "device/runtime_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "device/digest.h"
#include "device/names.h"
#include "device/table_reader.h"

namespace netfit::device {
namespace {

// A share of the peak above 1 exists: Winograd's transform saves multiplications.
constexpr Range kEfficiency{1e-5, 4};
constexpr Range kCycles{0, 1e7};
constexpr Range kBytes{0, 1e10};
constexpr Range kShare{0, 1};
constexpr Range kTile{1, 1024};

template <typename T, typename U>
void assign(T& field, const std::optional<U>& read) {
  if (read) field = static_cast<T>(*read);
}

void read_identity(TableReader& root, Runtime& runtime) {
  assign(runtime.name, root.text("name"));
  if (!runtime.name.empty() && !is_name(runtime.name)) {
    root.fault("name", fmt::format("is '{}', {}", runtime.name, kNameRule));
  }
  assign(runtime.title, root.text("title"));
  assign(runtime.version, root.text("version"));
  runtime.isas = root.texts("isas");
  if (root.has("isas") && runtime.isas.empty()) root.fault("isas", "names no instruction set");
  for (const std::string& word : root.texts("arithmetic")) {
    if (const std::optional<DType> dtype = find_arithmetic(word)) {
      runtime.arithmetic.push_back(*dtype);
    } else {
      root.fault("arithmetic", fmt::format("has '{}' (allowed: {})", word, kArithmeticNames));
    }
  }
  if (root.has("arithmetic") && runtime.arithmetic.empty()) root.fault("arithmetic", "names no type");
}

void read_abilities(TableReader& root, Runtime& runtime) {
  assign(runtime.float16_weights, root.flag("float16_weights"));
  assign(runtime.dynamic_range, root.flag("dynamic_range"));
  assign(runtime.float32_as_float16, root.flag("float32_as_float16"));
  assign(runtime.in_place, root.flag("in_place"));
  runtime.fused_activations = root.texts("fused_activations");
  assign(runtime.parallel_share, root.number("parallel_share", kShare));
}

void read_overhead(TableReader reader, Runtime& runtime) {
  assign(runtime.layer_overhead_cycles, reader.quantity("per_layer", cycle_units(), kCycles));
  assign(runtime.code_bytes, reader.quantity("code", byte_units(), kBytes));
  assign(runtime.code_bytes_per_layer, reader.quantity("code_per_layer", byte_units(), kBytes));
  assign(runtime.code_bytes_per_channel, reader.quantity("code_per_channel", byte_units(), kBytes));
  assign(runtime.ram_bytes, reader.quantity("ram", byte_units(), kBytes));
  assign(runtime.ram_bytes_per_layer, reader.quantity("ram_per_layer", byte_units(), kBytes));
  reader.finish();
}

void read_tiles(TableReader reader, Runtime& runtime) {
  for (const std::string& key : reader.keys()) {
    const std::optional<DType> dtype = find_arithmetic(key);
    std::optional<TableReader> table = reader.table(key);
    if (!dtype) {
      reader.fault(key, fmt::format("is no type of arithmetic (allowed: {})", kArithmeticNames));
    } else if (table) {
      Tile& tile = runtime.tiles[*dtype];
      assign(tile.pixels, table->integer("pixels", kTile));
      assign(tile.channels, table->integer("channels", kTile));
      table->finish();
    }
  }
}

void read_shares(TableReader reader, std::map<KernelClass, double>& shares) {
  std::vector<std::string> known;
  for (const KernelClass kernel : kernel_classes()) known.emplace_back(name(kernel));
  for (const std::string& key : reader.keys()) {
    const std::optional<KernelClass> kernel = find_kernel_class(key);
    if (!kernel) {
      const std::optional<std::string> nearest = base::nearest_word(key, known);
      reader.fault(key, nearest ? fmt::format("is no kind of kernel, did you mean '{}'?", *nearest)
                                : fmt::format("is no kind of kernel (allowed: {})", base::join(known, ", ")));
    } else if (const std::optional<double> share = reader.number(key, kEfficiency)) {
      shares[*kernel] = *share;
    }
  }
}

void read_efficiency(TableReader reader, Runtime& runtime) {
  for (const std::string& key : reader.keys()) {
    const std::optional<DType> dtype = find_arithmetic(key);
    std::optional<TableReader> shares = reader.table(key);
    if (!dtype || std::ranges::find(runtime.arithmetic, *dtype) == runtime.arithmetic.end()) {
      reader.fault(key, "is none of the types in 'arithmetic'");
    } else if (shares) {
      read_shares(*std::move(shares), runtime.efficiency[*dtype]);
    }
  }
  for (const DType dtype : runtime.arithmetic) {
    if (!reader.has(arithmetic_name(dtype))) {
      reader.fault(arithmetic_name(dtype), "is missing, and 'arithmetic' names it");
    }
  }
}

}  // namespace

Runtime read_runtime(const TomlNode& node, FileFaults& faults) {
  TableReader root(node, "", faults);
  Runtime runtime;
  read_identity(root, runtime);
  read_abilities(root, runtime);
  if (std::optional<TableReader> overhead = root.table("overhead")) read_overhead(*std::move(overhead), runtime);
  if (std::optional<TableReader> shares = root.table("efficiency")) read_efficiency(*std::move(shares), runtime);
  if (root.has("tiles")) {
    if (std::optional<TableReader> tiles = root.table("tiles")) read_tiles(*std::move(tiles), runtime);
  }
  root.finish();
  runtime.hash = digest(runtime);
  return runtime;
}

Result<Runtime> parse_runtime(std::string_view text, const std::string& file) {
  const TomlNode root = NETFIT_TRY(parse_toml(text, file));
  FileFaults faults(file);
  Runtime runtime = read_runtime(root, faults);
  NETFIT_TRY(faults.result());
  return runtime;
}

}  // namespace netfit::device
