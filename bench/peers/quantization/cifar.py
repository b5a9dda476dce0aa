# SPDX-License-Identifier: Apache-2.0
"""CIFAR-10's official binary files as what the two networks take."""

import pathlib

import numpy as np

MEAN = np.array([0.4914, 0.4822, 0.4465], np.float32)
STD = np.array([0.2470, 0.2435, 0.2616], np.float32)
RECORD = 1 + 3 * 32 * 32


def load(folder: pathlib.Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Preprocessed images [n,32,32,3] float32, and labels [n]."""
    names = ["test_batch.bin"] if split == "test" else [f"data_batch_{i}.bin" for i in range(1, 6)]
    records = np.concatenate([np.fromfile(folder / name, np.uint8).reshape(-1, RECORD) for name in names])
    pixels = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    images = (pixels.astype(np.float32) / np.float32(255) - MEAN) / STD
    return images.astype(np.float32), records[:, 0].astype(np.int64)


def calibration(folder: pathlib.Path) -> np.ndarray:
    """The 512 training images that every tool calibrates on."""
    images, _ = load(folder, "train")
    return images[np.random.default_rng(0).permutation(50000)[:512]]
