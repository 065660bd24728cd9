#!/usr/bin/env python3
"""Writes ONNX's own backend tests as files, from Python's onnx package: recent versions keep the tests of operators as code.

Usage: write_onnx_tests.py FOLDER
Needs: onnx (and what its tests import: numpy).

FOLDER gets node/test_*/model.onnx with test_data_set_0/input_*.pb and output_*.pb, for tests whose inputs and outputs are all
tensors, and light/ as it is in the package. `alexnet conform --onnx-tests FOLDER` runs them.
"""
import pathlib
import shutil
import sys
import warnings

import onnx
from onnx import TensorProto, numpy_helper
from onnx.backend.test.loader import DATA_DIR, load_node_model_tests


def tensors(values, declared):
    """TensorProtos of values under their names in the model; None when one is a sequence or left out."""
    if len(values) != len(declared) or not all(info.type.HasField("tensor_type") for info in declared):
        return None
    return [
        value if isinstance(value, TensorProto) else numpy_helper.from_array(value, info.name)
        for value, info in zip(values, declared)
    ]


def write(case, folder):
    """Writes one test; False when it is not one of tensors alone."""
    sets = [(tensors(i, case.model.graph.input), tensors(o, case.model.graph.output)) for i, o in case.data_sets]
    if any(inputs is None or outputs is None for inputs, outputs in sets):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(case.model.SerializeToString())
    for number, (inputs, outputs) in enumerate(sets):
        data = folder / f"test_data_set_{number}"
        data.mkdir(exist_ok=True)
        for kind, protos in (("input", inputs), ("output", outputs)):
            for j, proto in enumerate(protos):
                (data / f"{kind}_{j}.pb").write_bytes(proto.SerializeToString())
    return True


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    target = pathlib.Path(sys.argv[1])
    warnings.simplefilter("ignore")  # tests of numbers that overflow do so when they are made
    written = sum(write(case, target / "node" / case.name) for case in load_node_model_tests())
    light = pathlib.Path(DATA_DIR) / "light"
    if light.is_dir():
        shutil.copytree(light, target / "light", dirs_exist_ok=True)
    print(f"onnx {onnx.__version__}: {written} tests of operators in {target / 'node'}")
    return 0 if written > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
