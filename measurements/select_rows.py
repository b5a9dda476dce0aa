#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Chooses the rows of the three platforms from a full table of published measurements, and says of each what it is
compared with: a device, a runtime, an element type, a number of threads and a model that netfit can build.

    measurements/select_rows.py measurements/published.csv > measurements/platforms.csv
"""
import csv
import re
import sys

COLUMNS = ["device", "runtime", "type", "threads", "model", "latency_ms", "energy_mj", "ram_kib", "flash_kib", "left_out",
           "printed_device", "printed_runtime", "source", "notes"]
TYPES = {"fp32": "float32", "fp16": "float16", "int8": "int8"}
UNSIGNED = "an unsigned 8-bit file, which XNNPACK leaves to TFLite's built-in kernels on all eight cores of two kinds"


def on_m1(row):
    if row["cpu_core"].startswith("gpu"):
        return "", "", "", "the GPU is not described"
    if row["runtime"] == "ncnn":
        return "apple-m1", "ncnn", row["threads"], ""
    if "xnnpack" in row["runtime"]:
        # One thread: mobilenet_v1 in float32 reaches 10 MACs a cycle, of which one core does at most 16.
        left_out = UNSIGNED if "uint" in row["notes"] else ""
        return "apple-m1", "tflite-xnnpack", "1", left_out
    return "", "", "", "the runtime is not described"


def on_a78(row):
    if "xiaomi" in row["device_id"]:
        return "", "", "", "the scheduler mixes Cortex-X1 and A78"
    if row["runtime"] == "ncnn":
        return "cortex-a78", "ncnn", row["threads"], ""
    if "xnnpack" in row["runtime"]:
        # The board draws 18.8 W for float32 and signed int8 files: one busy core; 33.9 W for unsigned ones: twelve.
        if "uint" in row["notes"]:
            return "cortex-a78", "tflite-ruy", "12", ""
        return "cortex-a78", "tflite-xnnpack", "1", ""
    if "ruy" in row["runtime"]:
        return "cortex-a78", "tflite-ruy", row["threads"], ""
    if "ArmNN" in row["runtime"]:
        return "cortex-a78", "armnn", row["threads"], ""
    return "", "", "", "the runtime is not described"


def on_m7(row):
    if row["precision"] != "int8":
        return "", "", "", "the runtime is not described"
    if "cube" not in row["runtime"].lower():
        return "", "", "", "the runtime is not described"
    return f"stm32h747@{row['clock_mhz']}MHz", "x-cube-ai-10", "1", ""


def model_of(row):
    name = row["model_id"]
    if name.startswith(("ncnn/", "mlperf_tiny/")):
        return re.sub(r"\.(param|tflite)$", "", name)
    # The zoo of ST trains on flowers (5 classes) where the path does not say ImageNet.
    if "cube" in row["runtime"].lower() and "ImageNet" not in row["notes"] and not name.startswith("resnet_v1_cifar"):
        name += ("," if ":" in name else ":") + "classes=5"
    return name


def main():
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    platforms = (("apple-m1", on_m1), ("cortex-a78", on_a78), ("cortex-m7", on_m7))
    with open(sys.argv[1], newline="") as file:
        rows = list(csv.DictReader(file))
    for core, choose in platforms:
        for row in rows:
            if core not in row["cpu_core"]:
                continue
            device, runtime, threads, left_out = choose(row)
            latency = row["latency_min_ms"] or row["latency_ms"]
            if not left_out and not latency:
                left_out = "no latency printed"
            # Energy of the other boards is that of the whole board at the wall, which no device file speaks of.
            energy = row["energy_mj"] if core == "cortex-m7" else ""
            writer.writerow([device or core, runtime, TYPES[row["precision"]], threads, model_of(row), latency,
                             energy, row["ram_kib"], row["flash_kib"], left_out, row["device_id"],
                             row["runtime"], row["source"], row["notes"]])


main()
