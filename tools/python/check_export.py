#!/usr/bin/env python3
"""Checks an exported ONNX model with Python's own tools, and compares what onnxruntime computes with what `alexnet run` wrote.

Usage: check_export.py MODEL.onnx IN.safetensors OUT.safetensors [--tolerance 1e-5]
Needs: numpy, onnx, onnxruntime, safetensors.

IN holds the model's inputs by name, OUT any of its values by name: outputs or inner layers. For each one, prints the largest
absolute difference, and that difference relative to the largest value of the tensor. Exit code: 0 when onnx.checker accepts the
model and every relative difference is within the tolerance; 1 when not; 2 for bad usage.
"""
import argparse
import sys

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file


def usage(message):
    print(message, file=sys.stderr)
    sys.exit(2)


def run(path, model, inputs, names):
    """The named values, computed by onnxruntime on the CPU. Inner values are made outputs of a copy in memory."""
    inner = [name for name in names if name not in {output.name for output in model.graph.output}]
    source = path
    if inner:
        for name in inner:
            model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
        source = model.SerializeToString()
    session = onnxruntime.InferenceSession(source, providers=["CPUExecutionProvider"])
    return dict(zip(names, session.run(names, inputs)))


def difference(got, want):
    """Largest absolute difference, and relative to the largest |want|; infinite when shapes or NaNs do not agree."""
    if got.shape != want.shape or not np.array_equal(np.isnan(got), np.isnan(want)):
        return np.inf, np.inf
    got, want = got.astype(np.float64), want.astype(np.float64)
    equal = (got == want) | np.isnan(want)  # equal infinities have no difference
    gap = np.abs(np.where(equal, 0, got) - np.where(equal, 0, want)).max(initial=0)
    scale = np.abs(want[np.isfinite(want)]).max(initial=0)
    return gap, gap / scale if scale > 0 else gap


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("model")
    arguments.add_argument("inputs")
    arguments.add_argument("outputs")
    arguments.add_argument("--tolerance", type=float, default=1e-5)
    options = arguments.parse_args()

    onnx.checker.check_model(options.model)  # by path: looks at external files too
    model = onnx.load(options.model)
    onnx.checker.check_model(model, full_check=True)  # with values loaded: infers all shapes
    opset = ", ".join(f"{o.domain or 'ai.onnx'} {o.version}" for o in model.opset_import)
    print(f"onnx.checker {onnx.__version__} accepts the model: {len(model.graph.node)} nodes, {opset}")

    given, written = load_file(options.inputs), load_file(options.outputs)
    initializers = {tensor.name for tensor in model.graph.initializer}
    wanted = [value.name for value in model.graph.input if value.name not in initializers]
    if missing := [name for name in wanted if name not in given]:
        usage(f"{options.inputs} lacks the input {', '.join(missing)}; it has {', '.join(given)}")
    known = {name for node in model.graph.node for name in node.output}
    names = [name for name in written if name in known]
    if not names:
        usage(f"{options.outputs} holds no value of the model; it has {', '.join(written)}")
    for name in written.keys() - known:
        print(f"  {name:<12} is no value of the model; not compared")

    computed = run(options.model, model, {name: given[name].astype(np.float32) for name in wanted}, names)
    failed = 0
    for name in names:
        absolute, relative = difference(written[name], computed[name])
        ok = relative <= options.tolerance
        failed += not ok
        print(f"  {name:<12} max abs {absolute:.3e}  relative {relative:.3e}  {'ok' if ok else 'TOO FAR'}")
    print(f"onnxruntime {onnxruntime.__version__}: {len(names) - failed} of {len(names)} values agree within {options.tolerance:g}")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        sys.exit(f"onnx.checker rejects the model: {error}")  # exit code 1
