#!/usr/bin/env python3
"""Runs op cases that `alexnet conform --export-onnx FOLDER` wrote: in onnxruntime, and in onnx's reference evaluator if it is there.

Usage: run_onnx_cases.py FOLDER [--reference]
Needs: numpy, onnx, onnxruntime.

Each case is judged with its own tolerance: |got - want| <= atol + rtol |want|, shape and type the same, NaN for NaN. With
--reference, the evaluator's verdict counts too; without, it is told and does not count: it has known errors (its LRN takes the
batch for the channels). Exit code: 0 when every case passed, 1 when not, 2 for bad usage.
"""
import argparse
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator


def load(path):
    return numpy_helper.to_array(onnx.TensorProto.FromString(path.read_bytes()))


def problem(got, want, atol, rtol):
    """What is wrong with an output; None when nothing is."""
    if got.shape != want.shape or got.dtype != want.dtype:
        return f"{got.dtype} {got.shape}, not {want.dtype} {want.shape}"
    got, want = got.astype(np.float64), want.astype(np.float64)
    with np.errstate(invalid="ignore"):
        good = (got == want) | (np.isnan(got) & np.isnan(want)) | (np.abs(got - want) <= atol + rtol * np.abs(want))
    if good.all():
        return None
    error = np.where(good, 0, np.abs(got - want))
    worst = np.unravel_index(np.nanargmax(np.where(np.isnan(error), np.inf, error)), error.shape)
    return f"{(~good).sum()} of {good.size} wrong; at {[int(i) for i in worst]} {got[worst]}, not {want[worst]} (atol {atol:g})"


def in_runtime(model, x):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})[0]


def in_reference(model, x):
    return np.asarray(ReferenceEvaluator(model).run(None, {model.graph.input[0].name: x})[0])


def judge(folder, engine):
    settings = json.loads((folder / "data.json").read_text())
    model = onnx.load(folder / "model.onnx")
    onnx.checker.check_model(model, full_check=True)
    data = folder / "test_data_set_0"
    try:
        got = engine(model, load(data / "input_0.pb"))
    except Exception as error:  # whatever an engine throws is its answer
        return f"threw {error}"
    return problem(got, load(data / "output_0.pb"), settings["atol"], settings["rtol"])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--reference", action="store_true", help="the reference evaluator must pass too")
    options = arguments.parse_args()
    cases = sorted(path.parent for path in options.folder.glob("test_*/model.onnx"))
    if not cases:
        print(f"{options.folder} has no test_*/model.onnx", file=sys.stderr)
        return 2
    onnxruntime.set_default_logger_severity(3)
    engines = [
        (f"onnxruntime {onnxruntime.__version__}", in_runtime, True),
        (f"onnx {onnx.__version__} reference evaluator", in_reference, options.reference),
    ]
    failures = 0
    for name, engine, counts in engines:
        problems = [(case.name, why) for case in cases if (why := judge(case, engine)) is not None]
        for case, why in problems:
            print(f"  {case}: {why}")
        told = "" if counts else " (does not count)"
        print(f"{name}: {len(cases) - len(problems)} passed, {len(problems)} failed{told}")
        failures += len(problems) if counts else 0
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
