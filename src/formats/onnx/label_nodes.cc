// SPDX-License-Identifier: Apache-2.0
// ONNX Runtime replaces an op between DequantizeLinear and QuantizeLinear by one on integers where the types go
// together. On x86-64 it first turns signed activations into unsigned ones, but only where the integers have a single
// reader; what several nodes read, and what enters or leaves the graph as integers, stays signed. Convolutions need
// unsigned data and results, other ops the same type on all sides.
#include "formats/onnx/label_nodes.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "formats/onnx/model.h"
#include "formats/onnx/tensor_proto.h"

namespace netfit::formats::onnx {
namespace {

enum class Rule { Convolution, Product, SameTypes };

struct OpRule {
  std::string_view op;
  Rule rule;
};

constexpr std::array kRules{
    OpRule{"Add", Rule::SameTypes},       OpRule{"AveragePool", Rule::SameTypes},
    OpRule{"Concat", Rule::SameTypes},    OpRule{"Conv", Rule::Convolution},
    OpRule{"Gemm", Rule::Product},        OpRule{"GlobalAveragePool", Rule::SameTypes},
    OpRule{"LeakyRelu", Rule::SameTypes}, OpRule{"MatMul", Rule::Product},
    OpRule{"MaxPool", Rule::SameTypes},   OpRule{"Mul", Rule::SameTypes},
    OpRule{"Sigmoid", Rule::SameTypes},   OpRule{"Softmax", Rule::SameTypes},
};

// What costs nothing, or stands for a constant.
constexpr std::array<std::string_view, 10> kUnlabelled{"Cast",      "Constant",       "DequantizeLinear", "Flatten",
                                                       "Identity",  "QuantizeLinear", "Reshape",          "Squeeze",
                                                       "Transpose", "Unsqueeze"};

// What may stand between stored weights and the layer that reads them.
constexpr std::array<std::string_view, 6> kBeforeWeights{"Cast",    "DequantizeLinear", "Identity",
                                                         "Reshape", "Transpose",        "Unsqueeze"};

bool starts_with_qlinear(const proto::Node& node) { return node.op_type().starts_with("QLinear"); }

// The word that the rest of the program has for a type.
std::string type_word(int data_type) {
  switch (static_cast<DataType>(data_type)) {
    case DataType::Float16:
      return "f16";
    case DataType::BFloat16:
      return "bf16";
    case DataType::Double:
      return "f64";
    case DataType::Int4:
      return "i4";
    default:
      break;
  }
  const std::optional<DType> dtype = dtype_for(data_type);
  return dtype ? std::string(tensor::name(*dtype)) : data_type_name(data_type);
}

class Labeller {
 public:
  explicit Labeller(const Model& model) : graph_(model.graph()), order_(model.order) {
    for (const proto::Tensor& tensor : graph_.initializer()) constants_[tensor.name()] = &tensor;
    for (const proto::ValueInfo& output : graph_.output()) outputs_.insert(output.name());
    for (const proto::Node& node : graph_.node()) {
      for (const std::string& output : node.output()) producers_[output] = &node;
      for (const std::string& input : node.input()) readers_[input].push_back(&node);
      if (node.op_type() != "Constant") continue;
      for (const proto::Attribute& attribute : node.attribute()) {
        if (attribute.has_t()) constants_[node.output(0)] = &attribute.t();
      }
    }
  }

  std::vector<NodeLabel> label() {
    std::vector<NodeLabel> labels;
    for (const int index : order_) {
      const proto::Node& node = graph_.node(index);
      if (std::ranges::find(kUnlabelled, node.op_type()) != kUnlabelled.end() || is_absorbed(node)) continue;
      NodeLabel label{.node = node.name().empty() ? node.output(0) : node.name(), .op = node.op_type()};
      const auto rule = std::ranges::find(kRules, node.op_type(), &OpRule::op);
      label.is_layer = (rule != kRules.end() && rule->rule != Rule::SameTypes) || node.op_type() == "QLinearConv" ||
                       node.op_type() == "QLinearMatMul";
      if (starts_with_qlinear(node)) {
        label.computes = Computes::Integer;
      } else if (node.op_type().ends_with("Integer")) {
        label.computes = Computes::Hybrid;
        label.is_layer = true;
      } else {
        label.reason = rule == kRules.end() ? "no form on integers" : why_float(node, rule->rule);
        if (label.reason.empty()) label.computes = Computes::Integer;
      }
      if (label.is_layer) add_weights(node, label);
      labels.push_back(std::move(label));
    }
    return labels;
  }

 private:
  const proto::Node* producer(const std::string& value, std::string_view op) const {
    const auto found = producers_.find(value);
    return found != producers_.end() && found->second->op_type() == op ? found->second : nullptr;
  }

  const std::vector<const proto::Node*>& readers(const std::string& value) const {
    static const std::vector<const proto::Node*> none;
    const auto found = readers_.find(value);
    return found == readers_.end() ? none : found->second;
  }

  const proto::Tensor* constant(const std::string& value) const {
    const auto found = constants_.find(value);
    return found == constants_.end() ? nullptr : found->second;
  }

  // The only element of a constant.
  std::optional<double> number(const proto::Node& node, int input) const {
    if (input >= node.input_size() || node.input(input).empty()) return std::nullopt;
    const proto::Tensor* tensor = constant(node.input(input));
    if (tensor == nullptr) return std::nullopt;
    const Result<Tensor> elements = read_tensor(*tensor);
    if (!elements || elements->element_count() != 1) return std::nullopt;
    return tensor::to_doubles(*elements).front();
  }

  // Type of the integers that a QuantizeLinear or DequantizeLinear names; without a zero point they are unsigned.
  int integer_type(const proto::Node& node) const {
    const proto::Tensor* zero_point = node.input_size() > 2 ? constant(node.input(2)) : nullptr;
    return zero_point != nullptr ? zero_point->data_type() : static_cast<int>(DataType::UInt8);
  }

  // How many nodes, and outputs of the graph, see the reals of a tensor of integers.
  std::size_t reader_count(const std::string& integers) const {
    std::size_t count = 0;
    for (const proto::Node* reader : readers(integers)) {
      if (reader->op_type() != "DequantizeLinear") {
        ++count;
        continue;
      }
      count += readers(reader->output(0)).size() + (outputs_.contains(reader->output(0)) ? 1 : 0);
    }
    return count;
  }

  // The type in which the runtime keeps integers; `node` is the QuantizeLinear or DequantizeLinear that says theirs.
  int kept_type(const std::string& integers, const proto::Node& node) const {
    const int type = integer_type(node);
    const bool turns = type == static_cast<int>(DataType::Int8) && producer(integers, "QuantizeLinear") != nullptr &&
                       !outputs_.contains(integers) && reader_count(integers) == 1;
    return turns ? static_cast<int>(DataType::UInt8) : type;
  }

  // The constant behind widening and reordering. Nodes form no cycle, so this ends.
  const proto::Tensor* stored(const std::string& value) const {
    const std::string* at = &value;
    while (constant(*at) == nullptr) {
      const auto producer = producers_.find(*at);
      if (producer == producers_.end() || producer->second->input_size() == 0 ||
          std::ranges::find(kBeforeWeights, producer->second->op_type()) == kBeforeWeights.end())
        return nullptr;
      at = &producer->second->input(0);
    }
    return constant(*at);
  }

  void add_weights(const proto::Node& node, NodeLabel& label) const {
    const int place = starts_with_qlinear(node) ? 3 : 1;
    const proto::Tensor* weights = place < node.input_size() ? stored(node.input(place)) : nullptr;
    if (weights == nullptr) return;
    const Result<Shape> shape =
        Shape::create(std::vector<std::int64_t>(weights->dims().begin(), weights->dims().end()));
    label.weights = type_word(weights->data_type());
    if (shape) label.weight_count = shape->element_count();
  }

  bool is_weights(const std::string& value) const {
    const proto::Node* widening = producer(value, "DequantizeLinear");
    return constant(value) != nullptr || (widening != nullptr && constant(widening->input(0)) != nullptr);
  }

  // The types of the data of a node; none for what is float.
  std::vector<std::optional<int>> data_types(const proto::Node& node) const {
    std::vector<std::optional<int>> types;
    for (const std::string& input : node.input()) {
      if (input.empty() || is_weights(input)) continue;
      const proto::Node* dequantize = producer(input, "DequantizeLinear");
      types.push_back(dequantize == nullptr ? std::nullopt
                                            : std::optional(kept_type(dequantize->input(0), *dequantize)));
    }
    return types;
  }

  const proto::Node* only_reader(const std::string& value) const {
    const std::vector<const proto::Node*>& all = readers(value);
    return all.size() == 1 && !outputs_.contains(value) ? all.front() : nullptr;
  }

  // The QuantizeLinear behind a node, also behind a clamp that it makes superfluous.
  const proto::Node* quantize_behind(const proto::Node& node) const {
    const proto::Node* reader = only_reader(node.output(0));
    if (reader != nullptr && is_absorbed(*reader)) reader = only_reader(reader->output(0));
    return reader != nullptr && reader->op_type() == "QuantizeLinear" ? reader : nullptr;
  }

  // A Relu or Clip whose limits the integers behind cannot exceed.
  bool is_absorbed(const proto::Node& node) const {
    const bool relu = node.op_type() == "Relu";
    if (!relu && node.op_type() != "Clip") return false;
    const proto::Node* quantize = only_reader(node.output(0));
    if (quantize == nullptr || quantize->op_type() != "QuantizeLinear") return false;
    // Between DequantizeLinear and QuantizeLinear it is a node by itself.
    if (producer(node.input(0), "DequantizeLinear") != nullptr) return false;
    const std::optional<double> scale = number(*quantize, 1);
    const double zero_point = number(*quantize, 2).value_or(0.0);
    const std::optional<DType> dtype = dtype_for(integer_type(*quantize));
    if (!scale || !dtype || !tensor::is_integer(*dtype)) return false;
    const auto low = static_cast<double>(tensor::lowest(*dtype)) - zero_point;
    const auto high = static_cast<double>(tensor::highest(*dtype)) - zero_point;
    if (relu) return low == 0.0;
    const double infinity = std::numeric_limits<double>::infinity();
    const auto limit = [&](int input, double otherwise) {
      return static_cast<float>(number(node, input).value_or(otherwise));
    };
    const auto step = static_cast<float>(*scale);
    return limit(1, -infinity) <= step * static_cast<float>(low) &&
           step * static_cast<float>(high) <= limit(2, infinity);
  }

  std::string why_float(const proto::Node& node, Rule rule) const {
    const std::vector<std::optional<int>> types = data_types(node);
    const auto is_float = [](const std::optional<int>& type) { return !type.has_value(); };
    if (types.empty() || std::ranges::any_of(types, is_float)) return "its data are float";
    if (rule != Rule::SameTypes) {
      const std::string fault = fault_of_weights(node);
      if (!fault.empty()) return fault;
    }
    for (const std::optional<int> type : types) {
      if (*type != static_cast<int>(DataType::Int8) && *type != static_cast<int>(DataType::UInt8)) {
        return "its data are " + data_type_name(*type);
      }
    }
    const proto::Node* quantize = quantize_behind(node);
    if (quantize == nullptr) return rule == Rule::Product ? "" : "its result is not quantized";
    const int result = kept_type(quantize->output(0), *quantize);
    if (rule == Rule::Convolution) {
      if (*types.front() == static_cast<int>(DataType::Int8))
        return "its data stay signed: several readers, or an input";
      if (result == static_cast<int>(DataType::Int8)) return "its result stays signed: several readers, or an output";
    }
    const bool same = std::ranges::all_of(types, [&](std::optional<int> type) { return *type == result; });
    return same ? "" : "its data and result differ in sign";
  }

  std::string fault_of_weights(const proto::Node& node) const {
    const proto::Node* widening = node.input_size() > 1 ? producer(node.input(1), "DequantizeLinear") : nullptr;
    if (widening == nullptr) return "its weights are float";
    const proto::Tensor* stored = constant(widening->input(0));
    if (stored == nullptr) return "its weights are computed";
    if (stored->data_type() != static_cast<int>(DataType::Int8) &&
        stored->data_type() != static_cast<int>(DataType::UInt8)) {
      return "its weights are " + data_type_name(stored->data_type());
    }
    const proto::Tensor* scale = constant(widening->input(1));
    const bool per_channel = scale != nullptr && scale->dims_size() > 0 && scale->dims(0) > 1;
    return node.op_type() == "MatMul" && per_channel ? "its weights have a scale per channel" : "";
  }

  const proto::Graph& graph_;
  const std::vector<int>& order_;
  std::unordered_map<std::string, const proto::Tensor*> constants_;
  std::unordered_map<std::string, const proto::Node*> producers_;
  std::unordered_map<std::string, std::vector<const proto::Node*>> readers_;
  std::unordered_set<std::string> outputs_;
};

}  // namespace

Result<std::vector<NodeLabel>> label_nodes(std::span<const std::byte> bytes) {
  const Model model = NETFIT_TRY(load_model(bytes));
  return Labeller(model).label();
}

}  // namespace netfit::formats::onnx
