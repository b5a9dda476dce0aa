#!/usr/bin/env python3
"""ONNX files of one or a few operators each, for every form in which our reader takes them.

onnx_cases.py make FOLDER    writes FOLDER/NAME.onnx; names that begin with q_ are quantized
onnx_cases.py check FOLDER   runs the official checker, shape inference included, over FOLDER/*.onnx
"""
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT
CASES = {}
RANDOM = np.random.default_rng(5)


def floats(*shape):
    return RANDOM.uniform(-1, 1, shape).astype(np.float32)


def ints(*values):
    return np.array(values, np.int64)


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs.split(), outputs.split(), name=f"{op} {outputs}", **attributes)


def case(name, nodes, shape=(3, 8, 8), opset=13, outputs="y", kind=FLOAT, output_kinds=None, rank=4,
         **constants):
    """`constants` are initializers; the batch is dynamic; `rank` is the result's where inference does not tell."""
    kinds = output_kinds or {}
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info("x", kind, ["n", *shape])],
        [helper.make_tensor_value_info(o, kinds.get(o, FLOAT), None) for o in outputs.split()],
        [numpy_helper.from_array(np.asarray(array), key) for key, array in constants.items()])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    made.ir_version = 8
    made = onnx.shape_inference.infer_shapes(made, data_prop=True)  # the checker asks for shapes of outputs
    made.graph.ClearField("value_info")
    for output in made.graph.output:
        if not output.type.tensor_type.HasField("shape"):
            output.type.tensor_type.shape.CopyFrom(helper.make_tensor_type_proto(FLOAT, ["n"] + [None] * (rank - 1))
                                                   .tensor_type.shape)
    assert name not in CASES
    CASES[name] = made


def convolutions():
    w, b = floats(4, 3, 3, 3), floats(4)
    conv = {"plain": {}, "pads": {"pads": [0, 1, 2, 1]}, "strides": {"strides": [2, 1], "pads": [1, 1, 1, 1]},
            "dilated": {"dilations": [2, 2]}, "upper": {"auto_pad": "SAME_UPPER", "strides": [2, 2]},
            "lower": {"auto_pad": "SAME_LOWER", "strides": [2, 2]}, "valid": {"auto_pad": "VALID"}}
    for name, attributes in conv.items():
        case(f"conv_{name}", [node("Conv", "x w b", "y", **attributes)], w=w, b=b)
        even = {**attributes, "kernel_shape": [2, 4]}
        case(f"conv_{name}_even", [node("Conv", "x w", "y", **even)], w=floats(4, 3, 2, 4))
    case("conv_groups", [node("Conv", "x w b", "y", group=2)], (4, 6, 6), w=floats(6, 2, 3, 3), b=floats(6))
    case("depthwise", [node("Conv", "x w b", "y", group=3, pads=[1, 1, 1, 1])], w=floats(3, 1, 3, 3), b=floats(3))
    case("depthwise_multiplier", [node("Conv", "x w", "y", group=3)], w=floats(6, 1, 3, 3))
    case("conv_shared", [node("Conv", "x w", "a", pads=[1, 1, 1, 1]), node("Conv", "a w", "y")], w=floats(3, 3, 3, 3))


def dense():
    case("gemm", [node("Gemm", "x w b", "y", transB=1)], (6,), w=floats(4, 6), b=floats(4))
    case("gemm_plain", [node("Gemm", "x w", "y")], (6,), w=floats(6, 4))
    case("gemm_factors", [node("Gemm", "x w b", "y", alpha=0.5, beta=2.0)], (6,), w=floats(6, 4), b=floats(1, 4))
    case("gemm_scalar_bias", [node("Gemm", "x w b", "y")], (6,), w=floats(6, 4), b=floats(1))
    case("mat_mul", [node("MatMul", "x w", "m"), node("Add", "m b", "y")], (6,), w=floats(6, 4), b=floats(4))
    case("mat_mul_used_twice", [node("MatMul", "x w", "m"), node("Add", "m b", "a"), node("Mul", "a m", "y")], (6,),
         w=floats(6, 4), b=floats(4))
    case("mat_mul_rank_3", [node("MatMul", "x w", "m"), node("Add", "b m", "y")], (5, 6), w=floats(6, 4), b=floats(4))


def pools():
    for op in ("MaxPool", "AveragePool"):
        case(f"{op}_plain", [node(op, "x", "y", kernel_shape=[2, 2], strides=[2, 2])])
        case(f"{op}_pads", [node(op, "x", "y", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 0, 1, 2])])
        case(f"{op}_same", [node(op, "x", "y", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")])
        case(f"{op}_ceil", [node(op, "x", "y", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)], (3, 8, 9))
    case("average_counts_pads", [node("AveragePool", "x", "y", kernel_shape=[3, 3], pads=[1, 1, 1, 1],
                                      count_include_pad=1)])
    case("global_average", [node("GlobalAveragePool", "x", "g"), node("Flatten", "g", "y")])
    case("global_max", [node("GlobalMaxPool", "x", "y")])
    for keep in (0, 1):
        for axes in ([2, 3], [1], [2], [-1], [1, 3]):
            case(f"mean_{'_'.join(map(str, axes))}_{keep}", [node("ReduceMean", "x", "y", axes=axes, keepdims=keep)])
    case("mean_axes_input", [node("ReduceMean", "x a", "y")], opset=18, a=ints(2, 3))


def elementwise():
    channel = floats(3, 1, 1)
    for op in ("Add", "Sub", "Mul", "Div"):
        case(f"{op}_channel", [node(op, "x c", "y")], c=channel + 3)
        case(f"{op}_scalar_first", [node(op, "c x", "r")] + [node("Relu", "r", "y")], c=np.float32(2.5))
        case(f"{op}_between_convs", [node("Conv", "x w", "a"), node(op, "a c", "b"), node("Conv", "b w", "y")],
             w=floats(3, 3, 3, 3), c=floats(1, 3, 1, 1) + 3)
    case("squeeze_excite", [node("Conv", "x w", "a"), node("GlobalAveragePool", "a", "g"), node("Conv", "g v", "h"),
                            node("HardSigmoid", "h", "s", alpha=1 / 6), node("Mul", "a s", "y")],
         w=floats(3, 3, 3, 3), v=floats(3, 3, 1, 1))
    case("hard_swish_parts", [node("Add", "x three", "a"), node("Clip", "a zero six", "c"), node("Mul", "x c", "m"),
                              node("Div", "m six", "y")], three=np.float32(3), zero=np.float32(0), six=np.float32(6))
    for rank, shape in {2: (3,), 3: (3, 5), 4: (3, 8, 8)}.items():
        case(f"batch_norm_{rank}", [node("BatchNormalization", "x s b m v", "y", epsilon=1e-3)], shape,
             s=floats(3), b=floats(3), m=floats(3), v=floats(3) + 2)
    case("concat", [node("Conv", "x w", "a", pads=[1, 1, 1, 1]), node("Concat", "x a", "y", axis=1)],
         w=floats(2, 3, 3, 3))


def activations():
    for op in ("Relu", "Sigmoid", "HardSigmoid"):
        case(op, [node(op, "x", "y")])
    case("LeakyRelu_default", [node("LeakyRelu", "x", "y")])
    case("LeakyRelu_slope", [node("LeakyRelu", "x", "y", alpha=-0.3)], opset=16)
    case("HardSwish", [node("HardSwish", "x", "y")], opset=14)
    case("clip_attributes", [node("Clip", "x", "y", min=0.0, max=6.0)], opset=9)
    case("clip_low_only", [node("Clip", "x low", "y")], low=np.float32(0))
    case("clip_one", [node("Clip", "x low high", "y")], low=np.float32(-1), high=np.float32(1))
    case("clip_nothing", [node("Clip", "x", "c"), node("Relu", "c", "y")])
    for axis in (1, 2, -1):
        case(f"softmax_{axis}", [node("Softmax", "x", "y", axis=axis)])
        case(f"softmax_flat_{axis}", [node("Softmax", "x", "y", axis=axis)], opset=11)
    case("softmax_default", [node("Softmax", "x", "y")], (7,), opset=11)


def shapes():
    case("pad", [node("Pad", "x p v", "y")], p=ints(0, 0, 1, 2, 0, 1, 0, 3), v=np.float32(1.5))
    case("pad_attribute", [node("Pad", "x", "y", pads=[0, 0, 1, 2, 0, 0, 0, 3])], opset=10)
    case("pad_axes", [node("Pad", "x p  a".replace("  ", " v "), "y")], opset=18, p=ints(1, 2), v=np.float32(0),
         a=ints(-1))
    case("flatten", [node("Conv", "x w", "c"), node("Flatten", "c", "f"), node("Gemm", "f v", "y")],
         w=floats(2, 3, 3, 3), v=floats(72, 5))
    case("shape_arithmetic", [
        node("Conv", "x w", "c"), node("Shape", "c", "s"), node("Gather", "s zero", "n", axis=0),
        node("Unsqueeze", "n", "u", axes=[0]), node("Constant", "", "m", value=numpy_helper.from_array(ints(-1))),
        node("Concat", "u m", "t", axis=0), node("Reshape", "c t", "y")], opset=11, rank=2, w=floats(2, 3, 3, 3),
        zero=np.int64(0))
    case("shape_slices", [
        node("Shape", "x", "s"), node("Slice", "s a b", "t"), node("Slice", "s b e", "h"),
        node("ReduceMean", "x", "unused", axes=[1]), node("Cast", "h", "f", to=FLOAT), node("Mul", "f f", "g"),
        node("Cast", "g", "i", to=TensorProto.INT64), node("Gather", "i zero", "j"), node("Concat", "t j", "k", axis=0),
        node("Reshape", "x k", "y")], rank=3, a=ints(0), b=ints(2), e=ints(4), zero=ints(0))
    case("reshape_zero", [node("Reshape", "x s", "y")], s=ints(0, 0, -1))
    case("squeeze", [node("GlobalAveragePool", "x", "g"), node("Squeeze", "g a", "q"), node("Unsqueeze", "q b", "y")],
         a=ints(2, -1), b=ints(1))
    case("transpose", [node("Transpose", "x", "y", perm=[0, 2, 3, 1])])
    case("channel_shuffle", [
        node("Conv", "x w", "a", pads=[1, 1, 1, 1]), node("Reshape", "a s", "b"),
        node("Transpose", "b", "c", perm=[0, 2, 1, 3, 4]), node("Reshape", "c t", "d"), node("Conv", "d v", "y")],
        w=floats(4, 3, 3, 3), v=floats(2, 4, 3, 3), s=ints(0, 2, 2, 8, 8), t=ints(0, 4, 8, 8))
    case("identities", [node("Identity", "x", "a"), node("Dropout", "a", "b"), node("Relu", "b", "y")])
    case("outputs", [node("Conv", "x w", "y"), node("Relu", "y", "z"), node("Flatten", "z", "f")], outputs="y f z",
         w=floats(2, 3, 3, 3))
    case("half_weights", [node("Cast", "h", "w", to=FLOAT), node("Conv", "x w", "y")],
         h=floats(2, 3, 3, 3).astype(np.float16))
    case("double_weights", [node("Cast", "h", "w", to=FLOAT), node("Conv", "x w", "y")],
         h=floats(2, 3, 3, 3).astype(np.float64))
    case("fill", [node("ConstantOfShape", "s", "f", value=numpy_helper.from_array(np.array([1.5], np.float32))),
                  node("Add", "x f", "y")], s=ints(3, 1, 8))


def pair(name, to, scale, zero):
    """Q and DQ behind tensor `name`, giving `to`."""
    return [node("QuantizeLinear", f"{name} {scale} {zero}", f"{to}_q"),
            node("DequantizeLinear", f"{to}_q {scale} {zero}", to)]


def quantized():
    for kind in (np.int8, np.uint8):
        word = np.dtype(kind).name
        zero = kind(3) if kind is np.int8 else kind(131)
        low = kind(-128) if kind is np.int8 else kind(0)
        same = {"s": np.float32(1 / 127), "z": zero, "t": np.float32(0.04), "l": low}
        weights = {"w": RANDOM.integers(-127, 128, (4, 3, 3, 3)).astype(np.int8), "ws": floats(4) / 500 + 0.004,
                   "wz": np.zeros(4, np.int8), "b": floats(4)}
        dequantized = [node("DequantizeLinear", "w ws wz", "wd", axis=0)]
        front = pair("x", "a", "s", "z") + dequantized
        case(f"q_conv_{word}", front + [node("Conv", "a wd b", "c"), node("Relu", "c", "r")] + pair("r", "y", "t", "l"),
             **weights, **same)
        case(f"q_conv_only_{word}", front + [node("Conv", "a wd", "c")] + pair("c", "y", "t", "z"), **weights, **same)
        case(f"q_not_enclosed_{word}", front + [node("Conv", "a wd b", "y")], **weights, **same)
        case(f"q_pool_{word}", pair("x", "a", "s", "z") + [node("MaxPool", "a", "m", kernel_shape=[2, 2])]
             + pair("m", "y", "t", "z"), **same)
        case(f"q_integer_pool_{word}", [
            node("QuantizeLinear", "x s z", "q"), node("MaxPool", "q", "m", kernel_shape=[2, 2]),
            node("Transpose", "m", "p", perm=[0, 2, 3, 1]), node("DequantizeLinear", "p s z", "y")], **same)
        case(f"q_add_{word}", pair("x", "a", "s", "z") + [node("Relu", "a", "r")] + pair("r", "b", "t", "l")
             + [node("Add", "a b", "c")] + pair("c", "y", "t", "z"), **same)
        case(f"q_concat_{word}", pair("x", "a", "s", "z") + [node("Relu", "a", "r")] + pair("r", "b", "t", "l")
             + [node("Concat", "a b", "c", axis=1)] + pair("c", "y", "t", "z"), **same)
        case(f"q_mean_dense_{word}", pair("x", "a", "s", "z") + [node("GlobalAveragePool", "a", "g")]
             + pair("g", "h", "s", "z") + [node("Flatten", "h", "f"), node("DequantizeLinear", "v vs vz", "vd"),
                                           node("Gemm", "f vd b", "m", transB=1)] + pair("m", "y", "t", "z"),
             v=RANDOM.integers(-127, 128, (4, 3)).astype(np.int8), vs=np.float32(0.01), vz=np.int8(0), b=floats(4),
             **same)
        case(f"q_sigmoid_{word}", pair("x", "a", "s", "z") + [node("Sigmoid", "a", "g")] + pair("g", "y", "s", "l"),
             **same)
        case(f"q_float_weights_{word}", pair("x", "a", "s", "z") + [node("QuantizeLinear", "f ws wz", "w", axis=0)]
             + dequantized + [node("Conv", "a wd b", "c")] + pair("c", "y", "t", "z"), f=floats(4, 3, 3, 3),
             **{k: v for k, v in weights.items() if k != "w"}, **same)
        tensor_kind = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
        case(f"q_integer_ends_{word}", [node("DequantizeLinear", "x s z", "a")] + dequantized
             + [node("Conv", "a wd b", "c"), node("QuantizeLinear", "c t z", "y")], kind=tensor_kind,
             output_kinds={"y": tensor_kind}, **weights, **same)
    case("q_unsigned_weights", pair("x", "a", "s", "z") + [
        node("DequantizeLinear", "w ws wz", "wd"), node("Conv", "a wd", "c")] + pair("c", "y", "t", "z"),
        s=np.float32(0.01), z=np.uint8(128), t=np.float32(0.05), ws=np.float32(0.01), wz=np.uint8(128),
        w=RANDOM.integers(0, 256, (4, 3, 3, 3)).astype(np.uint8))


def main():
    command, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if command == "make":
        for add in (convolutions, dense, pools, elementwise, activations, shapes, quantized):
            add()
        for name, made in CASES.items():
            onnx.checker.check_model(made)
            (folder / f"{name}.onnx").write_bytes(made.SerializeToString(deterministic=True))
        return
    for path in sorted(folder.glob("*.onnx")):
        try:
            onnx.checker.check_model(onnx.load(path), full_check=True)
        except Exception as fault:
            sys.exit(f"{path.name}: {fault}")


if __name__ == "__main__":
    main()
