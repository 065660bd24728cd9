import { readCheckpoint } from '@alexnet/checkpoints';
import { writeSafetensors } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../link/failure.ts';
import type { Network } from '../network.ts';
import { brokenFile, goldenFile, narrowNet, nativeFolder, unclearFile } from '../testing/weight-files.ts';
import type { GivenFile } from './given-file.ts';
import { readFiles } from './read-files.ts';

const given = (path: string, bytes: Uint8Array): GivenFile => ({
  path,
  file: new File([new Uint8Array(bytes)], path.split('/').at(-1)!),
});
const golden = (name: string, path = name) => given(path, goldenFile(name));

async function networkOf(...[files, options]: Parameters<typeof readFiles>): Promise<Network> {
  const read = await readFiles(files, options);
  if (read.kind === 'network') return read.network;
  throw new Error(read.message);
}

describe('files that a person gives', () => {
  it.each([
    { name: 'torchvision.safetensors', format: 'safetensors with torchvision names' },
    { name: 'torchvision.pth', format: 'pytorch with torchvision names' },
    { name: 'torchvision-legacy.pth', format: 'pytorch with torchvision names' },
    { name: 'torchvision.onnx', format: 'onnx with torchvision names' },
  ])('are read: $name', async ({ name, format }) => {
    const told: number[] = [];
    const network = await networkOf([golden(name)], { onProgress: ({ done, total }) => told.push(done / total) });
    const { weights } = await readCheckpoint(goldenFile('torchvision.safetensors'));
    expect(network.weights).toEqual(weights);
    expect(network.variant.id).toBe('torchvision');
    expect(Object.fromEntries(network.facts)).toMatchObject({
      Network: 'torchvision AlexNet',
      Format: expect.stringContaining(format),
      Classes: '10, without names',
      Tensors: '16, 227,150 values',
    });
    expect(told.at(-1)).toBe(1);
  });

  it('go through postMessage as a network', async () => {
    const network = await networkOf([golden('torchvision.onnx')]);
    expect(structuredClone(network)).toEqual(network);
  });

  it('name the classes of the network where its weights have as many', async () => {
    const { labels, facts } = await networkOf([golden('keras-bn.h5')]);
    expect(labels?.[0]).toBe('airplane');
    expect(facts).toContainEqual(['Classes', '10']);
  });

  it('may be several that belong together, in a folder or not', async () => {
    const names = ['model.json', ...[1, 2, 3].map((n) => `group1-shard${n}of3.bin`)];
    const inFolder = names.map((name) => golden(`tfjs-export/${name}`, `my/model/${name}`));
    const byName = names.map((name) => golden(`tfjs-export/${name}`, name));
    const network = await networkOf(inFolder);
    expect(network.facts).toContainEqual(['Format', expect.stringContaining('tfjs')]);
    expect((await networkOf(byName)).weights).toEqual(network.weights);
  });

  it('are a native folder where there is a manifest, whatever else lies there', async () => {
    const net = narrowNet('caffenet');
    const files = [...(await nativeFolder(net))].map(([name, data]) => given(`nets/mine/${name}`, data));
    const network = await networkOf([golden('torchvision.onnx', 'nets/other.onnx'), ...files]);
    expect(network).toMatchObject({ name: 'mine', variant: { id: 'caffenet' } });
    expect(network.weights).toEqual(net.weights);
    expect(network.variant).toEqual(net.variant);
  });

  it('may be what several networks have: these are given to choose from, with what they do differently', async () => {
    const files = [given('mine.safetensors', unclearFile())];
    const read = await readFiles(files);
    expect(read).toMatchObject({
      kind: 'unclear',
      choices: expect.arrayContaining([
        {
          variant: 'caffenet',
          title: expect.any(String),
          difference: expect.stringContaining('pools, then normalises'),
        },
      ]),
    });
    expect((await networkOf(files, { variant: 'caffenet' })).variant.id).toBe('caffenet');
  });

  it('may hold values that are no numbers, which is said', async () => {
    const { warnings } = await networkOf([given('x.safetensors', brokenFile())], { variant: 'bvlc-alexnet' });
    expect(warnings).toEqual([expect.stringContaining('conv1.bias (1 NaN, 1 infinite)')]);
  });

  const cut = goldenFile('torchvision.onnx').subarray(0, 100_000);
  const two = new Map([['x', { shape: [2], data: Float32Array.of(1, 2) }]]);
  it.each([
    { why: 'nothing', files: [], says: 'no files' },
    { why: 'an empty file', files: [given('a', new Uint8Array())], says: 'The file is empty' },
    { why: 'text', files: [given('a.txt', Buffer.from('hello, world'))], says: 'The file is text, not weights' },
    {
      why: 'random bytes',
      files: [
        given(
          'a.bin',
          Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 31) % 251),
        ),
      ],
      says: 'no known format',
    },
    { why: 'a file that is cut off', files: [given('a.onnx', cut)], says: 'is cut off' },
    {
      why: 'two at once',
      files: [golden('torchvision.onnx'), golden('torchvision.safetensors')],
      says: 'There are 2 weight files: torchvision.onnx, torchvision.safetensors.',
    },
    {
      why: 'a whole disk',
      files: Array.from({ length: 2001 }, () => given('a', Buffer.from('x'))),
      says: 'more than 2000',
    },
    { why: 'a part of a model', files: [golden('tfjs-export/model.json', 'model.json')], says: 'group1-shard1of3.bin' },
    {
      why: 'weights of something else',
      files: [given('a.safetensors', Buffer.concat(writeSafetensors(two)))],
      says: 'no variant',
    },
    { why: 'a manifest that is none', files: [given('manifest.json', Buffer.from('{}'))], says: 'manifest' },
  ])('are refused with a reason: $why', async ({ files, says }) => {
    const failure = await readFiles(files).catch(failureOf);
    expect(failure).toMatchObject({
      message: expect.stringContaining(says),
      fix: expect.not.stringContaining('--variant'),
    });
  });
});
