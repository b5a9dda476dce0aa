// SPDX-License-Identifier: Apache-2.0
// Recursive descent without recursion: the grammar (docs/ir.md) nests nothing. Statements are read in order, so that
// a node can only name what stands before it, which makes every parsed graph acyclic and topologically ordered.
#include "ir/parser.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include <fmt/format.h>

#include "base/text.h"
#include "ir/absent_weights.h"
#include "ir/builder.h"
#include "ir/lexer.h"
#include "ir/literal.h"
#include "ir/op_table.h"
#include "ir/type_parser.h"
#include "ir/verifier.h"

namespace netfit::ir {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  Result<Graph> run();

 private:
  Result<void> parse_header();
  Result<void> parse_input();
  Result<void> parse_output();
  Result<void> resolve_outputs();
  Result<void> parse_statement();
  Result<void> parse_preprocess();
  Result<void> parse_class_names();
  Result<void> parse_const();
  Result<Tensor> parse_elements(const TensorType& type);
  Result<void> parse_node();
  Result<Node> parse_call();
  Result<const OpSpec*> parse_op();
  Result<ValueId> parse_reference();
  Result<std::string> parse_new_name(std::string_view sigil);

  void define(ValueId id) { names_.emplace(graph_.value(id).name, id); }

  /// `item`, again after each comma, up to `close`.
  template <typename Item>
  Result<void> parse_until(std::string_view close, const Item& item) {
    if (lexer_.accept(close)) return {};
    do {
      NETFIT_TRY(item());
    } while (lexer_.accept(","));
    return lexer_.expect(close);
  }

  struct NamedOutput {
    std::string name;
    char sigil;
    Layout layout;
    std::size_t place;
  };

  Lexer lexer_;
  Graph graph_;
  std::unordered_map<std::string, ValueId> names_;
  std::vector<NamedOutput> outputs_;
  LiteralBudget budget_;
  AbsentWeights absent_;
};

Result<Graph> Parser::run() {
  NETFIT_TRY(parse_header());
  NETFIT_TRY(lexer_.expect("{"));
  while (!lexer_.accept("}")) NETFIT_TRY(parse_statement());
  if (!lexer_.at_end()) return lexer_.failure(fmt::format("expected the end of the text, {}", lexer_.found()));
  NETFIT_TRY(resolve_outputs());
  NETFIT_TRY(verify(graph_));
  return std::move(graph_);
}

Result<void> Parser::parse_header() {
  NETFIT_TRY(lexer_.expect("graph"));
  graph_.name = NETFIT_TRY(lexer_.name());
  NETFIT_TRY(lexer_.expect("("));
  NETFIT_TRY(parse_until(")", [this] { return parse_input(); }));
  NETFIT_TRY(lexer_.expect("->"));
  NETFIT_TRY(lexer_.expect("("));
  NETFIT_TRY(parse_until(")", [this] { return parse_output(); }));
  if (lexer_.at_attribute()) {
    NETFIT_TRY(lexer_.expect("weights=absent"));
    graph_.weights = Weights::Absent;
  }
  return {};
}

Result<void> Parser::parse_input() {
  std::string name = NETFIT_TRY(parse_new_name("%"));
  NETFIT_TRY(lexer_.expect(":"));
  const TensorType type = NETFIT_TRY(parse_type(lexer_));
  Value value{.name = std::move(name), .dtype = type.dtype, .shape = type.shape};
  value.quant = NETFIT_TRY(parse_quant(lexer_));
  value.range = NETFIT_TRY(parse_range(lexer_));
  const Layout layout = NETFIT_TRY(parse_layout(lexer_));
  const ValueId id = graph_.add_value(std::move(value));
  define(id);
  graph_.inputs.push_back({.value = id, .layout = layout});
  return {};
}

Result<void> Parser::parse_output() {
  NamedOutput output{.name = "", .sigil = lexer_.peek(), .layout = {}, .place = lexer_.place()};
  if (!lexer_.accept("%") && !lexer_.accept("@")) {
    return lexer_.failure(fmt::format("expected an output, as in %y, {}", lexer_.found()));
  }
  output.name = NETFIT_TRY(lexer_.name());
  output.layout = NETFIT_TRY(parse_layout(lexer_));
  outputs_.push_back(std::move(output));
  return {};
}

Result<void> Parser::resolve_outputs() {
  for (const NamedOutput& output : outputs_) {
    const auto found = names_.find(output.name);
    if (found == names_.end() || graph_.value(found->second).is_constant() != (output.sigil == '@')) {
      return lexer_.failure_at(
          output.place, fmt::format("nothing is called {}{}", output.sigil, base::printable(name_text(output.name))));
    }
    graph_.outputs.push_back({.value = found->second, .layout = output.layout});
  }
  return {};
}

Result<void> Parser::parse_statement() {
  if (lexer_.peek() == '%') return parse_node();
  const std::size_t place = lexer_.place();
  const std::string found = lexer_.found();
  const std::string_view word = lexer_.word();
  if (word == "const") return parse_const();
  if (word == "preprocess") return parse_preprocess();
  if (word == "class_names") return parse_class_names();
  return lexer_.failure_at(place, "expected a node, const, preprocess, class_names or '}', " + found);
}

Result<void> Parser::parse_preprocess() {
  const std::size_t place = lexer_.place();
  const ValueId id = NETFIT_TRY(parse_reference());
  const auto input = std::ranges::find(graph_.inputs, id, &GraphInput::value);
  if (input == graph_.inputs.end()) return lexer_.failure_at(place, "only an input of the graph has preprocessing");
  if (input->preprocessing) return lexer_.failure_at(place, "this input has preprocessing already");
  const std::vector<AttrText> fields = NETFIT_TRY(parse_attributes(lexer_));
  Result<Preprocessing> record = parse_preprocessing(fields);
  if (!record) return lexer_.failure_at(place, record.error().what());
  input->preprocessing = std::move(*record);
  return {};
}

Result<void> Parser::parse_class_names() {
  if (!graph_.class_names.empty()) return lexer_.failure("class names are given twice");
  NETFIT_TRY(lexer_.expect("["));
  return parse_until("]", [this]() -> Result<void> {
    graph_.class_names.push_back(NETFIT_TRY(lexer_.quoted()));
    return {};
  });
}

Result<void> Parser::parse_const() {
  std::string name = NETFIT_TRY(parse_new_name("@"));
  NETFIT_TRY(lexer_.expect(":"));
  const TensorType type = NETFIT_TRY(parse_type(lexer_));
  std::optional<QuantParams> quant = NETFIT_TRY(parse_quant(lexer_));
  Tensor tensor = NETFIT_TRY(parse_elements(type));
  define(graph_.add_constant(std::move(name), std::move(tensor), std::move(quant)));
  return {};
}

Result<Tensor> Parser::parse_elements(const TensorType& type) {
  const std::size_t place = lexer_.place();
  if (graph_.weights == Weights::Absent) {
    Result<Tensor> absent = absent_.create(type.dtype, type.shape);
    if (!absent) return lexer_.failure_at(place, absent.error().what());
    return absent;
  }
  NETFIT_TRY(lexer_.expect("="));
  return parse_literal(lexer_, type.dtype, type.shape, budget_);
}

Result<void> Parser::parse_node() {
  const std::size_t place = lexer_.place();
  std::string name = NETFIT_TRY(parse_new_name("%"));
  std::optional<TensorType> stated;
  std::optional<QuantParams> quant;
  std::optional<Interval> range;
  if (lexer_.accept(":")) {
    if (lexer_.peek_word() != "q" && lexer_.peek_word() != "r") stated = NETFIT_TRY(parse_type(lexer_));
    quant = NETFIT_TRY(parse_quant(lexer_));
    range = NETFIT_TRY(parse_range(lexer_));
  }
  NETFIT_TRY(lexer_.expect("="));
  Node node = NETFIT_TRY(parse_call());
  const Result<TensorType> type = infer_type(graph_, node);
  if (!type) return lexer_.failure_at(place, fmt::format("{}: {}", node.op->name, type.error().what()));
  if (stated && (stated->dtype != type->dtype || stated->shape != type->shape)) {
    return lexer_.failure_at(
        place, fmt::format("the result is stated as {} {}, but {} gives {} {}", tensor::name(stated->dtype),
                           to_string(stated->shape), node.op->name, tensor::name(type->dtype), to_string(type->shape)));
  }
  if (lexer_.peek() == '"') {
    node.name = NETFIT_TRY(lexer_.quoted());
  } else {
    node.name = name;
  }
  if (!quant) quant = implied_quant(NodeView(graph_, node), type->dtype);
  Value result{.name = std::move(name), .dtype = type->dtype, .shape = type->shape, .quant = std::move(quant)};
  result.range = range;
  const ValueId id = graph_.add_value(std::move(result));
  define(id);
  node.outputs = {id};
  graph_.add_node(std::move(node));
  return {};
}

Result<Node> Parser::parse_call() {
  const std::size_t place = lexer_.place();
  Node node;
  node.op = NETFIT_TRY(parse_op());
  NETFIT_TRY(lexer_.expect("("));
  const auto parse_argument = [&]() -> Result<void> {
    // `_` stands for an absent input; longer words beginning with it do not.
    const bool absent = lexer_.peek_word() == "_" && lexer_.accept("_");
    node.inputs.push_back(absent ? ValueId{} : NETFIT_TRY(parse_reference()));
    return {};
  };
  NETFIT_TRY(parse_until(")", parse_argument));
  const std::vector<AttrText> attributes = NETFIT_TRY(parse_attributes(lexer_));
  Result<Attrs> attrs = node.op->codec.parse(attributes);
  if (!attrs) return lexer_.failure_at(place, fmt::format("{}: {}", node.op->name, attrs.error().what()));
  node.attrs = std::move(*attrs);
  return node;
}

Result<const OpSpec*> Parser::parse_op() {
  const std::size_t place = lexer_.place();
  const std::string_view word = lexer_.word();
  if (word.empty()) return lexer_.failure(fmt::format("expected an op, {}", lexer_.found()));
  if (const OpSpec* op = find_op(word)) return op;
  std::vector<std::string> names;
  std::ranges::transform(op_table(), std::back_inserter(names), [](const OpSpec* op) { return std::string(op->name); });
  const std::optional<std::string> nearest = base::nearest_word(word, names);
  return lexer_.failure_at(place, fmt::format("unknown op '{}'{}", base::printable(word, 40),
                                              nearest ? fmt::format(", did you mean '{}'?", *nearest) : ""));
}

Result<ValueId> Parser::parse_reference() {
  const std::size_t place = lexer_.place();
  const char sigil = lexer_.peek();
  if (!lexer_.accept("%") && !lexer_.accept("@")) {
    return lexer_.failure(fmt::format("expected %value or @constant, {}", lexer_.found()));
  }
  const std::string name = NETFIT_TRY(lexer_.name());
  const std::string shown = base::printable(name_text(name));
  const auto found = names_.find(name);
  if (found == names_.end())
    return lexer_.failure_at(place, fmt::format("nothing before is called {}{}", sigil, shown));
  const char right = graph_.value(found->second).is_constant() ? '@' : '%';
  if (sigil != right) return lexer_.failure_at(place, fmt::format("{}{} is written {}{}", sigil, shown, right, shown));
  return found->second;
}

Result<std::string> Parser::parse_new_name(std::string_view sigil) {
  const std::size_t place = lexer_.place();
  NETFIT_TRY(lexer_.expect(sigil));
  std::string name = NETFIT_TRY(lexer_.name());
  if (name.empty()) return lexer_.failure_at(place, "a name is empty");
  if (names_.contains(name)) {
    return lexer_.failure_at(place, fmt::format("the name '{}' is taken", base::printable(name)));
  }
  return name;
}

}  // namespace

Result<Graph> parse(std::string_view text) { return Parser(text).run(); }

}  // namespace netfit::ir
