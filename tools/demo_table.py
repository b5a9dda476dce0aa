#!/usr/bin/env python3
"""Prints the demo's closing table: demo_table.py NETFIT FOLDER

Both networks of zoo/, float32 and int8, on the embedded CIFAR-10 test images.
"""
import json
import os
import subprocess
import sys

NETWORKS = ["mobilenetv2_cifar10_450k", "mobilenetv2_cifar10_w1.0"]


def netfit(*arguments):
    done = subprocess.run([sys.argv[1], *arguments, "--json"], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    return json.loads(done.stdout)


def row(name, scheme, path):
    answer = netfit("eval", path, "--data", "cifar10")
    per_image = 1e3 * answer["cpu_seconds"] / answer["images"]
    return (f"{name:<26}  {scheme:<7}  {os.path.getsize(path):>10,}  {answer['top1']:>6.2f}  "
            f"{answer['top1_low']:.2f} to {answer['top1_high']:.2f}  {per_image:>12.3f}")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print("\nnetwork                     scheme        bytes   top-1  90 % interval   CPU ms/image")
    for name in NETWORKS:
        source = f"zoo/{name}.onnx"
        target = os.path.join(sys.argv[2], f"{name}_int8.tflite")
        if not os.path.exists(target):
            netfit("quantize", source, "-o", target, "--scheme", "int8", "--data", "cifar10")
        print(row(name, "float32", source))
        print(row(name, "int8", target))
    print("\ntop-1 in percent, measured on the 2,000 embedded test images; CPU time measured on this machine.")


main()
