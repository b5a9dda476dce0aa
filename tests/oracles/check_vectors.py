#!/usr/bin/env python3
"""Holds the numerics vectors of ../numerics against LiteRT's reference kernels: check_vectors.py

Writes each case that LiteRT can run as a .tflite file of one operator and compares every element. Prints one line for
each case that differs; the exit code is 1 if there is one.
"""
import pathlib
import sys

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from run_tflite import interpreter, run

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "numerics"))
import make_vectors  # noqa: E402

NUMPY = {"f32": np.float32, "i8": np.int8, "u8": np.uint8, "i16": np.int16, "i32": np.int32, "i64": np.int64}
TYPES = {"f32": "FLOAT32", "i4": "INT4", "i8": "INT8", "u8": "UINT8", "i16": "INT16", "i32": "INT32", "i64": "INT64"}
ACTIVATIONS = {"none": 0, "relu": 1, "relu_n1_to_1": 2, "relu6": 3}


def stored(tensor):
    if tensor.dtype != "i4":
        return np.array(tensor.data, NUMPY[tensor.dtype])
    nibbles = [x & 15 for x in tensor.data] + [0] * (len(tensor.data) % 2)
    return np.array([a | b << 4 for a, b in zip(nibbles[::2], nibbles[1::2])], np.uint8)


def add_tensor(graph, model, tensor):
    made = schema.TensorT()
    made.name, made.shape = tensor.name, list(tensor.shape)
    made.type = getattr(schema.TensorType, TYPES[tensor.dtype])
    if tensor.scales:
        made.quantization = schema.QuantizationParametersT()
        made.quantization.scale = tensor.scales
        made.quantization.zeroPoint = [tensor.zero] * len(tensor.scales)
        made.quantization.quantizedDimension = max(tensor.axis, 0)
    if tensor.constant:
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(stored(tensor).tobytes(), np.uint8)
        model.buffers.append(buffer)
        made.buffer = len(model.buffers) - 1
    graph.tensors.append(made)
    return len(graph.tensors) - 1


def options(case):
    """(operator code, options type, options, more inputs)"""
    attrs, codes = case.attrs, schema.BuiltinOperator
    activation = ACTIVATIONS[attrs.get("activation", "none")]

    def made(kind, **fields):
        table = getattr(schema, kind + "T")()
        for name, value in fields.items():
            assert hasattr(table, name), name
            setattr(table, name, value)
        return getattr(schema.BuiltinOptions, kind), table

    stride = attrs.get("stride", (1, 1))
    windowed = {"padding": 0 if case.padding == "same" else 1, "strideH": stride[0], "strideW": stride[1],
                "fusedActivationFunction": activation}
    wide = case.inputs[0].dtype == "i16" and len(case.inputs) > 2 and case.inputs[2].dtype
    bias = {"quantizedBiasType": getattr(schema.TensorType, TYPES[wide])} if wide else {}
    if case.op == "conv2d":
        h, w = attrs["dilation"]
        return codes.CONV_2D, *made("Conv2DOptions", dilationHFactor=h, dilationWFactor=w, **windowed, **bias)
    if case.op == "depthwise_conv2d":
        h, w = attrs["dilation"]
        multiplier = case.inputs[1].shape[3] // case.inputs[0].shape[3]
        return codes.DEPTHWISE_CONV_2D, *made("DepthwiseConv2DOptions", dilationHFactor=h, dilationWFactor=w,
                                              depthMultiplier=multiplier, **windowed)
    if case.op == "fully_connected":
        return codes.FULLY_CONNECTED, *made("FullyConnectedOptions", keepNumDims=True,
                                            fusedActivationFunction=activation, **bias)
    if case.op in ("average_pool2d", "max_pool2d"):
        h, w = attrs["window"]
        code = codes.AVERAGE_POOL_2D if case.op == "average_pool2d" else codes.MAX_POOL_2D
        return code, *made("Pool2DOptions", filterHeight=h, filterWidth=w, **windowed)
    if case.op in ("add", "sub"):
        kind = case.op.capitalize() + "Options"
        return getattr(codes, case.op.upper()), *made(kind, fusedActivationFunction=activation, potScaleInt16=False)
    if case.op == "mul":
        return codes.MUL, *made("MulOptions", fusedActivationFunction=activation)
    if case.op == "mean":
        return codes.MEAN, *made("ReducerOptions", keepDims=attrs["keep_dims"])
    if case.op == "softmax":
        return codes.SOFTMAX, *made("SoftmaxOptions", beta=attrs["beta"])
    if case.op == "requantize":
        return (codes.DEQUANTIZE if attrs["to"] == "f32" else codes.QUANTIZE), 0, None
    if case.op == "leaky_relu":
        return codes.LEAKY_RELU, *made("LeakyReluOptions", alpha=attrs["alpha"])
    plain = {"sigmoid": codes.LOGISTIC, "hard_swish": codes.HARD_SWISH, "relu": codes.RELU, "relu6": codes.RELU6,
             "relu_n1_to_1": codes.RELU_N1_TO_1}
    return plain[case.op], 0, None


def model_of(case):
    model, graph, operator, code = schema.ModelT(), schema.SubGraphT(), schema.OperatorT(), schema.OperatorCodeT()
    model.version, model.buffers, model.subgraphs = 3, [schema.BufferT()], [graph]
    model.operatorCodes, graph.tensors, graph.operators = [code], [], [operator]
    code.builtinCode, operator.builtinOptionsType, operator.builtinOptions = options(case)
    code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), 1
    operator.inputs = [add_tensor(graph, model, x) for x in case.inputs]
    graph.inputs = [i for i, x in zip(operator.inputs, case.inputs) if not x.constant]
    if case.op == "mean":
        axes = case.attrs["axes"]
        axes_tensor = make_vectors.Tensor("axes", "i32", (len(axes),), axes, constant=True)
        operator.inputs.append(add_tensor(graph, model, axes_tensor))
    operator.outputs = [add_tensor(graph, model, case.result)]
    graph.outputs = operator.outputs
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def check(case):
    """What is wrong, or nothing."""
    data = [stored(x).reshape(x.shape) for x in case.inputs if not x.constant]
    try:
        got = run(interpreter(True, model_content=model_of(case)), data)[0].reshape(-1)
    except (RuntimeError, ValueError) as error:
        return str(error).strip().splitlines()[-1]
    want = stored(case.result)
    wrong = np.flatnonzero(got != want)
    if len(wrong) == 0:
        return ""
    worst = wrong[np.argmax(np.abs(got[wrong].astype(float) - want[wrong]))]
    return f"{len(wrong)} of {len(want)} differ, e.g. element {worst}: LiteRT {got[worst]}, here {want[worst]}"


def main():
    checked = failed = 0
    for name, cases in make_vectors.FILES.items():
        for case in cases():
            if not case.litert:
                continue
            fault = check(case)
            checked += 1
            failed += fault != ""
            if fault:
                print(f"{name}/{case.name}: {fault}")
    print(f"{checked} cases checked, {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
