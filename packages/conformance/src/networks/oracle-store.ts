import type { Node, Shape } from '@alexnet/core';
import { sha256Hex } from '@alexnet/core/files';
import type { ExpectedLayer } from './expected.ts';

/**
 * Keeps from run to run what the oracle computed, under a hash of all that it depends on: `sha256-` and 64 hexadecimal digits.
 * A store may lose entries, give back damaged ones and fail: what it does not give is computed, so that it never changes a verdict.
 * Core's weight caches are such stores.
 */
export interface OracleStore {
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
}

/**
 * Whether a layer is kept. Convolutions and linear layers take all but a few hundredths of the oracle's time, and their results are a third
 * of all values. What the other ops compute is made again, from exactly what these give.
 */
export function isKept({ op }: Node): boolean {
  return op === 'conv2d' || op === 'linear';
}

export interface Kept {
  readonly store: OracleStore;
  /** Asked for only where it is needed: it costs a hash of the weights. */
  readonly key: () => Promise<string>;
  /** Of the layer's value, batch first. */
  readonly shape: Shape;
  readonly compute: () => ExpectedLayer;
}

/** A layer from the store; or computed, and then kept. Errors: those of `compute`. */
export async function fromStore({ store, key: keyOf, shape, compute }: Kept): Promise<ExpectedLayer> {
  const key = await keyOf().catch(() => undefined); // some pages have no hashes
  if (key === undefined) return compute();
  const bytes = await store.get(key).catch(() => undefined);
  const known = bytes === undefined ? undefined : await decodeLayer(bytes, shape);
  if (known !== undefined) return known;
  if (bytes !== undefined) await store.delete(key).catch(() => undefined);
  const layer = compute();
  await store.put(key, await encodeLayer(layer)).catch(() => undefined);
  return layer;
}

/** In hexadecimal digits. */
const HASH_BYTES = 64;
const BYTES_BEFORE_VALUES = HASH_BYTES + 8;
const BYTES_OF_VALUE = 8 + 4;

/**
 * A layer as bytes, in the byte order of the machine: the SHA-256 of all that follows, the noise and what is wanted as float64, what is
 * allowed as float32. Nothing is rounded: a verdict on what was kept is the same to the last bit as one on what was computed. What is
 * allowed cannot be had from what is wanted: it needs `sum |a*b|`, which costs as much as the layer itself.
 */
export async function encodeLayer({ want, allowed, noise }: ExpectedLayer): Promise<Uint8Array> {
  const n = want.data.length;
  const bytes = new Uint8Array(BYTES_BEFORE_VALUES + n * BYTES_OF_VALUE);
  new Float64Array(bytes.buffer, HASH_BYTES, 1)[0] = noise;
  new Float64Array(bytes.buffer, BYTES_BEFORE_VALUES, n).set(want.data);
  new Float32Array(bytes.buffer, BYTES_BEFORE_VALUES + 8 * n, n).set(allowed as Float32Array);
  bytes.set(new TextEncoder().encode(await sha256Hex(bytes.subarray(HASH_BYTES))));
  return bytes;
}

/** Undefined for bytes that are not what `encodeLayer` made of a layer of this shape. */
export async function decodeLayer(given: Uint8Array, shape: Shape): Promise<ExpectedLayer | undefined> {
  const n = shape.reduce((a, b) => a * b, 1);
  if (given.length !== BYTES_BEFORE_VALUES + n * BYTES_OF_VALUE) return undefined;
  const bytes = given.byteOffset % 8 === 0 ? (given as Uint8Array<ArrayBuffer>) : given.slice();
  const hash = new TextDecoder().decode(bytes.slice(0, HASH_BYTES));
  if (hash !== (await sha256Hex(bytes.subarray(HASH_BYTES)))) return undefined;
  const at = (offset: number) => bytes.byteOffset + offset;
  return {
    want: { shape, data: new Float64Array(bytes.buffer, at(BYTES_BEFORE_VALUES), n) },
    allowed: new Float32Array(bytes.buffer, at(BYTES_BEFORE_VALUES + 8 * n), n),
    noise: new Float64Array(bytes.buffer, at(HASH_BYTES), 1)[0]!,
  };
}
