#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes images and arrays with Pillow and numpy, each beside what it decodes to: make_data_files.py FOLDER

NAME.png or NAME.jpg with NAME.npy (u8 [1,h,w,3]); arrays.npz and packed.npz with the arrays a, b and c.
"""
import pathlib
import sys

import numpy as np
from PIL import Image

folder = pathlib.Path(sys.argv[1])
random = np.random.default_rng(3)
smooth = np.add.outer(np.arange(23) * 5, np.arange(37) * 3).astype(np.uint8)
color = np.stack([smooth, smooth.T.copy().reshape(23, 37), 255 - smooth], axis=-1)
noise = random.integers(0, 256, (16, 24, 3), dtype=np.uint8)


def save(name, image, ending, **options):
    path = folder / f"{name}.{ending}"
    image.save(path, **options)
    np.save(folder / f"{name}.npy", np.asarray(Image.open(path).convert("RGB"))[None])


save("rgb", Image.fromarray(noise), "png")
save("grey", Image.fromarray(smooth), "png")
save("bits", Image.fromarray(smooth > 100), "png")
save("palette", Image.fromarray(noise).quantize(17), "png")
save("jpeg", Image.fromarray(color), "jpg", quality=90)
save("jpeg_444", Image.fromarray(noise), "jpg", quality=75, subsampling=0)
save("jpeg_grey", Image.fromarray(smooth), "jpg")
save("jpeg_progressive", Image.fromarray(color), "jpg", progressive=True, optimize=True)

# Transparency is dropped, not blended; Pillow's convert does the same for RGBA.
save("alpha", Image.fromarray(np.concatenate([noise, noise[..., :1]], axis=-1), "RGBA"), "png")

arrays = {"a": random.standard_normal((3, 4, 5)).astype(np.float32), "b": np.arange(12, dtype=np.int64).reshape(3, 4),
          "c": np.asfortranarray(random.standard_normal((4, 3)))}
np.savez(folder / "arrays.npz", **arrays)
np.savez_compressed(folder / "packed.npz", **arrays)
for name, array in arrays.items():
    np.save(folder / f"{name}.npy", np.ascontiguousarray(array if name != "c" else array.astype(np.float32)))
