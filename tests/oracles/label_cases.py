# SPDX-License-Identifier: Apache-2.0
"""In what ONNX Runtime computes the nodes of a file, by the graph that it dumps after its optimizations.

  label_cases.py make FOLDER      writes small files and answers.txt: file, op under test, "integer" or "float"
"""
import os
import sys
import tempfile

import ml_dtypes
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

TYPES = {
    "u8": (TensorProto.UINT8, np.uint8, 128),
    "s8": (TensorProto.INT8, np.int8, 0),
    "s16": (TensorProto.INT16, np.int16, 0),
    "s4": (TensorProto.INT4, ml_dtypes.int4, 0),
}


def optimized_ops(model):
    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.optimized_model_filepath = os.path.join(folder, "optimized.onnx")
        onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        return [node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node]


class Case:
    """A graph that grows; every method gives the name of a value."""

    def __init__(self):
        self.nodes, self.constants, self.outputs, self.names = [], [], [], 0
        self.opset = 18

    def name(self):
        self.names += 1
        return f"v{self.names}"

    def const(self, array):
        self.constants.append(numpy_helper.from_array(np.asarray(array), self.name()))
        return self.constants[-1].name

    def op(self, kind, inputs, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [self.name()], name=self.name(), **attributes))
        return self.nodes[-1].output[0]

    def quantize(self, value, kind, scale=0.05, zero_point=None):
        _, numpy_type, usual = TYPES[kind]
        self.params = [
            self.const(np.float32(scale)),
            self.const(np.array(usual if zero_point is None else zero_point, numpy_type)),
        ]
        return self.op("QuantizeLinear", [value, *self.params])

    def dequantized(self, value, kind, **params):
        return self.op("DequantizeLinear", [self.quantize(value, kind, **params), *self.params])

    def weights(self, shape, kind="s8", channels=True):
        scale = np.full(shape[0], 0.01, np.float32) if channels else np.float32(0.01)
        zero = np.zeros(shape[0] if channels else (), TYPES[kind][1])
        if kind == "s4":
            self.opset = 21
        stored = self.const((np.arange(np.prod(shape)) % 8).reshape(shape).astype(TYPES[kind][1]))
        return self.op("DequantizeLinear", [stored, self.const(scale), self.const(zero)], **({"axis": 0} if channels else {}))

    def read_again(self, value):
        self.outputs.append((self.op("Tanh", [value]), TensorProto.FLOAT))

    def result(self, value, element_type=TensorProto.FLOAT):
        self.outputs.append((value, element_type))

    def model(self, shape):
        graph = helper.make_graph(
            self.nodes,
            "case",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(name, kind, None) for name, kind in self.outputs],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)],
                                  ir_version=9 if self.opset < 21 else 10)
        return model.SerializeToString()


def layer(case, data, kind, weights):
    if kind == "Conv":
        return case.op("Conv", [data, weights], pads=[1, 1, 1, 1])
    return case.op(kind, [data, weights], **({"transB": 1} if kind == "Gemm" else {}))


def layer_case(kind, taken, given, again_in=False, again_out=False, weights="s8", channels=True, clamp=None, end="real", **params):
    case = Case()
    data = case.dequantized("x", taken)
    if again_in:
        case.read_again(data)
    shape = (8, 8, 3, 3) if kind == "Conv" else (8, 8)
    value = layer(case, data, kind, case.weights(shape, weights, channels))
    if clamp == "relu":
        value = case.op("Relu", [value])
    if clamp == "relu6":
        value = case.op("Clip", [value, case.const(np.float32(0)), case.const(np.float32(6))])
    if end == "float":
        case.result(value)
    elif end == "integers":
        case.result(case.quantize(value, given, **params), TYPES[given][0])
    else:
        value = case.dequantized(value, given, **params)
        if again_out:
            case.read_again(value)
        case.result(value)
    return kind, case.model((1, 8, 6, 6) if kind == "Conv" else (4, 8))


def other_case(kind, integers, again_in=False, again_out=False, **attributes):
    case = Case()
    inputs = [case.dequantized("x", integers)]
    if again_in:
        case.read_again(inputs[0])
    if kind in ("Add", "Mul", "Sub", "Concat"):
        inputs.append(case.dequantized(case.op("Neg", ["x"]), integers))
    value = case.dequantized(case.op(kind, inputs, **attributes), integers)
    if again_out:
        case.read_again(value)
    case.result(value)
    return kind, case.model((1, 8, 6, 6))


def cases():
    for integers in ("u8", "s8"):
        for again_in in (False, True):
            for again_out in (False, True):
                yield layer_case("Conv", integers, integers, again_in, again_out)
                yield layer_case("Gemm", integers, integers, again_in, again_out)
                for kind in ("Add", "Mul", "Sigmoid", "Softmax", "GlobalAveragePool"):
                    yield other_case(kind, integers, again_in, again_out)
                yield other_case("Concat", integers, again_in, again_out, axis=1)
        yield layer_case("Conv", integers, integers, end="float")
        yield layer_case("Conv", integers, integers, end="integers")
        yield layer_case("Gemm", integers, integers, end="float")
        yield layer_case("MatMul", integers, integers, channels=False)
        yield layer_case("MatMul", integers, integers)
        lowest = -128 if integers == "s8" else 0
        yield layer_case("Conv", integers, integers, clamp="relu", zero_point=lowest)
        yield layer_case("Conv", integers, integers, clamp="relu")
        for end in (4.0, 6.0, 6.02, 12.0):
            yield layer_case("Conv", integers, integers, clamp="relu6", zero_point=lowest, scale=end / 255)
        for kind in ("Sub", "HardSigmoid", "Relu"):
            yield other_case(kind, integers)
    for integers in ("u8", "s8"):
        for kind in ("Conv", "Gemm", "MatMul"):
            yield layer_case(kind, integers, integers, weights="s4", channels=kind != "MatMul")
    yield layer_case("Conv", "u8", "s8")
    yield layer_case("Conv", "s8", "u8")
    yield layer_case("Conv", "u8", "u8", weights="u8", channels=False)


def make(folder):
    with open(os.path.join(folder, "answers.txt"), "w", encoding="utf-8") as answers:
        for number, (kind, model) in enumerate(cases()):
            with open(os.path.join(folder, f"{number}.onnx"), "wb") as file:
                file.write(model)
            left = {"FusedConv": "Conv"}
            ops = [left.get(op, op) for op in optimized_ops(model)]
            answers.write(f"{number} {kind} {'float' if kind in ops else 'integer'}\n")


if __name__ == "__main__":
    make(sys.argv[2])
