#!/usr/bin/env python3
"""Makes the small models and data files of this folder: make_small_models.py (needs numpy, onnx, pillow)

tiny.onnx is a CNN of the MobileNet kind on 8x8 images with 4 classes; the same bytes on every run.
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
RECORD = ('[{"input":"image","scale":0.00392156862745098,"mean":[0.5,0.5,0.5],"std":[0.25,0.25,0.25],'
          '"order":"rgb"}]')


def tiny(record=True, outputs=("logits",)):
    random = np.random.default_rng(7)

    def weights(name, *shape):
        scale = 1.5 / np.sqrt(np.prod(shape[1:]))
        return numpy_helper.from_array((random.standard_normal(shape) * scale).astype(np.float32), name)

    def positive(name, n):
        return numpy_helper.from_array((0.5 + random.random(n)).astype(np.float32), name)

    initializers = [weights("stem_w", 8, 3, 3, 3), positive("bn_scale", 8), weights("bn_shift", 8),
                    weights("bn_mean", 8), positive("bn_variance", 8), weights("dw_w", 8, 1, 3, 3), weights("dw_b", 8),
                    weights("project_w", 8, 8, 1, 1), weights("project_b", 8), weights("fc_w", 4, 8), weights("fc_b", 4),
                    numpy_helper.from_array(np.float32(0), "low"), numpy_helper.from_array(np.float32(6), "high")]
    nodes = [
        helper.make_node("Conv", ["image", "stem_w"], ["stem"], strides=[2, 2], pads=[1, 1, 1, 1], name="stem"),
        helper.make_node("BatchNormalization", ["stem", "bn_scale", "bn_shift", "bn_mean", "bn_variance"], ["norm"],
                         name="norm"),
        helper.make_node("Clip", ["norm", "low", "high"], ["stem_out"], name="stem_out"),
        helper.make_node("Conv", ["stem_out", "dw_w", "dw_b"], ["dw"], pads=[1, 1, 1, 1], group=8, name="dw"),
        helper.make_node("Clip", ["dw", "low", "high"], ["dw_out"], name="dw_out"),
        helper.make_node("Conv", ["dw_out", "project_w", "project_b"], ["project"], name="project"),
        helper.make_node("Add", ["project", "stem_out"], ["sum"], name="sum"),
        helper.make_node("GlobalAveragePool", ["sum"], ["pooled"], name="pooled"),
        helper.make_node("Flatten", ["pooled"], ["flat"], name="flat"),
        helper.make_node("Gemm", ["flat", "fc_w", "fc_b"], ["logits"], transB=1, name="logits"),
    ]
    if "probabilities" in outputs:
        nodes.append(helper.make_node("Softmax", ["logits"], ["probabilities"], name="probabilities"))
    graph = helper.make_graph(
        nodes, "tiny", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, 8, 8])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 4]) for name in outputs], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    if record:
        helper.set_model_props(model, {"netfit.preprocessing": RECORD,
                                       "netfit.class_names": '["circle","cross","square","star"]'})
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def main():
    (HERE / "tiny.onnx").write_bytes(tiny())
    (HERE / "no_record.onnx").write_bytes(tiny(record=False))
    (HERE / "two_outputs.onnx").write_bytes(tiny(outputs=("logits", "probabilities")))

    random = np.random.default_rng(11)
    samples = random.standard_normal((64, 3, 8, 8)).astype(np.float32)
    np.savez(HERE / "samples.npz", x=samples)
    np.savez(HERE / "labelled.npz", x=samples, y=(np.arange(64) % 4).astype(np.int64))
    broken = samples.copy()
    broken[3, 0, 0, 0] = np.nan
    np.savez(HERE / "nan.npz", x=broken)
    np.savez(HERE / "wrong.npz", x=samples[:, :2])
    np.savez(HERE / "constant.npz", x=np.full((4, 3, 8, 8), 0.5, np.float32))
    np.savez(HERE / "empty.npz", x=samples[:0])
    np.savez(HERE / "narrow.npz", x=samples[:16] * np.float32(0.05))
    np.save(HERE / "wrong_shape.npy", samples[:2, :, :4])
    np.save(HERE / "wrong_type.npy", np.zeros((2, 3, 32, 32), np.int32))
    np.save(HERE / "bad_pickle.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    pixels = random.integers(0, 256, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(HERE / "image.png")


main()
