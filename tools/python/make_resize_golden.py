#!/usr/bin/env python3
"""Writes packages/core/src/preprocess/pillow.golden.json: what Pillow's BILINEAR makes of small images, byte by byte.

Usage: make_resize_golden.py OUT.json      Needs: Pillow, numpy.

Pillow 12.3 resizes images more than 100 times as tall as wide vertically first; older ones, and we, never do: no case is so tall.
The images follow an integer rule that the test repeats: byte i of the RGBA data is (i * i * 7 + i * 31) mod 251.
"""
import base64, json, sys
import numpy as np, PIL
from PIL import Image

CASES = [
    ("shrinks by a factor that does not divide", 37, 23, 11, 7),
    ("grows", 5, 7, 12, 16),
    ("shrinks one axis and grows the other", 40, 3, 9, 10),
    ("keeps the size", 6, 9, 6, 9),
    ("shrinks by much", 101, 67, 3, 2),
    ("spreads a single pixel", 1, 1, 4, 5),
    ("grows one row only", 8, 1, 8, 3),
    ("tells 22-bit weights from 20, 21, 23 and 24 bits", 29, 33, 11, 7),
]
out = []
for why, w, h, rw, rh in CASES:
    i = np.arange(w * h * 4, dtype=np.int64)
    rgba = ((i * i * 7 + i * 31) % 251).astype(np.uint8).reshape(h, w, 4)
    resized = np.asarray(Image.fromarray(rgba[:, :, :3].copy()).resize((rw, rh), Image.BILINEAR))
    out.append(dict(why=why, width=w, height=h, resized=[rw, rh], rgb=base64.b64encode(resized.tobytes()).decode()))
json.dump(out, open(sys.argv[1], "w"), indent=1)
print(f"{len(out)} cases, Pillow {PIL.__version__}")
