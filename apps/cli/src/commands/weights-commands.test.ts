import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifest } from '@alexnet/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alexnet, alexnetJson } from '../testing/run-command.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alexnet-weights-'));
});
afterAll(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const narrow = ['--variant', 'torchvision', '--width', '0.0625', '--classes', '10'];

/** What the commands say, as far as it is looked at. */
interface Report {
  readonly passed: boolean;
  readonly variant: string;
  readonly ratio: number;
  readonly agreement: unknown;
  readonly parameters: readonly {
    readonly name: string;
    readonly difference: number;
    readonly recipe?: object;
    readonly loss: { readonly relative: number; readonly output: number };
  }[];
}

describe('convert', () => {
  it.each(['w.safetensors', 'w.onnx', 'w.npy', 'w.json', 'native'])(
    'writes %s, from which the same weights come back',
    async (name) => {
      expect(await alexnet('convert', 'seed:3', at(name), ...narrow)).toBe(0);
      const { code, records } = await alexnetJson<Report>('verify', at(name), '--against', 'seed:3', ...narrow);
      expect(records[0]).toMatchObject({ passed: true, variant: 'torchvision' });
      expect(records[0]!.parameters).toHaveLength(16);
      expect(code).toBe(0);
    },
  );

  it('goes from any format to any other', async () => {
    await alexnet('convert', 'seed:4', at('chain.npy'), ...narrow);
    await alexnet('convert', at('chain.npy'), at('chain.onnx'), ...narrow);
    await alexnet('convert', at('chain.onnx'), at('chain'), ...narrow);
    await alexnet('convert', at('chain'), at('chain.safetensors')); // a native folder says what it is
    const { code } = await alexnetJson<Report>('verify', at('chain.safetensors'), '--against', 'seed:4', ...narrow);
    expect(code).toBe(0);
  });

  it.each([
    { args: ['w.pth'], says: /no format that is written.*--to native/ },
    { args: ['q.npy', '--precision', 'q8'], says: /npy is written in f32, not in q8/ },
    { args: ['folder', '--precision', 'q8'], says: /Use alexnet quantize/ },
  ])('refuses $args', async ({ args: [name, ...rest], says }) => {
    await expect(alexnet('convert', 'seed:1', at(name!), ...rest, ...narrow)).rejects.toThrow(says);
    expect(await readdir(folder)).not.toContain(name);
  });
});

describe('quantize', () => {
  const quantize = (precision: string, ...args: string[]) =>
    alexnetJson<Report>('quantize', 'seed:5', at(precision), '--precision', precision, ...narrow, ...args);

  it.each([
    { precision: 'f16', smallest: 1.5 },
    { precision: 'q8', smallest: 2 },
    { precision: 'q4', smallest: 2.5 },
    { precision: 'dc', smallest: 3 },
  ])('writes $precision, and says what is lost', async ({ precision, smallest }) => {
    const { code, records } = await quantize(precision);
    expect(code).toBe(0);
    expect(records[0]!.ratio).toBeGreaterThan(smallest);
    const manifest = parseManifest(await readFile(at(join(precision, 'manifest.json'))));
    expect(manifest.agreement).toEqual(records[0]!.agreement);
    expect(manifest.parameters.find(({ name }) => name === 'fc6.weight')).toMatchObject({
      precision,
      loss: { relative: expect.any(Number) },
    });
  });

  it('weighs errors by sample images', async () => {
    const photograph = new URL('../../../../packages/conformance/photos/chelsea.jpg', import.meta.url).pathname;
    const { records } = await quantize('q4', '--samples', photograph);
    const fc6 = records[0]!.parameters.find(({ name }) => name === 'fc6.weight')!;
    expect(fc6.recipe).toMatchObject({ weighted: true });
    expect(fc6.loss.output).toBeLessThan(fc6.loss.relative * 1.2);
  });
});

describe('verify', () => {
  it('ends with 1 where weights differ, and says by how much', async () => {
    await alexnet('convert', 'seed:6', at('six.safetensors'), ...narrow);
    const { code, records } = await alexnetJson<Report>(
      'verify',
      at('six.safetensors'),
      '--against',
      'seed:7',
      ...narrow,
    );
    expect(code).toBe(1);
    expect(records[0]!.passed).toBe(false);
    expect(records[0]!.parameters[0]!.difference).toBeGreaterThan(0);
  });

  it('finds a byte that was changed in a shard', async () => {
    await alexnet('convert', 'seed:8', at('eight'), ...narrow);
    await cp(at('eight'), at('damaged'), { recursive: true });
    const shard = at('damaged/weights-000.safetensors');
    const bytes = await readFile(shard);
    bytes[bytes.length - 100]! ^= 1;
    await writeFile(shard, bytes);
    await expect(alexnet('verify', at('damaged'))).rejects.toThrow(/weights-000\.safetensors/);
    expect(await alexnet('verify', at('eight'))).toBe(0);
  });
});
