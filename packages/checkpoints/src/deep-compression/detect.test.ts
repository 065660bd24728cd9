import { createVariant, memorySource } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { netBytes } from '../testing/deep-compression-bytes.ts';
import { goldenFile } from '../testing/golden-file.ts';
import { conv, graph, linear, tiny } from '../testing/small-net.ts';
import { looksLikeDeepCompression } from './detect.ts';

const golden = goldenFile('deep-compression.net');
const { graph: narrow } = createVariant('bvlc-alexnet', { width: 1 / 16, classes: 10 });

describe('looksLikeDeepCompression', () => {
  const zeros = netBytes([{ ...conv, codebook: [] }, linear]);
  it.each([
    ['the golden file', golden, undefined, true],
    ['the golden file, of its network', golden, narrow, true],
    ['the golden file, of another network', golden, graph, false],
    ['a file of a small network', tiny, graph, true],
    ['a byte too many', new Uint8Array([...tiny, 0]), graph, false],
    ['a codebook of zeros', zeros, graph, false],
    ['nothing', new Uint8Array(0), undefined, false],
    ['zeros', new Uint8Array(1e5), undefined, false],
    ['a safetensors file', goldenFile('torchvision.safetensors'), undefined, false],
    ['an ONNX file', goldenFile('torchvision.onnx'), undefined, false],
    ['a caffemodel', goldenFile('caffenet.caffemodel'), undefined, false],
    ['an HDF5 file', goldenFile('keras-bn.h5'), undefined, false],
    ['a zip', goldenFile('torchvision.pth'), undefined, false],
    ['an npy', goldenFile('bvlc_alexnet.npy'), undefined, false],
  ])('tells %s', async (_what, file, network, looks) => {
    expect(await looksLikeDeepCompression(memorySource(file), network === undefined ? {} : { graph: network })).toBe(
      looks,
    );
  });
});
