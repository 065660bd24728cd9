import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseManifest } from '@alexnet/core';
import { cifar10Weights } from '@alexnet/weights-cifar10';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alexnet, alexnetJson } from '../testing/run-command.ts';

/*
 * The network that comes along, without a word of --weights.
 */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alexnet-shipped-'));
});
afterAll(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const photograph = (name: string) =>
  fileURLToPath(new URL(`../../../../packages/conformance/photos/${name}.jpg`, import.meta.url));
const on = ['--backend', 'onnx-node'];

interface Classified {
  readonly variant: string;
  readonly classes: readonly { readonly label: string; readonly probability: number }[];
}

const classify = async (...args: string[]) =>
  (await alexnetJson<Classified>('classify', photograph('chelsea'), ...on, ...args)).records[0]!;

describe('the weights that come along', () => {
  it('tell a cat', async () => {
    const { variant, classes } = await classify();
    expect(variant).toBe('cifar10');
    expect(classes[0]).toMatchObject({ label: 'cat' });
    expect(classes[0]!.probability).toBeGreaterThan(0.5);
  });

  it.each(['w.safetensors', 'w/'])('are themselves, with their classes, as %s', async (name) => {
    expect(await alexnet('convert', 'cifar10', at(name))).toBe(0);
    expect(await alexnet('verify', at(name), '--against', 'cifar10')).toBe(0);
    expect((await classify('--weights', at(name))).classes).toEqual((await classify()).classes);
  });

  it('are quantised further, and keep what is known of them', async () => {
    expect(await alexnet('quantize', 'cifar10', at('q4'), '--precision', 'q4', '--convolutions', 'f16', ...on)).toBe(0);
    const read = async (file: string | URL) => parseManifest(await readFile(file));
    const shipped = await read(cifar10Weights.get('manifest.json')!);
    const { labels, provenance, licence, preprocessing, parameters } = await read(at('q4/manifest.json'));
    expect({ labels, provenance, licence, preprocessing }).toEqual({
      labels: shipped.labels,
      provenance: shipped.provenance,
      licence: shipped.licence,
      preprocessing: shipped.preprocessing,
    });
    const precisions = new Map(parameters.map(({ name, precision }) => [name, precision]));
    expect(precisions.get('conv2.weight')).toBe('f16');
    expect(precisions.get('fc6.weight')).toBe('q4');
  });

  it('are evaluated on a folder of some of their classes', async () => {
    for (const [label, name] of [
      ['cat', 'chelsea'],
      ['airplane', 'rocket'],
    ] as const) {
      await mkdir(at(`set/${label}`), { recursive: true });
      await copyFile(photograph(name), at(`set/${label}/${name}.jpg`));
    }
    const { code, records } = await alexnetJson<{ n: number; top1: number }>('eval', at('set'), ...on);
    expect(code).toBe(0);
    expect(records.at(-1)).toMatchObject({ n: 2, top1: expect.any(Number) as number });
    expect(records.at(-1)!.top1).toBeGreaterThanOrEqual(0.5); // the cat
  });

  it('are not evaluated on other classes as if they were theirs', async () => {
    for (let digit = 0; digit < 10; digit++) {
      await mkdir(at(`digits/${digit}`), { recursive: true });
      await copyFile(photograph('coffee'), at(`digits/${digit}/coffee.jpg`));
    }
    await expect(alexnet('eval', at('digits'), ...on)).rejects.toThrow(/0 is none of the 10 classes \(airplane, /);
  });

  it('are evaluated on a list, of which lines that make no sense are said', async () => {
    const lines = [`${photograph('chelsea')} 3`, `${photograph('rocket')} 10`, 'nothing'];
    await writeFile(at('list.txt'), lines.join('\n'));
    const { code, records } = await alexnetJson<{ skipped: string; n: number }>('eval', at('list.txt'), ...on);
    expect(code).toBe(1);
    expect(records.flatMap(({ skipped }) => skipped ?? [])).toEqual([at('list.txt:2'), at('list.txt:3')]);
    expect(records.at(-1)).toMatchObject({ n: 1 });
  });

  it('are not asked for another number of classes', async () => {
    await expect(alexnet('classify', photograph('chelsea'), '--classes', '5', ...on)).rejects.toThrow(/fc8\./);
  });
});
