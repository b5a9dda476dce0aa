#!/usr/bin/env python3
"""Writes tests/models/bad_*.onnx: a small valid file with one thing wrong each; always the same bytes.

Run with the Python of tools/setup (build/oracles/bin/python). src/formats/onnx/bad_files_test.cc says what our reader
answers to each file.
"""
import pathlib

import numpy as np
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).parent
FLOAT = TensorProto.FLOAT


def floats(*shape):
    return ((np.arange(np.prod(shape)) % 7 - 3) / 4).astype(np.float32).reshape(shape)


def constant(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def model(nodes, constants=(), opset=13, outputs=("y",), inputs=(("x", FLOAT, ["n", 2, 4, 4]),)):
    graph = helper.make_graph(
        nodes, "bad", [helper.make_tensor_value_info(*i) for i in inputs],
        [helper.make_tensor_value_info(o, FLOAT, None) for o in outputs], list(constants))
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="make_bad_onnx")
    made.ir_version = 8
    return made


def node(op, inputs, outputs, name=None, **attributes):
    return helper.make_node(op, inputs, outputs, name=name or outputs[0] + "_node", **attributes)


def conv(**attributes):
    """x -> Conv -> Relu -> y, valid without attributes."""
    given = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], **attributes}
    given = {key: value for key, value in given.items() if value is not None}
    return model([node("Conv", ["x", "w", "b"], ["c"], **given), node("Relu", ["c"], ["y"])],
                 [constant("w", floats(3, 2, 3, 3)), constant("b", floats(3))])


def edited(edit, made=None):
    made = made or conv()
    edit(made)
    return made


def single(op, inputs=("x",), constants=(), opset=13, **attributes):
    return model([node(op, list(inputs), ["y"], **attributes)], constants, opset)


def set_dim(value):
    def edit(made):
        made.graph.input[0].type.tensor_type.shape.dim[2].dim_value = value
    return edited(edit)


def dynamic_height():
    def edit(made):
        made.graph.input[0].type.tensor_type.shape.dim[2].dim_param = "height"
    return edited(edit)


def fixed_batch():
    def edit(made):
        made.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 4
    return edited(edit)


def external_data():
    def edit(made):
        weights = made.graph.initializer[0]
        weights.ClearField("raw_data")
        weights.data_location = TensorProto.EXTERNAL
        entry = weights.external_data.add()
        entry.key, entry.value = "location", "/etc/passwd"
    return edited(edit)


def raw_length():
    def edit(made):
        made.graph.initializer[0].raw_data = made.graph.initializer[0].raw_data[:-1]
    return edited(edit)


def typed_length():
    def edit(made):
        weights = made.graph.initializer[0]
        weights.ClearField("raw_data")
        weights.float_data.extend([1.0] * 3)
    return edited(edit)


def string_weights():
    def edit(made):
        made.graph.initializer[0].data_type = TensorProto.STRING
    return edited(edit)


def negative_weights():
    def edit(made):
        made.graph.initializer[0].dims[1] = -2
    return edited(edit)


def cycle():
    return model([node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["y"])])


def produced_twice():
    return model([node("Relu", ["x"], ["y"], "first"), node("Sigmoid", ["x"], ["y"], "second")])


def missing_initializer():
    def edit(made):
        del made.graph.initializer[0]
    return edited(edit)


def wrong_attribute():
    return edited(lambda made: made.graph.node[0].attribute.append(helper.make_attribute("group", "two")))


def computed_weights():
    return model([node("Relu", ["v"], ["w"]), node("Conv", ["x", "w"], ["y"])],
                 inputs=[("x", FLOAT, ["n", 2, 4, 4]), ("v", FLOAT, [1, 2, 3, 3])])


def control_flow():
    branch = helper.make_graph([node("Relu", ["x"], ["r"])], "branch", [],
                               [helper.make_tensor_value_info("r", FLOAT, None)])
    return model([node("If", ["condition"], ["y"], then_branch=branch, else_branch=branch)],
                 [constant("condition", np.array(True))])


def three_unsupported():
    return model([node("Erf", ["x"], ["a"], "first"), node("Softplus", ["a"], ["b"], "second"),
                  node("Relu", ["b"], ["c"], "fine"), node("Mish", ["c"], ["y"], "third")])


def custom_domain():
    made = model([helper.make_node("FusedConv", ["x"], ["y"], name="fused", domain="com.microsoft")])
    made.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return made


def functions():
    def edit(made):
        made.functions.append(helper.make_function("own", "F", ["x"], ["y"], [node("Relu", ["x"], ["y"])],
                                                   [helper.make_opsetid("", 13)]))
    return edited(edit)


def sparse():
    def edit(made):
        made.graph.sparse_initializer.append(helper.make_sparse_tensor(
            constant("s", floats(1)), constant("i", np.array([0], np.int64)), [4]))
    return edited(edit)


def sequence_input():
    def edit(made):
        made.graph.input[0].CopyFrom(helper.make_tensor_sequence_value_info("x", FLOAT, ["n", 2]))
    return edited(edit)


def ir_version():
    def edit(made):
        made.ir_version = 99
    return edited(edit)


def no_opset():
    return edited(lambda made: made.ClearField("opset_import"))


def no_graph():
    return edited(lambda made: made.ClearField("graph"))


def empty_graph():
    return edited(lambda made: (made.graph.ClearField("node"), made.graph.ClearField("output")))


def unproduced_output():
    def edit(made):
        made.graph.output[0].name = "z"
    return edited(edit)


def int64_input():
    def edit(made):
        made.graph.input[0].type.tensor_type.elem_type = TensorProto.INT64
    return edited(edit)


def unexplained_uint8():
    return model([node("Relu", ["x"], ["y"]), node("Identity", ["u"], ["z"])], outputs=["y"],
                 inputs=[("x", FLOAT, ["n", 4]), ("u", TensorProto.UINT8, ["n", 4])])


def quantized(scale, zero_point, op="QuantizeLinear"):
    return model([node(op, ["x", "s", "z"], ["q"]), node("DequantizeLinear", ["q", "s", "z"], ["y"])],
                 [constant("s", scale), constant("z", zero_point)])


def int4_quantization():
    made = quantized(np.float32(0.5), np.int8(0))
    zero_point = next(tensor for tensor in made.graph.initializer if tensor.name == "z")
    zero_point.data_type = TensorProto.INT4
    return made


def asymmetric_weights():
    scale, zero = np.float32(0.5), np.int8(0)
    weights = [constant("w", np.ones((2, 4), np.int8)), constant("ws", np.float32(0.25)), constant("wz", np.int8(3))]
    pair = [constant("s", scale), constant("z", zero)]
    return model([node("QuantizeLinear", ["x", "s", "z"], ["q"]), node("DequantizeLinear", ["q", "s", "z"], ["d"]),
                  node("DequantizeLinear", ["w", "ws", "wz"], ["v"]), node("Gemm", ["d", "v"], ["g"], transB=1),
                  node("QuantizeLinear", ["g", "s", "z"], ["p"]), node("DequantizeLinear", ["p", "s", "z"], ["y"])],
                 weights + pair, inputs=[("x", FLOAT, ["n", 4])])


def huge_fill():
    shape = constant("shape", np.array([1 << 15, 1 << 15], np.int64))
    return model([node("ConstantOfShape", ["shape"], ["f"]), node("Add", ["x", "f"], ["y"])], [shape])


def foreign_record():
    def edit(made):
        entry = made.metadata_props.add()
        entry.key, entry.value = "netfit.preprocessing", '[{"input":"other","scale":1,"mean":[0],"std":[1]}]'
    return edited(edit)


INT8 = np.int8(0)
CASES = {
    "asymmetric_weights": asymmetric_weights,
    "axis_range": lambda: single("Softmax", axis=7),
    "batch_reshape": lambda: single("Reshape", ("x", "shape"), [constant("shape", np.array([8, 4], np.int64))]),
    "bias_length": lambda: edited(lambda made: made.graph.initializer[1].CopyFrom(constant("b", floats(2)))),
    "clip_limits": lambda: single("Clip", ("x", "low", "high"),
                                  [constant("low", np.float32(0)), constant("high", np.float32(4))]),
    "computed_weights": computed_weights,
    "control_flow": control_flow,
    "custom_domain": custom_domain,
    "cycle": cycle,
    "dilated_pool": lambda: single("MaxPool", kernel_shape=[2, 2], dilations=[2, 2]),
    "dynamic_height": dynamic_height,
    "empty_graph": empty_graph,
    "external_data": external_data,
    "fixed_batch": fixed_batch,
    "foreign_record": foreign_record,
    "functions": functions,
    "gather_index": lambda: model([node("Shape", ["x"], ["s"]), node("Gather", ["s", "i"], ["g"]),
                                   node("Reshape", ["x", "g"], ["y"])], [constant("i", np.array([9], np.int64))]),
    "group": lambda: conv(group=2),
    "huge_dimension": lambda: set_dim(1 << 40),
    "huge_fill": huge_fill,
    "huge_stride": lambda: conv(strides=[1 << 40, 1]),
    "int16_quantization": lambda: quantized(np.float32(0.5), np.int16(3)),
    "int4_quantization": int4_quantization,
    "int64_input": int64_input,
    "ir_version": ir_version,
    "kernel_shape": lambda: conv(kernel_shape=[5, 5]),
    "mean_of_batch": lambda: single("ReduceMean", axes=[0]),
    "missing_initializer": missing_initializer,
    "missing_kernel": lambda: single("MaxPool"),
    "nan_scale": lambda: quantized(np.float32("nan"), INT8),
    "negative_dimension": lambda: set_dim(-3),
    "negative_padding": lambda: conv(pads=[-1, 0, 0, 0]),
    "negative_scale": lambda: quantized(np.float32(-0.5), INT8),
    "negative_weights": negative_weights,
    "no_graph": no_graph,
    "no_opset": no_opset,
    "opset_8": lambda: single("Relu", opset=8),
    "opset_999": lambda: single("Relu", opset=999),
    "pad_mode": lambda: single("Pad", ("x", "p"), [constant("p", np.zeros(8, np.int64))], mode="reflect"),
    "per_channel_activation": lambda: quantized(np.full(2, 0.5, np.float32), np.zeros(2, np.int8)),
    "permutation": lambda: single("Transpose", perm=[0, 1, 1, 2]),
    "produced_twice": produced_twice,
    "raw_length": raw_length,
    "reshape_count": lambda: single("Reshape", ("x", "s"), [constant("s", np.array([1, 5, -1], np.int64))]),
    "sequence_input": sequence_input,
    "shapes_differ": lambda: single("Add", ("x", "b"), [constant("b", floats(3))]),
    "sparse": sparse,
    "string_weights": string_weights,
    "three_unsupported": three_unsupported,
    "training_norm": lambda: single("BatchNormalization", ("x", "s", "s", "s", "s"), [constant("s", floats(2))], 15,
                                    training_mode=1),
    "typed_length": typed_length,
    "unexplained_uint8": unexplained_uint8,
    "unproduced_output": unproduced_output,
    "wrong_attribute": wrong_attribute,
    "zero_step": lambda: model([node("Shape", ["x"], ["s"]), node("Slice", ["s", "a", "b", "c", "d"], ["t"]),
                                node("Reshape", ["x", "t"], ["y"])],
                               [constant(n, np.array([v], np.int64)) for n, v in zip("abcd", (0, 4, 0, 0))]),
    "zero_point_type": lambda: quantized(np.float32(0.5), np.float32(0)),
}


def main():
    for name, make in CASES.items():
        (FOLDER / f"bad_{name}.onnx").write_bytes(make().SerializeToString(deterministic=True))
    whole = conv().SerializeToString(deterministic=True)
    (FOLDER / "bad_truncated.onnx").write_bytes(whole[:len(whole) // 2])
    (FOLDER / "bad_no_protobuf.onnx").write_bytes(b"this is no model")
    (FOLDER / "bad_empty.onnx").write_bytes(b"")
    # A field of the graph as a number instead of a message.
    (FOLDER / "bad_wire_type.onnx").write_bytes(b"\x08\x08\x38\x07")


if __name__ == "__main__":
    main()
