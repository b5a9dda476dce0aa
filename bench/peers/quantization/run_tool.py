# SPDX-License-Identifier: Apache-2.0
"""Quantizes one network with one tool, in a process of its own so that its time and memory can be told.

run_tool.py TOOL NETWORK.onnx CALIBRATION.npz OUTPUT: CALIBRATION holds x, float32 [n,3,32,32].
"""

import pathlib
import sys

import numpy as np


def converter(network, images, output, configure):
    import tensorflow as tf

    import keras_network

    writer = tf.lite.TFLiteConverter.from_keras_model(keras_network.rebuild(network))
    configure(tf, writer, keras_network.representative(images.transpose(0, 2, 3, 1)))
    output.write_bytes(writer.convert())


def tflite_float32(network, images, output):
    converter(network, images, output, lambda tf, writer, samples: None)


def tflite_int8(network, images, output, per_channel=True):
    def configure(tf, writer, samples):
        writer.optimizations = [tf.lite.Optimize.DEFAULT]
        writer.representative_dataset = samples
        writer.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        writer.inference_input_type = tf.int8
        writer.inference_output_type = tf.int8
        writer._experimental_disable_per_channel = not per_channel

    converter(network, images, output, configure)


def tflite_int8_per_tensor(network, images, output):
    tflite_int8(network, images, output, per_channel=False)


def ai_edge(network, images, output, make_recipe):
    from ai_edge_quantizer import quantizer, recipe

    # The tool starts from a float .tflite file, which is not its work.
    tool = quantizer.Quantizer(str(pathlib.Path(output).with_suffix(".float.tflite")))
    tool.load_quantization_recipe(make_recipe(recipe))
    samples = {"serving_default": [{"image": image[np.newaxis]} for image in images.transpose(0, 2, 3, 1)]}
    tool.quantize(tool.calibrate(samples)).export_model(str(output), overwrite=True)


def ai_edge_int8(network, images, output):
    ai_edge(network, images, output, lambda recipe: recipe.static_wi8_ai8())


def ai_edge_int4(network, images, output):
    def make_recipe(recipe):
        from ai_edge_quantizer import qtyping, recipe_manager

        manager = recipe_manager.RecipeManager()
        manager.add_static_config(regex=".*", operation_name=qtyping.TFLOperationName.ALL_SUPPORTED,
                                  activation_num_bits=8, weight_num_bits=8)
        for operation in (qtyping.TFLOperationName.CONV_2D, qtyping.TFLOperationName.FULLY_CONNECTED):
            manager.add_static_config(regex=".*", operation_name=operation, activation_num_bits=8, weight_num_bits=4)
        return manager.get_quantization_recipe()

    ai_edge(network, images, output, make_recipe)


class Reader:
    def __init__(self, name, images):
        self.feeds = iter([{name: image[np.newaxis]} for image in images])

    def get_next(self):
        return next(self.feeds, None)


def onnxruntime_int8(network, images, output, per_channel=True):
    import onnx
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = str(output.with_suffix(".prepared.onnx"))
    quant_pre_process(network, prepared, skip_symbolic_shape=True)
    quantization.quantize_static(prepared, str(output), Reader(onnx.load(network).graph.input[0].name, images),
                                 per_channel=per_channel, activation_type=quantization.QuantType.QUInt8,
                                 weight_type=quantization.QuantType.QInt8)


def onnxruntime_int8_per_tensor(network, images, output):
    onnxruntime_int8(network, images, output, per_channel=False)


def aimet(network, images, output, weights="int8", config="default"):
    import aimet_onnx
    import onnx
    from aimet_onnx.batch_norm_fold import fold_all_batch_norms_to_weight

    model = onnx.load(network)
    fold_all_batch_norms_to_weight(model)
    sim = aimet_onnx.QuantizationSimModel(model, param_type=weights, activation_type="int8", quant_scheme="min_max",
                                          config_file=config)
    name = model.graph.input[0].name
    batches = [{name: batch} for batch in np.array_split(images, len(images) // 32)]
    sim.compute_encodings(batches)
    onnx.save(sim.to_onnx_qdq(export_int32_bias=True, prequantize_constants=True), output)


def aimet_int8(network, images, output):
    aimet(network, images, output)


def aimet_int8_per_tensor(network, images, output):
    aimet(network, images, output, config="default_config.json")


def aimet_int4(network, images, output):
    aimet(network, images, output, weights="int4")


if __name__ == "__main__":
    tool, network, calibration, output = sys.argv[1:]
    globals()[tool](network, np.load(calibration)["x"], pathlib.Path(output))
