#!/usr/bin/env python3
"""Cuts a golden file of expected layer outputs to its first sample, so that it is small enough to commit.

Usage: cut_golden.py IN.expected.safetensors OUT.expected.safetensors        Needs: numpy, safetensors.

`input` stays float32 and every layer's output float64, all with batch 1.
"""
import sys

import numpy as np
from safetensors.numpy import load_file, save_file

if len(sys.argv) != 3:
    sys.exit(__doc__)
tensors = load_file(sys.argv[1])
save_file({name: np.ascontiguousarray(values[:1]) for name, values in tensors.items()}, sys.argv[2])
