#!/usr/bin/env python3
"""Runs a .tflite file in LiteRT, one sample at a time: run_tflite.py [--reference] MODEL IN.npz OUT.npz

IN.npz holds one array [n, ...] for each input, as input_0, input_1, ... in the model's order; OUT.npz gets output_0, ...
With --reference LiteRT's reference kernels compute, without any delegate.
"""
import argparse

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def interpreter(reference, **source):
    kind = OpResolverType.BUILTIN_REF if reference else OpResolverType.AUTO
    made = Interpreter(experimental_op_resolver_type=kind, num_threads=1, **source)
    made.allocate_tensors()
    return made


def run(made, inputs):
    """One sample: arrays in the model's order."""
    for detail, value in zip(made.get_input_details(), inputs):
        made.set_tensor(detail["index"], value)
    made.invoke()
    return [made.get_tensor(detail["index"]) for detail in made.get_output_details()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", action="store_true")
    parser.add_argument("model")
    parser.add_argument("inputs")
    parser.add_argument("outputs")
    flags = parser.parse_args()
    made = interpreter(flags.reference, model_path=flags.model)
    data = np.load(flags.inputs)
    arrays = [data[f"input_{i}"] for i in range(len(data.files))]
    samples = [run(made, [array[i:i + 1] for array in arrays]) for i in range(len(arrays[0]))]
    np.savez(flags.outputs, **{f"output_{i}": np.concatenate(parts) for i, parts in enumerate(zip(*samples))})


if __name__ == "__main__":
    main()
