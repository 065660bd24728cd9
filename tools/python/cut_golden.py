#!/usr/bin/env python3
"""Cuts a golden file of expected layer outputs to its first sample and to some of its values, so that it is small enough to commit.

Usage: cut_golden.py IN.expected.safetensors OUT.expected.safetensors [--every N] [--float32] [--no-input]
Needs: numpy, safetensors.

--every N    keeps the elements 0, N, 2N... of layers that have more than 1000, flat in row-major order; N is in the metadata as `every`.
             Take one that divides no extent, so that all channels, rows and columns occur. Default: all of them.
--float32    for layers that were computed in float32, of which nothing is lost.
--no-input   leaves the input out: that of another file is the same.

`input` stays float32 and whole, every layer's output float64, all with batch 1.
"""
import argparse

import numpy as np
from safetensors.numpy import load_file, save_file

WHOLE = 1000

parser = argparse.ArgumentParser(usage=__doc__)
parser.add_argument("source")
parser.add_argument("target")
parser.add_argument("--every", type=int, default=1)
parser.add_argument("--float32", action="store_true")
parser.add_argument("--no-input", action="store_true")
options = parser.parse_args()


def cut(name, values):
    first = values[:1]
    if name == "input":
        return first
    if options.float32:
        if not np.array_equal(first.astype(np.float32), first):
            raise SystemExit(f"{name} was not computed in float32")
        first = first.astype(np.float32)
    return first if first.size <= WHOLE else first.ravel()[:: options.every]


tensors = {
    name: np.ascontiguousarray(cut(name, values))
    for name, values in load_file(options.source).items()
    if not (options.no_input and name == "input")
}
save_file(tensors, options.target, metadata={"every": str(options.every)})
