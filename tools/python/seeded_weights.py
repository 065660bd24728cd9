#!/usr/bin/env python3
"""Seeded weights: the Python twin of packages/core/src/weights/seeded.ts, bit for bit. Needs numpy only.

    import seeded_weights
    w = seeded_weights.parameter(seed=1, name="conv1.weight", shape=(96, 3, 11, 11), role="weight")

Usage: seeded_weights.py --check FIXTURE.json     recompute every row; exit 1 at the first difference
       seeded_weights.py --write FIXTURE.json     recompute and store every row's values (rows themselves are edited by hand)

Element i of a parameter is made from word i mod 4 of the Philox4x32-10 block whose counter is i // 4, under the key
(seed, FNV-1a of the name in UTF-8):

    k     = 2 * (word // 16) + 1 - 2**28           an odd integer, |k| < 2**28, never 0
    value = float32(centre + k * 2**-28 * bound)   exact in float64, rounded once

`role` names the distribution: see ROLES.
"""
import argparse
import hashlib
import json
import math
import sys

import numpy as np

U32, U64 = np.uint32, np.uint64


def philox4x32(counter, key):
    """Philox4x32-10 (Salmon et al., SC 2011). counter: uint32 array [4, blocks]; key: two words. Returns uint32 [4, blocks]."""
    x0, x1, x2, x3 = (np.asarray(c, U32) for c in counter)
    k0, k1 = int(key[0]), int(key[1])
    for _ in range(10):
        p0 = x0.astype(U64) * U64(0xD2511F53)
        p1 = x2.astype(U64) * U64(0xCD9E8D57)
        high0, low0 = (p0 >> U64(32)).astype(U32), p0.astype(U32)
        high1, low1 = (p1 >> U64(32)).astype(U32), p1.astype(U32)
        x0, x1, x2, x3 = high1 ^ x1 ^ U32(k0), low1, high0 ^ x3 ^ U32(k1), low0
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack([x0, x1, x2, x3])


def fnv1a(text):
    """32-bit FNV-1a of the UTF-8 bytes."""
    h = 0x811C9DC5
    for byte in text.encode():
        h = (h ^ byte) * 0x01000193 & 0xFFFFFFFF
    return h


ROLES = {  # role -> (centre, bound) for a shape
    "weight": lambda shape: (0, math.sqrt(6 / math.prod(shape[1:]))),  # fan-in: in/groups * kh * kw, or in
    "bias": lambda shape: (0, 0.25),
    "batchNorm.scale": lambda shape: (1, 0.5),
    "batchNorm.bias": lambda shape: (0, 0.1),
    "batchNorm.mean": lambda shape: (0, 0.1),
    "batchNorm.variance": lambda shape: (1, 0.5),
}

PART = 1 << 20  # blocks computed at a time: keeps the temporaries small


def parameter(seed, name, shape, role):
    """The values of one parameter as float32."""
    centre, bound = ROLES[role](shape)
    step = float(np.float32(bound)) / 2**28
    size = math.prod(shape)
    values = np.empty(-(-size // 4) * 4, np.float32)
    for first in range(0, len(values) // 4, PART):
        block = np.arange(first, min(first + PART, len(values) // 4), dtype=U64)
        zero = np.zeros(len(block), U32)
        words = philox4x32([block.astype(U32), (block >> U64(32)).astype(U32), zero, zero], (seed, fnv1a(name))).T.ravel()
        k = 2 * (words >> U32(4)).astype(np.int64) + 1 - 2**28
        values[first * 4 : first * 4 + len(words)] = centre + k * step
    return values[:size].reshape(shape)


def bits(value):
    return f"{np.float32(value).view(U32):08x}"


def philox_row(row):
    words = lambda texts: [int(t, 16) for t in texts]
    out = philox4x32([[c] for c in words(row["counter"])], words(row["key"]))
    return {**row, "out": [f"{w:08x}" for w in out[:, 0]]}


def parameter_row(row):
    values = parameter(row["seed"], row["name"], row["shape"], row["role"]).ravel()
    return {
        **row,
        "first": [bits(v) for v in values[:4]],
        "at": {i: bits(values[int(i)]) for i in row["at"]},
        "sha256": hashlib.sha256(values.astype("<f4").tobytes()).hexdigest(),
    }


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = arguments.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", metavar="FIXTURE")
    action.add_argument("--write", metavar="FIXTURE")
    options = arguments.parse_args()
    path = options.check or options.write
    with open(path, encoding="utf8") as file:
        fixture = json.load(file)
    computed = {
        "philox": [philox_row(row) for row in fixture["philox"]],
        "parameters": [parameter_row(row) for row in fixture["parameters"]],
    }
    if options.write:
        # the generator's published answers are not ours to change
        assert computed["philox"] == fixture["philox"], "philox does not give the published vectors"
        with open(path, "w", encoding="utf8") as file:
            json.dump({**fixture, "parameters": computed["parameters"]}, file, indent=2)
            file.write("\n")
        return 0
    rows = [(want, got) for kind, got_rows in computed.items() for want, got in zip(fixture[kind], got_rows)]
    wrong = [(want, got) for want, got in rows if want != got]
    for want, got in wrong:
        print(f"differs: want {json.dumps(want)}\n          got {json.dumps(got)}")
    print(f"{len(rows) - len(wrong)} of {len(rows)} rows agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
