// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "arch/family.h"
#include "cli/commands.h"
#include "formats/catalog.h"
#include "ir/op_table.h"
#include "passes/catalog.h"

namespace netfit::cli {
namespace {

void print_passes(std::FILE* out) {
  fmt::print(out, "# Passes\n\nPrinted by `netfit docs passes`. `netfit opt --passes A,B MODEL` runs them.\n\n");
  fmt::print(out, "| pass | what it does |\n|---|---|\n");
  for (const passes::PassSpec& pass : passes::catalog()) fmt::print(out, "| {} | {} |\n", pass.name, pass.summary);
}

std::string_view rule_text(ir::QuantRule rule) {
  switch (rule) {
    case ir::QuantRule::Free:
      return "its own";
    case ir::QuantRule::SameAsData:
      return "as its data";
    case ir::QuantRule::Unit:
      return "fixed, [0, 1]";
  }
  return "";
}

void print_ops(std::FILE* out) {
  fmt::print(out, "# Ops\n\nPrinted by `netfit docs ops`. docs/ir.md explains the graph they lie in.\n\n");
  fmt::print(out, "| op | what it does | inputs | parameters of an integer result |\n|---|---|---|---|\n");
  for (const ir::OpSpec* op : ir::op_table()) {
    const std::string inputs = op->inputs.most == ir::Arity::kMany ? fmt::format("{} or more", op->inputs.least)
                               : op->inputs.least == op->inputs.most
                                   ? fmt::format("{}", op->inputs.least)
                                   : fmt::format("{} or {}", op->inputs.least, op->inputs.most);
    fmt::print(out, "| {} | {} | {} | {} |\n", op->name, op->summary, inputs, rule_text(op->quant));
  }
}

void print_commands(std::FILE* out) {
  fmt::print(out, "# Commands\n\nPrinted by `netfit docs commands`.\n");
  for (const Command* command : commands()) {
    CLI::App app(std::string(command->summary), fmt::format("netfit {}", command->name));
    command->set_up(app);
    fmt::print(out, "\n## netfit {}\n\n```\n{}```\n", command->name, app.help());
    for (const CLI::App* sub : app.get_subcommands({})) {
      fmt::print(out, "\n### netfit {} {}\n\n```\n{}```\n", command->name, sub->get_name(), sub->help());
    }
  }
}

void print_formats(std::FILE* out) {
  fmt::print(out, "# Formats\n\nPrinted by `netfit docs formats`.\n\n");
  fmt::print(out, "| format | extension | read | written |\n|---|---|---|---|\n");
  for (const formats::Format& format : formats::formats()) {
    const bool whole = format.writer != nullptr;
    fmt::print(out, "| {} | {} | {} | {} |\n", format.name, format.extension, whole ? "yes" : "structure only",
               whole ? "yes" : "no");
  }
}

void print_architectures(std::FILE* out) {
  fmt::print(out,
             "# Architectures\n\nPrinted by `netfit docs architectures`. `inspect` and `estimate` take them in place "
             "of a file,\nas in `mobilenet_v2:alpha=0.35,resolution=128`.\n");
  for (const arch::Family* family : arch::families()) {
    fmt::print(out, "\n## {}\n\n{}.\n\n| parameter | meaning | default | allowed |\n|---|---|---|---|\n", family->name,
               family->summary);
    for (const arch::Parameter& parameter : family->parameters) {
      fmt::print(out, "| {} | {} | {} | {} |\n", parameter.name, parameter.summary,
                 parameter.fallback.empty() ? "that of the network" : parameter.fallback, arch::allowed(parameter));
    }
  }
}

struct Page {
  std::string_view name;
  void (*print)(std::FILE* out);
};

constexpr std::array kPages{
    Page{"architectures", &print_architectures},
    Page{"commands", &print_commands},
    Page{"formats", &print_formats},
    Page{"ops", &print_ops},
    Page{"passes", &print_passes},
};

Action set_up(CLI::App& app) {
  const auto name = std::make_shared<std::string>();
  std::vector<std::string> names;
  for (const Page& page : kPages) names.emplace_back(page.name);
  app.add_option("page", *name, "architectures, commands, formats, ops or passes")
      ->required()
      ->check(CLI::IsMember(names))
      ->type_name("PAGE");
  return [name](const Environment& environment) -> Result<void> {
    for (const Page& page : kPages) {
      if (page.name == *name) page.print(environment.out);
    }
    return {};
  };
}

}  // namespace

constinit const Command kDocs{"docs", "prints a page of the reference", &set_up};

}  // namespace netfit::cli
