#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes data/cifar10_subset from the official CIFAR-10 binary files: make_subset.py [FOLDER, default build/cifar10]

test.png, train.png    images side by side, 40 a row, in the order of the .txt file beside it
test.txt, train.txt    one line an image: its index in the official order (training files one after another), its label
batches.meta.txt       class names, label 0 first

Test: of default_rng(0).permutation(10000) the first 200 images of each class, stored in the official order, so that the
first N of them are mixed. Training: default_rng(0).permutation(50000)[:512], in that order. Needs numpy and Pillow.
"""
import pathlib
import sys

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE / "cifar10_subset"
COLUMNS = 40


def load(paths):
    records = np.concatenate([np.fromfile(path, np.uint8).reshape(-1, 3073) for path in paths])
    return records[:, 0], records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)


def test_indices(labels, per_class=200):
    order = np.random.default_rng(0).permutation(len(labels))
    chosen = [order[labels[order] == label][:per_class] for label in range(10)]
    return np.sort(np.concatenate(chosen))


def train_indices(labels, count=512):
    return np.random.default_rng(0).permutation(len(labels))[:count]


def save(name, indices, labels, images):
    lines = [f"{index} {labels[index]}\n" for index in indices]
    (TARGET / f"{name}.txt").write_text("".join(lines))
    rows = -(-len(indices) // COLUMNS)
    tiles = np.zeros((rows * COLUMNS, 32, 32, 3), np.uint8)
    tiles[: len(indices)] = images[indices]
    sheet = tiles.reshape(rows, COLUMNS, 32, 32, 3).transpose(0, 2, 1, 3, 4).reshape(rows * 32, COLUMNS * 32, 3)
    Image.fromarray(sheet).save(TARGET / f"{name}.png", optimize=True)


def main():
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "build" / "cifar10"
    TARGET.mkdir(exist_ok=True)
    labels, images = load([source / "test_batch.bin"])
    save("test", test_indices(labels), labels, images)
    labels, images = load([source / f"data_batch_{i}.bin" for i in range(1, 6)])
    save("train", train_indices(labels), labels, images)
    (TARGET / "batches.meta.txt").write_bytes((source / "batches.meta.txt").read_bytes())


if __name__ == "__main__":
    main()
