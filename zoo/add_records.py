#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds the preprocessing record and the class names to an ONNX file: add_records.py SOURCE... (written beside this script)

The keys are netfit.preprocessing and netfit.class_names, both JSON. Nothing else of the file changes; the script checks
that the bytes before the records are those of the source. Needs the onnx package.
"""
import json
import pathlib
import sys

import onnx

HERE = pathlib.Path(__file__).resolve().parent
CLASS_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def records(model):
    preprocessing = [
        {
            "input": model.graph.input[0].name,
            "scale": 1 / 255,
            "mean": [0.4914, 0.4822, 0.4465],
            "std": [0.2470, 0.2435, 0.2616],
            "order": "rgb",
        }
    ]
    return {"netfit.preprocessing": json.dumps(preprocessing), "netfit.class_names": json.dumps(CLASS_NAMES)}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for source in map(pathlib.Path, sys.argv[1:]):
        original = source.read_bytes()
        model = onnx.load_from_string(original)
        if model.metadata_props:
            sys.exit(f"{source}: has metadata already")
        added = onnx.ModelProto()
        for key, value in records(model).items():
            added.metadata_props.add(key=key, value=value)
        # Protocol buffers merge when their bytes are joined, so the source stays as it is, byte for byte.
        joined = original + added.SerializeToString()
        onnx.checker.check_model(onnx.load_from_string(joined), full_check=True)
        (HERE / source.name).write_bytes(joined)


if __name__ == "__main__":
    main()
