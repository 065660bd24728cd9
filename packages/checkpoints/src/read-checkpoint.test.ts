import { readFileSync } from 'node:fs';
import { AlexNetError, createVariant, philoxStream } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { detectFormat, readCheckpoint } from './read-checkpoint.ts';

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)));

describe('detectFormat', () => {
  it.each([
    ['nothing', []],
    ['a ZIP archive', [0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0]],
    ['a picture', [0xff, 0xd8, 0xff, 0xe0]],
    ['text', [0x7b, 0x22, 0x61, 0x22, 0x3a, 0x31, 0x7d, 0x20, 0x7b]],
    ['a header length of 64 bits', [0, 0, 0, 0, 0, 0, 0, 1, 0x7b]],
  ])('does not know %s', (_what, bytes) => {
    expect(() => detectFormat(Uint8Array.from(bytes))).toThrow(/of no known format/);
  });
});

describe.each([
  ['torchvision.safetensors', 'torchvision'],
  ['zoo-bvlcalexnet.onnx', 'onnx-zoo'],
])('readCheckpoint on a damaged %s', (name, variant) => {
  const whole = fixture(name);
  const { graph } = createVariant(variant, { width: 1 / 16, classes: 10 });

  /** Runs a read that may succeed or fail, but only with the project's own error. */
  function survives(bytes: Uint8Array): boolean {
    try {
      readCheckpoint(bytes, { graph });
      return true;
    } catch (error) {
      if (error instanceof AlexNetError) return false;
      throw error;
    }
  }

  it('fails cleanly wherever the file is cut', () => {
    const cuts = [
      ...Array(3000).keys(),
      ...Array.from({ length: 200 }, (_, i) => Math.floor((i / 200) * whole.length)),
    ];
    expect(cuts.filter((cut) => survives(whole.subarray(0, cut)))).toEqual([]);
  });

  it('fails cleanly or reads on when bytes of its structure are wrong', () => {
    const words = philoxStream([0, 0, 0, 0], [1, name.length], 4000);
    const bytes = whole.slice();
    let survived = 0;
    for (let i = 0; i < words.length; i += 2) {
      const at = words[i]! % 2000;
      const before = bytes[at]!;
      bytes[at] = words[i + 1]! & 0xff;
      if (survives(bytes)) survived++;
      bytes[at] = before;
    }
    expect(survived).toBeGreaterThan(0);
    expect(survived).toBeLessThan(words.length / 2);
  });
});
