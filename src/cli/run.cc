// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include <algorithm>
#include <exception>
#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/version.h"

namespace netfit::cli {
namespace {

constexpr int kExitBadUsage = 2;
constexpr int kExitInternal = 70;

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::BadInput:
      return 1;
    case ErrorKind::BadUsage:
      return kExitBadUsage;
    case ErrorKind::CheckFailed:
      return 3;
    case ErrorKind::MissingProgram:
      return 4;
    case ErrorKind::Interrupted:
      return 130;
  }
  return kExitInternal;
}

int report(const Error& error, const Environment& environment) {
  fmt::print(environment.err, "{}\n", error.text());
  return exit_code(error.kind());
}

// CLI11 answers --help and --version by throwing, like every fault in the flags.
int report_parse(const CLI::App& app, const CLI::ParseError& parse_error, const Environment& environment) {
  if (dynamic_cast<const CLI::CallForHelp*>(&parse_error) != nullptr) {
    const CLI::App* asked = &app;
    while (!asked->get_subcommands().empty()) asked = asked->get_subcommands().front();
    fmt::print(environment.out, "{}", asked->help());
    return 0;
  }
  if (dynamic_cast<const CLI::CallForVersion*>(&parse_error) != nullptr) {
    fmt::print(environment.out, "netfit {}\n", kVersion);
    return 0;
  }
  std::string what = parse_error.what();
  if (!what.empty()) what.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(what.front())));
  return report(Error(ErrorKind::BadUsage, base::printable(what, 400)).hint("netfit COMMAND --help lists the flags"),
                environment);
}

int report_unknown(const std::string& word, std::span<const Command* const> commands, const Environment& environment) {
  std::vector<std::string> names;
  for (const Command* command : commands) names.emplace_back(command->name);
  const std::optional<std::string> nearest = base::nearest_word(word, names);
  return report(Error(ErrorKind::BadUsage, fmt::format("unknown command '{}'{}", base::printable(word),
                                                       nearest ? fmt::format(", did you mean '{}'?", *nearest)
                                                               : "; netfit --help lists them")),
                environment);
}

int run_guarded(std::span<const Command* const> commands, std::vector<std::string> arguments,
                const Environment& environment) {
  CLI::App app("netfit fits neural networks to devices: convert, quantize, evaluate and verify CNNs.", "netfit");
  app.set_version_flag("--version", std::string(kVersion));
  app.require_subcommand(1);
  app.footer(
      "netfit COMMAND --help explains one command. Exit codes: 0 done, 1 bad input, 2 bad usage,\n"
      "3 a check fails, 4 an outside program is missing, 70 a bug in netfit, 130 interrupted.");
  std::map<const CLI::App*, Action> actions;
  for (const Command* command : commands) {
    CLI::App* sub = app.add_subcommand(std::string(command->name), std::string(command->summary));
    actions[sub] = command->set_up(*sub);
  }
  if (arguments.empty()) {
    fmt::print(environment.out, "{}", app.help());
    return kExitBadUsage;
  }
  const bool known = std::ranges::any_of(commands, [&](const Command* c) { return c->name == arguments.front(); });
  if (!known && !arguments.front().starts_with("-")) return report_unknown(arguments.front(), commands, environment);
  try {
    std::ranges::reverse(arguments);  // CLI11 takes the last argument first
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& parse_error) {
    return report_parse(app, parse_error, environment);
  }
  const Result<void> done = actions.at(app.get_subcommands().front())(environment);
  std::fflush(environment.out);
  if (!done) return report(done.error(), environment);
  if (std::ferror(environment.out) != 0)
    return report(Error(ErrorKind::BadInput, "cannot write the answer"), environment);
  return 0;
}

}  // namespace

int run(std::span<const Command* const> commands, std::vector<std::string> arguments, const Environment& environment) {
  try {
    return run_guarded(commands, std::move(arguments), environment);
  } catch (const std::exception& exception) {
    fmt::print(environment.err, "error: internal: {}\n  note: this is a bug in netfit, please report it\n",
               exception.what());
    return kExitInternal;
  }
}

}  // namespace netfit::cli
