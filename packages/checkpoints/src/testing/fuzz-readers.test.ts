import { describe, expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';
import { fuzzCaffe } from './fuzz-caffe.ts';
import { fuzzDeepCompression } from './fuzz-deep-compression.ts';
import { fuzzKeras } from './fuzz-keras.ts';
import { fuzzNumpy } from './fuzz-numpy.ts';
import { fuzzOnnx } from './fuzz-onnx.ts';
import { fuzzOnnxGraph } from './fuzz-onnx-graph.ts';
import { fuzzPickle } from './fuzz-pickle.ts';
import { fuzzPytorch } from './fuzz-pytorch.ts';
import { fuzzSafetensors } from './fuzz-safetensors.ts';
import { fuzzTfjs } from './fuzz-tfjs.ts';
import { fuzzZip } from './fuzz-zip.ts';

/** `npm run fuzz` sets it, to so many of each. */
const asked = Number(process.env['ALEXNET_FUZZ_CASES'] ?? 0);
const hour = 3_600_000;

describe.each([
  { target: fuzzSafetensors, usual: 1500 },
  { target: fuzzOnnx, usual: 1500 },
  { target: fuzzOnnxGraph, usual: 1500 },
  { target: fuzzZip, usual: 1500 },
  { target: fuzzPickle, usual: 1500 },
  { target: fuzzPytorch, usual: 1500 },
  { target: fuzzNumpy, usual: 1500 },
  { target: fuzzCaffe, usual: 1500 },
  { target: fuzzDeepCompression, usual: 1500 },
  { target: fuzzTfjs, usual: 1500 },
  { target: fuzzKeras, usual: 200 }, // a library in WebAssembly: some milliseconds each
])('mutated files of $target.name', ({ target, usual }) => {
  it('are read or refused', { timeout: asked > 0 ? hour : 60_000 }, async () => {
    const { accepted, refused, slowestMs } = await fuzz(target, { seed: 1, cases: asked || usual });
    if (asked > 0)
      process.stdout.write(
        `${target.name}: ${accepted} read, ${refused} refused, ${slowestMs.toFixed(0)} ms at most\n`,
      );
    expect(Math.min(accepted, refused)).toBeGreaterThan(10); // else the mutations are too tame, or too wild
  });
});
