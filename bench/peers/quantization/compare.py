#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Quantizes the two networks of the zoo with netfit and with other tools, on the same 512 training images, runs every
file on the test images in the runtime it is for, and writes the table between two markers of docs/quantization.md.

  python3 -m venv build/peers && build/peers/bin/pip install -r bench/peers/quantization/requirements.txt
  build/peers/bin/python bench/peers/quantization/compare.py --netfit build/release/bin/netfit --data build/cifar10

Time and memory are those of one process from its start to the file, imports included. p is McNemar's exact test,
corrected by Holm over the rows of a network.
"""

import argparse
import dataclasses
import json
import math
import pathlib
import subprocess
import sys

import numpy as np

import cifar

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
BEGIN = "<!-- made by bench/peers/quantization/compare.py: begin -->"
END = "<!-- made by bench/peers/quantization/compare.py: end -->"


@dataclasses.dataclass
class Tool:
    name: str
    scheme: str
    extension: str
    function: str = ""  # of run_tool.py
    netfit: tuple[str, ...] = ()  # flags of netfit quantize


TOOLS = [
    Tool("netfit", "int8", ".tflite", netfit=("--scheme", "int8")),
    Tool("TensorFlow Lite converter", "int8", ".tflite", "tflite_int8"),
    Tool("ai-edge-quantizer", "int8", ".tflite", "ai_edge_int8"),
    Tool("ONNX Runtime", "int8", ".onnx", "onnxruntime_int8"),
    Tool("AIMET", "int8", ".onnx", "aimet_int8"),
    Tool("netfit", "int8-per-tensor", ".tflite", netfit=("--scheme", "int8-per-tensor")),
    Tool("TensorFlow Lite converter", "int8-per-tensor", ".tflite", "tflite_int8_per_tensor"),
    Tool("ONNX Runtime", "int8-per-tensor", ".onnx", "onnxruntime_int8_per_tensor"),
    Tool("AIMET", "int8-per-tensor", ".onnx", "aimet_int8_per_tensor"),
    Tool("netfit", "int4", ".tflite", netfit=("--scheme", "int4", "--recipe", "adaround")),
    Tool("ai-edge-quantizer, depthwise int8", "int4", ".tflite", "ai_edge_int4"),
    Tool("AIMET", "int4", ".onnx", "aimet_int4"),
]


@dataclasses.dataclass
class Row:
    tool: Tool
    note: str = ""
    user_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_mb: float = 0.0
    size: int = 0
    right: np.ndarray | None = None  # for each test image


def run_child(command: list[str], log: pathlib.Path) -> dict:
    """Its exit code, user_seconds, wall_seconds and peak_mb."""
    measured = subprocess.run([sys.executable, str(HERE / "measured.py"), str(log), *command], stdout=subprocess.PIPE,
                              check=True)
    return json.loads(measured.stdout)


def quantize(tool: Tool, network: pathlib.Path, options, output: pathlib.Path) -> Row:
    samples = options.work / "calibration.npz"
    if tool.function:
        command = [sys.executable, str(HERE / "run_tool.py"), tool.function, str(network), str(samples), str(output)]
    else:
        command = [options.netfit, "quantize", str(network), "-o", str(output), "--data", str(samples),
                   "--samples", "512", *tool.netfit]
    log = output.with_suffix(".log")
    took = run_child(command, log)
    code = took.pop("code")
    row = Row(tool, **took)
    if code != 0 or not output.exists():
        row.note = (log.read_text(errors="replace").strip().splitlines() or [f"exit code {code}"])[-1][:80]
    else:
        row.size = output.stat().st_size
    return row


def litert_scores(path: pathlib.Path, images: np.ndarray) -> np.ndarray:
    import tensorflow as tf

    # More threads wait for each other in loops, which on a busy machine takes longer than the work.
    interpreter = tf.lite.Interpreter(str(path), num_threads=1)
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    if source["dtype"] != np.float32:
        scale, zero = source["quantization"]
        limits = np.iinfo(source["dtype"])
        images = np.clip(np.round(images / scale) + zero, limits.min, limits.max).astype(source["dtype"])
    scores = []
    for image in images:
        interpreter.set_tensor(source["index"], image[np.newaxis])
        interpreter.invoke()
        scores.append(interpreter.get_tensor(target["index"])[0])
    return np.array(scores)


def onnxruntime_scores(path: pathlib.Path, images: np.ndarray) -> np.ndarray:
    import onnxruntime

    one_thread = onnxruntime.SessionOptions()
    one_thread.intra_op_num_threads = 1
    # Without VNNI the runtime adds products of bytes in 16 bits, which saturate: that would judge the processor.
    one_thread.add_session_config_entry("session.x64quantprecision", "1")
    session = onnxruntime.InferenceSession(str(path), one_thread, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    batches = np.array_split(images.transpose(0, 3, 1, 2), max(len(images) // 100, 1))
    return np.concatenate([session.run(None, {name: batch})[0] for batch in batches])


def which_right(path: pathlib.Path, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    scores = (litert_scores if path.suffix == ".tflite" else onnxruntime_scores)(path, images)
    return scores.argmax(axis=1) == labels


def mcnemar(a: np.ndarray, b: np.ndarray) -> float:
    """Two-sided and exact: the sign test on the images that exactly one of both gets right."""
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    n = only_a + only_b
    tail = sum(math.comb(n, k) for k in range(min(only_a, only_b) + 1))
    return min(1.0, 2.0 * tail / 2**n)


def holm(ps: list[float]) -> list[float]:
    corrected, least = [0.0] * len(ps), 0.0
    for place, i in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        least = max(least, min(1.0, ps[i] * (len(ps) - place)))
        corrected[i] = least
    return corrected


def table(rows: list[Row], reference: np.ndarray) -> str:
    done = [row for row in rows if row.right is not None]
    ours = {row.tool.scheme: row.right for row in done if row.tool.name == "netfit"}
    against_float = holm([mcnemar(reference, row.right) for row in done])
    peers = [row for row in done if row.tool.name != "netfit" and row.tool.scheme in ours]
    against_us = holm([mcnemar(ours[row.tool.scheme], row.right) for row in peers])
    lines = ["| tool | scheme | top-1 | drop | p, float | p, netfit | bytes | user s | wall s | peak MB |",
             "|---|---|---|---|---|---|---|---|---|---|"]
    for row in rows:
        head = f"| {row.tool.name} | {row.tool.scheme} "
        if row.right is None:
            lines.append(head + f"| failed: {row.note.replace('|', '/')} | | | | | {row.user_seconds:.1f} | | |")
            continue
        place = next(i for i, other in enumerate(done) if other is row)
        rival = next((i for i, other in enumerate(peers) if other is row), None)
        lines.append(head + f"| {100 * row.right.mean():.2f} | {100 * (reference.mean() - row.right.mean()):+.2f} "
                     f"| {against_float[place]:.2g} | {'' if rival is None else f'{against_us[rival]:.2g}'} "
                     f"| {row.size:,} | {row.user_seconds:.1f} | {row.wall_seconds:.1f} | {row.peak_mb:.0f} |")
    return "\n".join(lines)


def compare(network: pathlib.Path, options) -> str:
    images, labels = cifar.load(options.data, "test")
    images, labels = images[: options.images], labels[: options.images]
    reference = which_right(network, images, labels)
    # What ai-edge-quantizer starts from.
    float_file = options.work / f"{network.stem}-float32.tflite"
    run_child([sys.executable, str(HERE / "run_tool.py"), "tflite_float32", str(network),
               str(options.work / "calibration.npz"), str(float_file)], float_file.with_suffix(".log"))
    rows = []
    for i, tool in enumerate(TOOLS):
        output = options.work / f"{network.stem}-{i}{tool.extension}"
        output.unlink(missing_ok=True)
        start = output.with_suffix(".float.tflite")
        if float_file.exists():
            start.write_bytes(float_file.read_bytes())
        row = quantize(tool, network, options, output)
        if row.size:
            row.right = which_right(output, images, labels)
        rows.append(row)
        print(f"{network.stem}: {tool.name} {tool.scheme}: {row.note or f'{100 * row.right.mean():.2f} %'}", flush=True)
    return (f"{network.stem}, float32 {100 * reference.mean():.2f} % of {len(labels):,} test images:\n\n"
            + table(rows, reference))


def write_between_markers(path: pathlib.Path, text: str) -> None:
    page = path.read_text()
    head, rest = page.split(BEGIN)
    _, tail = rest.split(END)
    path.write_text(f"{head}{BEGIN}\n\n{text}\n\n{END}{tail}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--netfit", required=True, help="the program")
    parser.add_argument("--data", required=True, type=pathlib.Path, help="folder of CIFAR-10's binary files")
    parser.add_argument("--networks", type=pathlib.Path, nargs="+",
                        default=[ROOT / "zoo" / f"mobilenetv2_cifar10_{name}.onnx" for name in ("450k", "w1.0")])
    parser.add_argument("--images", type=int, default=10000, help="how many test images (default: all)")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "peers" / "files")
    parser.add_argument("--docs", type=pathlib.Path, help="page whose markers get the table")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    np.savez(options.work / "calibration.npz", x=cifar.calibration(options.data).transpose(0, 3, 1, 2))
    tables = []
    for network in options.networks:
        tables.append(compare(network, options))
        print(tables[-1], flush=True)
        # After each, so that a run that ends early has not been for nothing.
        if options.docs:
            write_between_markers(options.docs, "\n\n".join(tables))


if __name__ == "__main__":
    main()
