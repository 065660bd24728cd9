import { type Graph, type Node, type Precision, seededWeights, type Tensor, type Weights } from '@alexnet/core';
import { sha256Hex } from '@alexnet/core/files';
import { beforeAll, describe, expect, it } from 'vitest';
import { graph, network, photo } from '../testing/small-network.ts';
import type { ExpectedLayers } from './expected.ts';
import { createOracleCache } from './oracle.ts';
import { ORACLE_VERSION } from './oracle-key.ts';
import type { OracleStore } from './oracle-store.ts';

/** A store that counts. */
function countingStore() {
  const entries = new Map<string, Uint8Array>();
  const counts = { found: 0, put: 0 };
  const store: OracleStore = {
    async get(key) {
      const bytes = entries.get(key);
      if (bytes !== undefined) counts.found++;
      return bytes;
    },
    async put(key, bytes) {
      counts.put++;
      entries.set(key, bytes);
    },
    async delete(key) {
      entries.delete(key);
    },
  };
  return { store, entries, counts };
}

interface Question {
  readonly graph?: Graph;
  readonly weights?: Weights;
  readonly tensor?: Tensor;
  readonly precision?: Precision;
}

/** What an oracle that knows nothing but a store expects; weights are made anew, as another process would. */
async function ask(store: OracleStore | undefined, question: Question = {}): Promise<ExpectedLayers> {
  const { tensor = photo('one'), precision = 'f32' } = question;
  const asked = {
    variant: { id: 'small', graph: question.graph ?? graph },
    weights: question.weights ?? seededWeights(graph, 1),
    images: [{ name: 'one', tensor }],
  };
  const oracle = createOracleCache(store === undefined ? {} : { store });
  return (await oracle.expect(asked, { precision })).get('one')!;
}

const KEPT = ['conv1', 'conv2', 'fc6', 'fc8'];

describe('what the oracle computed', () => {
  const kept = countingStore();
  let computed: ExpectedLayers;
  beforeAll(async () => {
    computed = await ask(kept.store);
  });
  /** Another store with the same entries. */
  const copy = () => {
    const other = countingStore();
    for (const [key, bytes] of kept.entries) other.entries.set(key, bytes.slice());
    return other;
  };

  it('is kept where it takes long: convolutions and linear layers', () => {
    expect(kept.counts).toEqual({ found: 0, put: KEPT.length });
    expect([...kept.entries.keys()].every((key) => /^sha256-[0-9a-f]{64}$/.test(key))).toBe(true);
  });

  it('is the same to the last bit as without a store, computed or kept', async () => {
    const { store, counts } = copy();
    const found = await ask(store);
    expect(counts).toEqual({ found: KEPT.length, put: 0 });
    expect(found).toEqual(computed);
    expect(await ask(undefined)).toEqual(computed);
  });

  const changed = (name: string): Weights => {
    const weights = new Map(seededWeights(graph, 1));
    const { shape, data } = weights.get(name)!;
    weights.set(name, { shape, data: data.map((x, i) => (i === 3 ? x + 2 ** -20 : x)) });
    return weights;
  };
  const withPads: Graph = {
    ...graph,
    nodes: graph.nodes.map((node): Node => {
      if (node.name !== 'conv2' || node.op !== 'conv2d') return node;
      return { ...node, pads: { top: 2, left: 1, bottom: 0, right: 1 } };
    }),
  };
  const otherPhoto = (): Tensor => {
    const { shape, data } = photo('one');
    return { shape, data: data.map((x, i) => (i === 7 ? x + 2 ** -10 : x)) };
  };
  it.each<{ why: string; question: Question; computes: number }>([
    { why: 'a weight of fc8', question: { weights: changed('fc8.weight') }, computes: 1 },
    { why: 'a bias of conv2, and all that follows', question: { weights: changed('conv2.bias') }, computes: 3 },
    { why: 'the image', question: { tensor: otherPhoto() }, computes: 4 },
    { why: 'the batch', question: { tensor: photo('one', 2) }, computes: 4 },
    { why: 'an attribute of conv2', question: { graph: withPads }, computes: 3 },
    { why: 'the precision, from the first linear layer on', question: { precision: 'q8' }, computes: 2 },
  ])('is computed again when $why is another', async ({ question, computes }) => {
    const { store, counts } = copy();
    const found = await ask(store, question);
    expect(counts.put).toBe(computes);
    expect(found).toEqual(await ask(undefined, question));
  });

  it('does not depend on the order of a node’s properties', async () => {
    const { store, counts } = copy();
    const nodes = graph.nodes.map((node) => Object.fromEntries(Object.entries(node).toReversed()) as unknown as Node);
    await ask(store, { graph: { ...graph, nodes } });
    expect(counts.put).toBe(0);
  });

  it.each<{ why: string; damage: (bytes: Uint8Array) => Uint8Array }>([
    { why: 'a bit of a value', damage: (bytes) => bytes.map((byte, i) => (i === 100 ? byte ^ 1 : byte)) },
    {
      why: 'a bit of what is allowed',
      damage: (bytes) => bytes.map((byte, i) => (i === bytes.length - 2 ? byte ^ 1 : byte)),
    },
    { why: 'a bit of the hash', damage: (bytes) => bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) },
    { why: 'the end', damage: (bytes) => bytes.subarray(0, -1) },
    { why: 'everything', damage: () => new Uint8Array(0) },
  ])('is computed again, and kept again, where it is damaged: $why', async ({ damage }) => {
    const { store, entries, counts } = copy();
    for (const [key, bytes] of entries) entries.set(key, damage(bytes));
    expect(await ask(store)).toEqual(computed);
    expect(counts.put).toBe(KEPT.length);
    expect(entries).toEqual(kept.entries);
  });

  it('is read from bytes that do not begin at a multiple of 8', async () => {
    const { store, entries, counts } = copy();
    for (const [key, bytes] of entries) {
      const room = new Uint8Array(bytes.length + 3);
      room.set(bytes, 3);
      entries.set(key, room.subarray(3));
    }
    expect(await ask(store)).toEqual(computed);
    expect(counts.put).toBe(0);
  });

  it('does not need a store that works', async () => {
    const broken = () => Promise.reject(new Error('disk full'));
    expect(await ask({ get: broken, put: broken, delete: broken })).toEqual(computed);
  });
});

it('has a version, to be raised when this hash of what is kept changes', async () => {
  const { store, entries } = countingStore();
  const oracle = createOracleCache({ store });
  for (const precision of ['f32', 'f16', 'q8', 'q4'] as const) await oracle.expect(network, { precision });
  // without the keys, which have the version in them
  const hashes = await Promise.all([...entries.values()].map((bytes) => sha256Hex(bytes)));
  const hash = await sha256Hex(new TextEncoder().encode(hashes.toSorted().join()));
  expect({ version: ORACLE_VERSION, hash: hash.slice(0, 16) }).toEqual({ version: 1, hash: '86c8863c3fcc802e' });
});
