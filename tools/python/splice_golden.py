#!/usr/bin/env python3
"""Writes a golden file as a recipe: pieces of another file and, in base64, what that one has not.

Usage: splice_golden.py BASE FILE OUT.splice.json

Checkpoints of one network in several formats hold the same values: committed this way each costs a few kB. The recipe has the SHA-256
of the file that it gives; `goldenFile` in packages/checkpoints/src/testing follows it.
"""
import base64
import hashlib
import json
import os
import sys

MIN_BYTES = 32

if len(sys.argv) != 4:
    sys.exit(__doc__)
base, file = (open(path, "rb").read() for path in sys.argv[1:3])
parts, literal, at = [], bytearray(), 0


def flush():
    if literal:
        parts.append(base64.b64encode(bytes(literal)).decode())
        literal.clear()


while at < len(file):
    block = file[at : at + MIN_BYTES]
    found = base.find(block) if len(block) == MIN_BYTES and len(set(block)) > 8 else -1
    if found < 0:
        literal.append(file[at])
        at += 1
        continue
    length = MIN_BYTES
    while at + length < len(file) and found + length < len(base) and file[at + length] == base[found + length]:
        length += 1
    flush()
    parts.append([found, length])
    at += length
flush()
recipe = {"base": os.path.basename(sys.argv[1]), "sha256": hashlib.sha256(file).hexdigest(), "parts": parts}
with open(sys.argv[3], "w") as out:
    json.dump(recipe, out, separators=(",", ":"))
    out.write("\n")
