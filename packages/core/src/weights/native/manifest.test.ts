import { beforeAll, describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';
import type { Manifest } from './manifest.ts';
import { parseManifest } from './parse-manifest.ts';
import { writeSmall } from './testing/small-network.ts';
import { writeManifest } from './write-manifest.ts';

let written: Uint8Array;
let text: string;

beforeAll(async () => {
  written = (await writeSmall({ precision: 'q8', provenance: { source: 'seed:5' } })).at(-1)!.data;
  text = decodeUtf8(written)!;
});

const parse = (changed: string) => parseManifest(encodeUtf8(changed));

it('is written as it was read', () => {
  expect(writeManifest(parseManifest(written))).toEqual(written);
});

it('is the same whatever the order of an object’s keys', () => {
  const backwards = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(backwards);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, item]) => [key, backwards(item)]),
    );
  };
  expect(writeManifest(backwards(JSON.parse(text)) as Manifest)).toEqual(written);
});

it('is not written when nobody could read it', () => {
  const manifest = parseManifest(written);
  const acts = [{ bytes: Number.NaN }, { variant: '../other' }].map(
    (change) => () => writeManifest({ ...manifest, ...change }),
  );
  for (const act of acts) expect(act).toThrow(expect.objectContaining({ code: 'invalid-input' }));
});

describe('text that is no manifest', () => {
  it.each([
    { why: 'nothing', change: () => '', says: 'ends too early' },
    { why: 'a number', change: () => '7', says: 'not an object' },
    { why: 'a cut text', change: (all: string) => all.slice(0, -20), says: 'JSON' },
    { why: 'a key twice', change: (all: string) => all.replace('{', '{"version": 1,'), says: 'occurs twice' },
    { why: 'a prototype', change: (all: string) => all.replace('{', '{"__proto__": {"a": 1},'), says: '__proto__' },
    { why: 'an unknown field', change: (all: string) => all.replace('{', '{"surprise": 1,'), says: 'surprise' },
    { why: 'deep nesting', change: () => '['.repeat(100_000), says: 'nested' },
    { why: 'an infinite number', change: (all: string) => all.replace(/"rmse":[^,]*/, '"rmse":1e999'), says: 'rmse' },
  ])('is refused: $why', ({ change, says }) => {
    expect(() => parse(change(text))).toThrow(
      expect.objectContaining({ code: 'invalid-file', message: expect.stringContaining(says) }),
    );
  });

  it('is refused: more bytes than a manifest can have', () => {
    expect(() => parseManifest(new Uint8Array(64_000_001))).toThrow(/more than the limit/);
  });

  it('is refused: bytes that are no UTF-8', () => {
    expect(() => parseManifest(Uint8Array.of(0x7b, 0xff))).toThrow(/UTF-8/);
  });
});
