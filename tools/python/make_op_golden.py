#!/usr/bin/env python3
"""Writes packages/core/src/ops/ops.golden.json: every op on small tensors with edge shapes, computed by PyTorch in float64.

Usage: make_op_golden.py OUT.json        Needs: torch (any recent version), numpy.

Inputs and parameters are float32 values made by an integer rule (`fill`), which the test repeats, so that only outputs are stored.
"""
import json, sys
import numpy as np, torch, torch.nn.functional as F


def fill(shape, salt):
    """Values in [-1, 1) with 8 bits: element i is ((i * 73 + salt * 151) mod 257 - 128) / 128. Exact in every format."""
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return torch.from_numpy((((i * 73 + salt * 151) % 257 - 128) / 128).reshape(shape))


def pads(top=0, left=0, bottom=0, right=0):
    return dict(top=top, left=left, bottom=bottom, right=right)


def run(op, x, a, p):
    side = a.get("pads", pads())
    around = (side["left"], side["right"], side["top"], side["bottom"])
    if op == "conv2d":
        return F.conv2d(F.pad(x, around), p["weight"], p.get("bias"), stride=tuple(a["stride"]), groups=a["groups"])
    if op == "linear":
        return F.linear(x, p["weight"], p.get("bias"))
    if op == "relu":
        return F.relu(x)
    if op == "lrn":  # PyTorch's window is size//2 before; the definition here has floor((size-1)/2) before: shift even sizes
        n, before = a["size"], (a["size"] - 1) // 2
        squares = F.pad(x * x, (0, 0, 0, 0, before, n - 1 - before))
        window = sum(squares[:, i : i + x.shape[1]] for i in range(n))
        y = x / (a["bias"] + a["alpha"] / n * window) ** a["beta"]
        if n % 2:
            assert torch.allclose(y, F.local_response_norm(x, n, a["alpha"], a["beta"], a["bias"]), rtol=1e-13)
        return y
    if op == "maxPool2d":
        if a["ceilMode"]:
            return F.max_pool2d(x, a["kernel"], a["stride"], (side["top"], side["left"]), ceil_mode=True)
        return F.max_pool2d(F.pad(x, around, value=float("-inf")), a["kernel"], a["stride"])
    if op == "adaptiveAvgPool2d":
        return F.adaptive_avg_pool2d(x, tuple(a["output"]))
    if op == "batchNorm":
        return F.batch_norm(x, p["mean"], p["variance"] + 2, p["scale"], p["bias"], False, 0.0, a["epsilon"])
    if op == "pad2d":
        return F.pad(x, around)
    if op == "flatten":
        return torch.flatten(x, 1)
    if op == "dropout":
        return F.dropout(x, a["rate"], training=False)
    if op == "softmax":
        return torch.softmax(x * 40, 1)
    raise ValueError(op)


C = lambda **k: dict(stride=[1, 1], pads=pads(), groups=1) | k
P = lambda **k: dict(kernel=[3, 3], stride=[2, 2], pads=pads(), ceilMode=False) | k
L = lambda **k: dict(size=5, alpha=0.7, beta=0.75, bias=1.3) | k
CASES = [
    ("conv2d", "the plain case, rectangular kernel", [2, 3, 7, 8], C(), dict(weight=[5, 3, 3, 2], bias=[5])),
    ("conv2d", "two groups, strides that do not divide", [1, 4, 9, 11], C(stride=[2, 4], groups=2), dict(weight=[6, 2, 3, 5], bias=[6])),
    ("conv2d", "four different pads", [1, 2, 6, 5], C(pads=pads(0, 3, 1, 2)), dict(weight=[3, 2, 4, 3], bias=[3])),
    ("conv2d", "conv1 of the 2012 paper in small: right and bottom padding only", [1, 3, 16, 20], C(stride=[4, 4], pads=pads(0, 0, 3, 3)), dict(weight=[4, 3, 11, 11], bias=[4])),
    ("conv2d", "no bias, groups as many as channels", [3, 3, 5, 4], C(groups=3, pads=pads(1, 1, 1, 1)), dict(weight=[6, 1, 3, 3])),
    ("conv2d", "a kernel wider than the image, held by padding", [1, 2, 3, 4], C(pads=pads(2, 2, 2, 2)), dict(weight=[2, 2, 5, 6], bias=[2])),
    ("linear", "batch 3", [3, 7], {}, dict(weight=[5, 7], bias=[5])),
    ("linear", "no bias, one output", [2, 9], {}, dict(weight=[1, 9])),
    ("relu", "both signs", [2, 3, 4, 5], {}, {}),
    ("lrn", "more channels than the window", [2, 9, 3, 4], L(), {}),
    ("lrn", "fewer channels than the window", [1, 3, 4, 5], L(), {}),
    ("lrn", "as many channels as the window", [1, 5, 2, 3], L(beta=0.5), {}),
    ("lrn", "an even window reaches one further up", [1, 7, 3, 2], L(size=4, alpha=0.9, beta=1.2, bias=0.4), {}),
    ("lrn", "a window of one channel", [1, 4, 3, 2], L(size=1), {}),
    ("maxPool2d", "floor drops the ragged edge", [2, 3, 8, 10], P(), {}),
    ("maxPool2d", "ceil keeps the ragged edge", [2, 3, 8, 10], P(ceilMode=True), {}),
    ("maxPool2d", "ceil drops a window that would start in the padding", [1, 2, 5, 7], P(kernel=[2, 2], stride=[2, 3], pads=pads(1, 1, 1, 1), ceilMode=True), {}),
    ("maxPool2d", "the zoo's pool5: padding at the bottom and right", [1, 2, 12, 10], P(pads=pads(0, 0, 1, 1)), {}),
    ("maxPool2d", "all pads, rectangular window", [1, 3, 6, 9], P(kernel=[2, 3], stride=[1, 2], pads=pads(1, 2, 1, 2)), {}),
    ("adaptiveAvgPool2d", "windows of different sizes that overlap", [2, 3, 7, 5], dict(output=[3, 4]), {}),
    ("adaptiveAvgPool2d", "fewer input rows than output rows", [1, 2, 2, 9], dict(output=[5, 4]), {}),
    ("batchNorm", "images", [2, 3, 4, 5], dict(epsilon=1e-3), dict(scale=[3], bias=[3], mean=[3], variance=[3])),
    ("batchNorm", "features", [3, 7], dict(epsilon=1e-5), dict(scale=[7], bias=[7], mean=[7], variance=[7])),
    ("pad2d", "four different pads", [2, 3, 4, 5], dict(pads=pads(1, 0, 2, 3)), {}),
    ("flatten", "CHW order", [2, 3, 4, 5], {}, {}),
    ("dropout", "is the identity", [2, 3, 4, 5], dict(rate=0.4), {}),
    ("softmax", "logits from -40 to 40", [3, 11], {}, {}),
]

out = []
for op, why, shape, attrs, params in CASES:
    x = fill(shape, 1)
    tensors = {role: fill(s, 2 + i) for i, (role, s) in enumerate(params.items())}
    y = run(op, x, attrs, tensors)
    out.append(dict(op=op, why=why, input=shape, attributes=attrs, parameters=params, shape=list(y.shape), output=y.flatten().tolist()))
json.dump(out, open(sys.argv[1], "w"), separators=(",", ":"))
print(f"{len(out)} cases, PyTorch {torch.__version__}")
