#!/usr/bin/env python3
"""Writes packages/conformance/src/networks/check-values.golden.json: what PyTorch computes of our networks in float64, independently of our oracle.

Usage: check_values.py FOLDER OUT.json       Needs: torch (any recent version), numpy.

To redo it, after `npm run build`:

    node tools/check-values.mjs --export FOLDER
    python3 tools/python/check_values.py FOLDER packages/conformance/src/networks/check-values.golden.json
    node tools/check-values.mjs

FOLDER holds for each network NN.json (variant, dimensions, seed, image and the graph as plain data) and NN.f32 (the preprocessed image:
float32, little-endian, batch 1). Weights come from seeded_weights.py, the twin of our generator. Nothing is rounded between layers. Of each
layer that computes something: the sum, the sum of squares, and the values at floor(n * (j * 0.6180339887498949 mod 1)), j = 1 to 5.
"""
import glob
import hashlib
import json
import math
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

from seeded_weights import parameter

GOLDEN = 0.6180339887498949
SAMPLES = 5
COPIES = {"dropout", "flatten", "pad2d"}  # values as they were


class Parameters:
    """The seeded parameters of a graph in float64; one at a time, since a large layer has 300 MB."""

    def __init__(self, graph, seed):
        self.shapes = {p["name"]: tuple(p["shape"]) for p in graph["parameters"]}
        self.seed = seed

    def __call__(self, node, field):
        name = node.get(field)
        if name is None:
            return None
        role = f"batchNorm.{field}" if node["op"] == "batchNorm" else field
        return torch.from_numpy(parameter(self.seed, name, self.shapes[name], role).astype(np.float64))


def around(node):
    """Padding as torch's `pad` takes it: last axis first."""
    p = node["pads"]
    return p["left"], p["right"], p["top"], p["bottom"]


def max_pool(node, x):
    """Windows begin in the image or in the padding before it; with ceilMode the last may reach beyond the end."""
    (kh, kw), (sh, sw), (left, right, top, bottom) = node["kernel"], node["stride"], around(node)
    if node["ceilMode"]:
        if (top, left) == (bottom, right):
            return F.max_pool2d(x, (kh, kw), (sh, sw), (top, left), ceil_mode=True)
        raise SystemExit(f"{node['name']}: ceilMode with uneven padding is in no network")
    return F.max_pool2d(F.pad(x, (left, right, top, bottom), value=-math.inf), (kh, kw), (sh, sw))


def run(node, x, of):
    op = node["op"]
    if op == "conv2d":
        x = F.pad(x, around(node))
        return F.conv2d(x, of(node, "weight"), of(node, "bias"), stride=tuple(node["stride"]), groups=node["groups"])
    if op == "linear":
        return F.linear(x, of(node, "weight"), of(node, "bias"))
    if op == "relu":
        return F.relu(x)
    if op == "lrn":
        if node["size"] % 2 == 0:
            raise SystemExit("torch's even windows are not ours")
        return F.local_response_norm(x, node["size"], node["alpha"], node["beta"], node["bias"])
    if op == "maxPool2d":
        return max_pool(node, x)
    if op == "adaptiveAvgPool2d":
        return F.adaptive_avg_pool2d(x, tuple(node["output"]))
    if op == "batchNorm":
        mean, variance, scale, bias = (of(node, field) for field in ("mean", "variance", "scale", "bias"))
        return F.batch_norm(x, mean, variance, scale, bias, False, 0.0, node["epsilon"])
    if op == "pad2d":
        return F.pad(x, around(node))
    if op == "flatten":
        return torch.flatten(x, 1)
    if op == "dropout":
        return x
    if op == "softmax":
        return torch.softmax(x, 1)
    raise SystemExit(f"unknown op {op}")


def numbers(y):
    flat = y.reshape(-1)
    at = [int(math.floor(flat.numel() * ((j * GOLDEN) % 1))) for j in range(1, SAMPLES + 1)]
    return [float(flat.sum()), float((flat * flat).sum()), *(float(flat[i]) for i in at)]


def check_values(path):
    with open(path) as file:
        network = json.load(file)
    graph = network.pop("graph")
    raw = np.fromfile(path.removesuffix(".json") + ".f32", "<f4")
    [given] = graph["inputs"]
    values = {given["name"]: torch.from_numpy(raw.astype(np.float64).reshape(1, *given["shape"]))}
    of = Parameters(graph, network["seed"])
    layers = {}
    for node in graph["nodes"]:
        y = run(node, values[node["inputs"][0]], of)
        values[node["name"]] = y
        if node["op"] not in COPIES:
            layers[node["name"]] = numbers(y)
    [output] = graph["outputs"]
    # by the logits: probabilities may be too small to differ
    [logits] = next(node["inputs"] for node in graph["nodes"] if node["name"] == output)
    top5 = torch.topk(values[logits][0], 5).indices.tolist()
    return network | {"input": hashlib.sha256(raw.tobytes()).hexdigest(), "top5": top5, "layers": layers}


def lines(records):
    """One line per layer: a difference is then readable."""
    for record in records:
        facts = {key: value for key, value in record.items() if key != "layers"}
        rows = ",\n".join(f"   {json.dumps(name)}: {json.dumps(row)}" for name, row in record["layers"].items())
        yield json.dumps(facts)[:-1] + ', "layers": {\n' + rows + "\n  }}"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, out = sys.argv[1:]
    records = []
    with torch.inference_mode():
        for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
            records.append(check_values(path))
            print(f"{records[-1]['variant']} {records[-1]['dimensions']}: classes {records[-1]['top5']}", flush=True)
    with open(out, "w") as file:
        file.write("[\n" + ",\n".join(lines(records)) + "\n]\n")
    print(f"{len(records)} networks, torch {torch.__version__}")


if __name__ == "__main__":
    main()
