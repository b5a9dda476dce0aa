#!/usr/bin/env python3
"""Writes tests/models/bad_*.tflite: a small valid file with one thing wrong each; always the same bytes.

Run with the Python of tools/setup (build/oracles/bin/python); it brings the public schema's classes.
src/formats/tflite/bad_files_test.cc says what our reader answers to each file.
"""
import copy
import pathlib
import struct

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

FOLDER = pathlib.Path(__file__).parent
TYPE = schema.TensorType
CODE = schema.BuiltinOperator
OPTIONS = schema.BuiltinOptions


def buffer(data=None):
    made = schema.BufferT()
    made.data = None if data is None else list(data)
    return made


def floats(count):
    return struct.pack(f"<{count}f", *[(i % 7 - 3) / 4 for i in range(count)])


def tensor(name, shape, kind=TYPE.FLOAT32, data=0, scales=None, zero_points=None, dimension=0):
    made = schema.TensorT()
    made.name, made.shape, made.type, made.buffer = name, list(shape), kind, data
    if scales is not None:
        made.quantization = schema.QuantizationParametersT()
        made.quantization.scale = scales
        made.quantization.zeroPoint = zero_points if zero_points is not None else [0] * len(scales)
        made.quantization.quantizedDimension = dimension
    return made


def operator(code, inputs, outputs, kind=OPTIONS.NONE, options=None):
    made = schema.OperatorT()
    made.opcodeIndex, made.inputs, made.outputs = code, inputs, outputs
    made.builtinOptionsType, made.builtinOptions = kind, options
    return made


def opcode(code):
    made = schema.OperatorCodeT()
    made.builtinCode, made.deprecatedBuiltinCode, made.version = code, min(code, 127), 1
    return made


def conv_options():
    made = schema.Conv2DOptionsT()
    made.strideW = made.strideH = 1
    made.fusedActivationFunction = schema.ActivationFunctionType.RELU
    return made


def model(tensors, operators, codes, buffers, inputs, outputs):
    made = schema.ModelT()
    made.version = 3
    graph = schema.SubGraphT()
    graph.name, graph.tensors, graph.operators = "main", tensors, operators
    graph.inputs, graph.outputs = inputs, outputs
    made.subgraphs, made.buffers, made.metadata = [graph], buffers, []
    made.operatorCodes = [opcode(code) for code in codes]
    return made


def float_model():
    """A convolution, a reshape, a fully connected layer."""
    tensors = [
        tensor("x", [1, 4, 4, 2]), tensor("w", [3, 3, 3, 2], data=1), tensor("b", [3], data=2),
        tensor("c", [1, 4, 4, 3]), tensor("shape", [2], TYPE.INT32, data=3), tensor("flat", [1, 48]),
        tensor("dense", [5, 48], data=4), tensor("y", [1, 5]),
    ]
    dense = schema.FullyConnectedOptionsT()
    operators = [
        operator(0, [0, 1, 2], [3], OPTIONS.Conv2DOptions, conv_options()),
        operator(1, [3, 4], [5], OPTIONS.ReshapeOptions, schema.ReshapeOptionsT()),
        operator(2, [5, 6], [7], OPTIONS.FullyConnectedOptions, dense),
    ]
    buffers = [buffer(), buffer(floats(54)), buffer(floats(3)), buffer(struct.pack("<2i", -1, 48)), buffer(floats(240))]
    return model(tensors, operators, [CODE.CONV_2D, CODE.RESHAPE, CODE.FULLY_CONNECTED], buffers, [0], [7])


def int8_model():
    """One convolution with weights per channel."""
    tensors = [
        tensor("x", [1, 4, 4, 2], TYPE.INT8, scales=[0.5], zero_points=[-3]),
        tensor("w", [3, 3, 3, 2], TYPE.INT8, 1, [0.25, 0.5, 0.125]),
        tensor("b", [3], TYPE.INT32, 2, [0.125, 0.25, 0.0625]),
        tensor("y", [1, 4, 4, 3], TYPE.INT8, scales=[1.0], zero_points=[7]),
    ]
    operators = [operator(0, [0, 1, 2], [3], OPTIONS.Conv2DOptions, conv_options())]
    buffers = [buffer(), buffer(range(54)), buffer(struct.pack("<3i", 1, 2, 3))]
    return model(tensors, operators, [CODE.CONV_2D], buffers, [0], [3])


def pack(made):
    builder = flatbuffers.Builder(4096)
    builder.Finish(made.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


CASES = {}


def case(base):
    """Registers a function that spoils a model, under its own name."""
    def register(function):
        made = copy.deepcopy(base())
        result = function(made, made.subgraphs[0])
        CASES[function.__name__] = pack(made) if result is None else result
        return function
    return register


def add_metadata(made, name, data):
    entry = schema.MetadataT()
    entry.name, entry.buffer = name, len(made.buffers)
    made.buffers.append(buffer(data))
    made.metadata.append(entry)


# Bytes.
VALID = pack(float_model())
CASES["empty"] = b""
CASES["short"] = VALID[:7]
CASES["truncated_quarter"] = VALID[:len(VALID) // 4]
CASES["truncated_half"] = VALID[:len(VALID) // 2]
CASES["truncated_tail"] = VALID[:-3]
CASES["identifier"] = VALID[:4] + bytes([VALID[4] ^ 1]) + VALID[5:]
CASES["root_offset"] = struct.pack("<I", 0x7FFFFFF0) + VALID[4:]


# The frame.
@case(float_model)
def version(made, graph): made.version = 2

@case(float_model)
def no_subgraph(made, graph): made.subgraphs = []

@case(float_model)
def two_subgraphs(made, graph): made.subgraphs.append(graph)

@case(float_model)
def no_outputs(made, graph): graph.outputs = []

@case(float_model)
def output_index(made, graph): graph.outputs = [99]

@case(float_model)
def input_index(made, graph): graph.inputs = [-2]

@case(float_model)
def input_twice(made, graph): graph.inputs = [0, 0]


# Tensors.
@case(float_model)
def negative_dimension(made, graph): graph.tensors[1].shape = [3, -3, 3, 2]

@case(float_model)
def huge_dimensions(made, graph): graph.tensors[0].shape = [1, 2147483647, 2147483647, 2]

@case(float_model)
def rank_nine(made, graph): graph.tensors[0].shape = [1] * 9

@case(float_model)
def empty_input(made, graph): graph.tensors[0].shape = [1, 0, 4, 2]

@case(float_model)
def fixed_batch(made, graph): graph.tensors[0].shape = [4, 4, 4, 2]

@case(float_model)
def dynamic_height(made, graph): graph.tensors[0].shapeSignature = [-1, -1, 4, 2]

@case(float_model)
def declared_shape(made, graph): graph.tensors[3].shape = [1, 4, 4, 4]

@case(float_model)
def declared_type(made, graph): graph.tensors[3].type = TYPE.INT32

@case(float_model)
def string_tensor(made, graph): graph.tensors[0].type = TYPE.STRING

@case(float_model)
def half_activation(made, graph): graph.tensors[0].type = TYPE.FLOAT16

@case(float_model)
def unknown_type(made, graph): graph.tensors[0].type = 77

@case(float_model)
def buffer_size(made, graph): made.buffers[1].data.pop()

@case(float_model)
def buffer_index(made, graph): graph.tensors[1].buffer = 1000

@case(float_model)
def buffer_outside(made, graph): made.buffers[1].offset, made.buffers[1].size = 4096, 216

@case(float_model)
def missing_weights(made, graph): graph.tensors[1].buffer = 0

@case(float_model)
def variable_tensor(made, graph): graph.tensors[1].isVariable = True

@case(float_model)
def sparse_tensor(made, graph): graph.tensors[1].sparsity = schema.SparsityParametersT()


# Operators.
@case(float_model)
def tensor_index(made, graph): graph.operators[0].inputs = [0, 99, 2]

@case(float_model)
def absent_data(made, graph): graph.operators[0].inputs = [-1, 1, 2]

@case(float_model)
def no_result(made, graph): graph.operators[0].outputs = []

@case(float_model)
def cycle(made, graph): graph.operators[0].inputs = [7, 1, 2]

@case(float_model)
def wrong_order(made, graph): graph.operators.reverse()

@case(float_model)
def produced_twice(made, graph): graph.operators.append(copy.deepcopy(graph.operators[2]))

@case(float_model)
def opcode_index(made, graph): graph.operators[1].opcodeIndex = 50

@case(float_model)
def unknown_operator(made, graph): made.operatorCodes[1] = opcode(9999)

@case(float_model)
def custom_operator(made, graph):
    made.operatorCodes[1] = opcode(CODE.CUSTOM)
    made.operatorCodes[1].customCode = "My\x1bOp"

@case(float_model)
def three_unsupported(made, graph):
    made.operatorCodes = [opcode(CODE.TANH), opcode(CODE.WHILE), opcode(CODE.GATHER)]

@case(float_model)
def missing_options(made, graph):
    graph.operators[0].builtinOptionsType, graph.operators[0].builtinOptions = OPTIONS.NONE, None

@case(float_model)
def wrong_options(made, graph):
    graph.operators[0].builtinOptionsType = OPTIONS.Pool2DOptions
    graph.operators[0].builtinOptions = schema.Pool2DOptionsT()

@case(float_model)
def zero_stride(made, graph): graph.operators[0].builtinOptions.strideW = 0

@case(float_model)
def negative_dilation(made, graph): graph.operators[0].builtinOptions.dilationHFactor = -2

@case(float_model)
def unknown_padding(made, graph): graph.operators[0].builtinOptions.padding = 5

@case(float_model)
def fused_tanh(made, graph):
    graph.operators[0].builtinOptions.fusedActivationFunction = schema.ActivationFunctionType.TANH

@case(float_model)
def weights_rank(made, graph): graph.tensors[1].shape = [3, 9, 2]

@case(float_model)
def bias_length(made, graph):
    graph.tensors[2].shape = [2]
    made.buffers[2].data = made.buffers[2].data[:8]

@case(float_model)
def reshape_count(made, graph): made.buffers[3].data = list(struct.pack("<2i", -1, 47))

@case(float_model)
def reshape_type(made, graph):
    graph.tensors[4].type = TYPE.FLOAT32

@case(float_model)
def shuffled_weights(made, graph): graph.operators[2].builtinOptions.weightsFormat = 1

@case(float_model)
def sliced_activation(made, graph):
    made.operatorCodes[1] = opcode(CODE.STRIDED_SLICE)
    graph.operators[1].inputs = [3, 4, 4, 4]
    graph.operators[1].builtinOptionsType = OPTIONS.StridedSliceOptions
    graph.operators[1].builtinOptions = schema.StridedSliceOptionsT()


# Quantization.
@case(int8_model)
def no_scale(made, graph):
    graph.tensors[0].quantization.scale, graph.tensors[0].quantization.zeroPoint = [], []

@case(int8_model)
def nan_scale(made, graph): graph.tensors[1].quantization.scale[1] = float("nan")

@case(int8_model)
def negative_scale(made, graph): graph.tensors[0].quantization.scale = [-0.5]

@case(int8_model)
def quantized_dimension(made, graph): graph.tensors[1].quantization.quantizedDimension = 7

@case(int8_model)
def wrong_channel_axis(made, graph): graph.tensors[1].quantization.quantizedDimension = 1

@case(int8_model)
def scale_count(made, graph):
    graph.tensors[1].quantization.scale.pop()
    graph.tensors[1].quantization.zeroPoint.pop()

@case(int8_model)
def zero_point_count(made, graph): graph.tensors[1].quantization.zeroPoint = [0]

@case(int8_model)
def zero_point_range(made, graph): graph.tensors[0].quantization.zeroPoint = [300]

@case(int8_model)
def asymmetric_weights(made, graph): graph.tensors[1].quantization.zeroPoint = [0, 5, 0]

def hybrid(graph):
    """The int8 convolution with float data and bias, as dynamic range makes it."""
    for index in (0, 2, 3):
        graph.tensors[index].type, graph.tensors[index].quantization = TYPE.FLOAT32, None

@case(int8_model)
def hybrid_bias(made, graph):
    hybrid(graph)
    graph.tensors[2].type = TYPE.INT32

@case(float_model)
def hybrid_symmetric(made, graph):
    graph.tensors[6] = tensor("dense", [5, 48], TYPE.INT8, len(made.buffers), [0.5])
    made.buffers.append(buffer([1] * 240))

@case(int8_model)
def hybrid_int16(made, graph):
    hybrid(graph)
    graph.tensors[1].type = TYPE.INT16

@case(int8_model)
def hybrid_zero_point(made, graph):
    hybrid(graph)
    graph.tensors[1].quantization.zeroPoint = [0, 5, 0]

@case(int8_model)
def legacy_uint8(made, graph):
    for index in (0, 1, 3):
        graph.tensors[index].type = TYPE.UINT8
    graph.tensors[0].quantization.zeroPoint = [3]

@case(int8_model)
def float_bias(made, graph): graph.tensors[2].type = TYPE.FLOAT32


# Metadata.
@case(float_model)
def damaged_metadata(made, graph): add_metadata(made, "TFLITE_METADATA", b"\x10\0\0\0M001" + b"\xff" * 24)

@case(float_model)
def damaged_record(made, graph): add_metadata(made, "netfit.preprocessing", b"[{]")

@case(float_model)
def foreign_record(made, graph):
    add_metadata(made, "netfit.preprocessing", b'[{"input":"other","mean":[0],"std":[1]}]')

@case(float_model)
def metadata_buffer(made, graph):
    add_metadata(made, "netfit.preprocessing", b"[]")
    made.metadata[0].buffer = 77


def main():
    for old in FOLDER.glob("bad_*.tflite"):
        old.unlink()
    for name, data in CASES.items():
        (FOLDER / f"bad_{name}.tflite").write_bytes(data)
    (FOLDER / "small_float.tflite").write_bytes(VALID)
    (FOLDER / "small_int8.tflite").write_bytes(pack(int8_model()))
    print(f"{len(CASES)} bad files, {sum(map(len, CASES.values()))} bytes")


if __name__ == "__main__":
    main()
