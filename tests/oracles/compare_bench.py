#!/usr/bin/env python3
"""Holds `netfit bench` against LiteRT's own timing in Python: compare_bench.py NETFIT MODEL.tflite

Both time single-sample invocations of LiteRT on one thread and take turns, ROUNDS times. A round gives the fastest
invocation of either, which a busy machine disturbs least; the medians of these over the rounds must agree within
TOLERANCE. As the load can shift for longer than a turn, up to ATTEMPTS such measurements are made, and one that agrees
is enough: a timing that includes what it should not would agree in none. Prints the figures as JSON, one line for each
attempt, and exits with 0 or 1.
"""
import json
import statistics
import subprocess
import sys
import time

import numpy as np
from ai_edge_litert.interpreter import Interpreter

ROUNDS = 9
RUNS = 200
WARMUP = 20
TOLERANCE = 0.10
ATTEMPTS = 3


def load(path):
    interpreter = Interpreter(model_path=path, num_threads=1)
    interpreter.allocate_tensors()
    random = np.random.default_rng(1)
    for detail in interpreter.get_input_details():
        shape, dtype = detail["shape"], detail["dtype"]
        if np.issubdtype(dtype, np.integer):
            bounds = np.iinfo(dtype)
            sample = random.integers(bounds.min, bounds.max, size=shape, dtype=dtype, endpoint=True)
        else:
            sample = random.uniform(-1, 1, size=shape).astype(dtype)
        interpreter.set_tensor(detail["index"], sample)
    return interpreter


def time_in_python(interpreter):
    """The fastest of RUNS invocations, in milliseconds; only invoke() is timed."""
    times = []
    for _ in range(WARMUP + RUNS):
        start = time.perf_counter()
        interpreter.invoke()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times[WARMUP:])


def time_in_netfit(program, path):
    command = [program, "bench", path, "--runtime", "litert", "--threads", "1", "--json",
               "--warmup", str(WARMUP), "--runs", str(RUNS)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)["results"][0]["min_ms"]


def measure(program, path, interpreter):
    pairs = []
    for i in range(ROUNDS):
        if i % 2:
            python = time_in_python(interpreter)
        ours = time_in_netfit(program, path)
        if not i % 2:
            python = time_in_python(interpreter)
        pairs.append((python, ours))
    python, ours = (statistics.median(times) for times in zip(*pairs))
    return {"python_ms": round(python, 4), "netfit_ms": round(ours, 4), "ratio": round(ours / python, 4)}


def main():
    program, path = sys.argv[1:]
    interpreter = load(path)
    for _ in range(ATTEMPTS):
        figures = measure(program, path, interpreter)
        print(json.dumps(figures), flush=True)
        if abs(figures["ratio"] - 1) <= TOLERANCE:
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
