# SPDX-License-Identifier: Apache-2.0
"""The Keras form of an .onnx file that holds Conv, BatchNormalization, Clip to [0, 6], Add, ReduceMean and Gemm."""

import numpy as np
import onnx
import tensorflow as tf
from onnx import numpy_helper


def _conv(node, x, constants, attributes):
    weights = constants[node.input[1]]
    bias = constants[node.input[2]] if len(node.input) > 2 else None
    strides = attributes["strides"]
    padding = "valid"
    if any(attributes["pads"]):
        # "same" pads unevenly where the stride is 2.
        if strides == [1, 1]:
            padding = "same"
        else:
            x = tf.keras.layers.ZeroPadding2D(attributes["pads"][0])(x)
    options = {"strides": strides, "padding": padding, "use_bias": bias is not None}
    if attributes["group"] == 1:
        layer = tf.keras.layers.Conv2D(weights.shape[0], weights.shape[2:], **options)
        kernel = weights.transpose(2, 3, 1, 0)
    else:
        layer = tf.keras.layers.DepthwiseConv2D(weights.shape[2:], **options)
        kernel = weights.transpose(2, 3, 0, 1)
    y = layer(x)
    layer.set_weights([kernel] if bias is None else [kernel, bias])
    return y


def _batch_norm(node, x, constants, attributes):
    layer = tf.keras.layers.BatchNormalization(epsilon=attributes["epsilon"])
    y = layer(x, training=False)
    layer.set_weights([constants[name] for name in node.input[1:5]])
    return y


def _gemm(node, x, constants, _):
    weights = constants[node.input[1]]
    layer = tf.keras.layers.Dense(weights.shape[0])
    y = layer(x)
    layer.set_weights([weights.T, constants[node.input[2]]])
    return y


def rebuild(path: str) -> "tf.keras.Model":
    """Fails on every other operator."""
    graph = onnx.load(path).graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    image = tf.keras.Input((32, 32, 3), batch_size=1, name="image")
    values = {graph.input[0].name: image}
    for node in graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(attributes["value"])
            continue
        data = [values[name] for name in node.input if name in values]
        if node.op_type == "Clip":
            assert [float(constants[name]) for name in node.input[1:]] == [0.0, 6.0]
            result = tf.keras.layers.ReLU(6.0)(data[0])
        elif node.op_type == "Add":
            result = tf.keras.layers.Add()(data)
        elif node.op_type == "ReduceMean":
            result = tf.keras.layers.GlobalAveragePooling2D()(data[0])
        else:
            make = {"Conv": _conv, "BatchNormalization": _batch_norm, "Gemm": _gemm}[node.op_type]
            result = make(node, data[0], constants, attributes)
        values[node.output[0]] = result
    return tf.keras.Model(image, values[graph.output[0].name])


def representative(images: np.ndarray):
    """What the converter calibrates on."""
    return lambda: ([image[np.newaxis]] for image in images)
