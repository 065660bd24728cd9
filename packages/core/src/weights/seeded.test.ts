import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { AlexNetError } from '../error.ts';
import { buildGraph } from '../graph/builder.ts';
import type { Graph, Node } from '../graph/graph.ts';
import { type Counter, type Key, philox4x32, philoxStream } from './philox.ts';
import { seededWeights } from './seeded.ts';

interface Fixture {
  readonly philox: readonly { counter: string[]; key: string[]; out: string[] }[];
  readonly parameters: readonly ParameterRow[];
}
interface ParameterRow {
  readonly why: string;
  readonly seed: number;
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: string;
  readonly first: readonly string[];
  readonly at: Readonly<Record<string, string>>;
  readonly sha256: string;
}

const fixtureFile = new URL('seeded.fixture.json', import.meta.url);
const fixture: Fixture = JSON.parse(readFileSync(fixtureFile, 'utf8'));

const hex = (word: number) => word.toString(16).padStart(8, '0');
const words = (texts: readonly string[]) => texts.map((text) => Number.parseInt(text, 16));

/** A graph in which the row's parameter plays the row's role. `seededWeights` needs no more of it than that. */
function graphFor({ name, shape, role }: ParameterRow): Graph {
  const [op, part] = role.includes('.') ? role.split('.') : [shape.length === 2 ? 'linear' : 'conv2d', role];
  const others = { weight: 'w', scale: 's', bias: 'b', mean: 'm', variance: 'v' };
  const node = { op, name: 'layer', inputs: ['x'], ...others, [part!]: name } as unknown as Node;
  return { name: 'one', inputs: [], parameters: [{ name, shape }], nodes: [node], outputs: ['layer'] };
}

describe('philox4x32', () => {
  it.each(fixture.philox)('gives the published answer for counter $counter', ({ counter, key, out }) => {
    expect(philox4x32(words(counter) as unknown as Counter, words(key) as unknown as Key).map(hex)).toEqual(out);
  });

  it('counts blocks in the low 64 bits of the counter, with carry', () => {
    const key = [3, 4] as const;
    const stream = [...philoxStream([0xffffffff, 5, 6, 7], key, 7)];
    const blocks = [...philox4x32([0xffffffff, 5, 6, 7], key), ...philox4x32([0, 6, 6, 7], key)];
    expect(stream).toEqual(blocks.slice(0, 7));
  });
});

describe('seededWeights', () => {
  it.each(fixture.parameters)('reproduces $name of seed $seed bit for bit: $why', (row) => {
    const { shape, data } = seededWeights(graphFor(row), row.seed).get(row.name)!;
    const bits = new Uint32Array(data.buffer, 0, data.length);
    expect(shape).toEqual(row.shape);
    expect([...bits.subarray(0, 4)].map(hex)).toEqual(row.first);
    for (const [index, want] of Object.entries(row.at)) expect(hex(bits[Number(index)]!)).toBe(want);
    const bytes = new Uint8Array(data.buffer, 0, data.byteLength);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(row.sha256);
  });

  it('agrees with its Python twin', (context) => {
    const hasNumpy = spawnSync('python3', ['-c', 'import numpy']);
    if (hasNumpy.status !== 0) context.skip('needs python3 with numpy');
    const twin = fileURLToPath(new URL('../../../../tools/python/seeded_weights.py', import.meta.url));
    const run = spawnSync('python3', [twin, '--check', fileURLToPath(fixtureFile)], { encoding: 'utf8' });
    const rows = fixture.philox.length + fixture.parameters.length;
    expect(run.stdout + run.stderr).toBe(`${rows} of ${rows} rows agree\n`);
    expect(run.status).toBe(0);
  });

  it.each([
    ['conv1.weight', 0, Math.sqrt(6 / (3 * 7 * 5)), 'fan-in of a full convolution'],
    ['conv2.weight', 0, Math.sqrt(6 / (6 * 3 * 3)), 'fan-in of one of two groups'],
    ['conv2.bias', 0, 0.25, 'bias'],
    ['bn2.scale', 1, 0.5, 'batch norm scale'],
    ['bn2.bias', 0, 0.1, 'batch norm bias, named like a bias'],
    ['bn2.mean', 0, 0.1, 'batch norm mean'],
    ['bn2.variance', 1, 0.5, 'batch norm variance'],
    ['fc.weight', 0, Math.sqrt(6 / (4000 * 2 * 3)), 'fan-in of a linear layer'],
  ])('fills %s evenly between %d ± %d: %s', (name, centre, bound) => {
    const graph = buildGraph('spread', { name: 'x', shape: [3, 15, 12] })
      .conv2d('conv1', 12, [7, 5], { stride: 2 })
      .conv2d('conv2', 4000, 3, { groups: 2 })
      .batchNorm('bn2', 1e-3)
      .flatten('flatten')
      .linear('fc', 5)
      .build();
    const data = [...seededWeights(graph, 9).get(name)!.data].toSorted((a, b) => a - b);
    const low = centre - Math.fround(bound);
    const high = centre + Math.fround(bound);
    expect(data[0]).toBeGreaterThanOrEqual(low);
    expect(data.at(-1)).toBeLessThanOrEqual(high);
    // Kolmogorov-Smirnov: the largest distance from the uniform distribution function
    const distances = data.map((v, i) => Math.abs((v - low) / (high - low) - (i + 0.5) / data.length));
    const distance = distances.reduce((a, b) => Math.max(a, b), 0);
    expect(distance * Math.sqrt(data.length)).toBeLessThan(1.63);
  });

  it('goes by what the nodes do with a parameter, not by its name', () => {
    const graph: Graph = {
      name: 'names',
      inputs: [],
      parameters: [
        { name: 'a.bias', shape: [2, 600] },
        { name: 'a.weight', shape: [200] },
      ],
      nodes: [{ op: 'linear', name: 'layer', inputs: ['x'], weight: 'a.bias', bias: 'a.weight' }],
      outputs: ['layer'],
    };
    const weights = seededWeights(graph, 1);
    expect(Math.max(...weights.get('a.bias')!.data)).toBeLessThanOrEqual(0.1);
    expect(Math.max(...weights.get('a.weight')!.data)).toBeGreaterThan(0.2);
  });

  it('does not depend on the order of the parameters', () => {
    const graph = buildGraph('order', { name: 'x', shape: [7] })
      .linear('a', 6)
      .linear('b', 5)
      .build();
    const reversed = { ...graph, parameters: graph.parameters.toReversed() };
    const weights = seededWeights(reversed, 3);
    for (const [name, tensor] of seededWeights(graph, 3)) expect(weights.get(name)).toEqual(tensor);
  });

  it.each([-1, 1.5, 2 ** 32, Number.NaN])('rejects the seed %d', (seed) => {
    const graph = buildGraph('seed', { name: 'x', shape: [7] })
      .linear('a', 6)
      .build();
    expect(() => seededWeights(graph, seed)).toThrow(/not an unsigned 32-bit integer/);
  });

  it('names a parameter that no node reads', () => {
    const graph = buildGraph('loose', { name: 'x', shape: [7] })
      .linear('a', 6)
      .build();
    const loose = { ...graph, parameters: [...graph.parameters, { name: 'left.over', shape: [3] }] };
    expect(() => seededWeights(loose, 1)).toThrow(AlexNetError);
    expect(() => seededWeights(loose, 1)).toThrow(/left\.over/);
  });
});
