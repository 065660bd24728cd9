import { expect, it } from 'vitest';
import { AlexNetError } from '../../error.ts';
import { decodeDc } from '../dc/decode.ts';
import { encodeDc } from '../dc/encode.ts';
import { philoxStream } from '../philox.ts';
import { parseManifest } from './parse-manifest.ts';
import { readPart } from './shard.ts';
import { manifestOf } from './testing/read-back.ts';
import { writeSmall } from './testing/small-network.ts';

/** One to four changes of a byte, a bit, a run, or the length, chosen by the seed. */
function mutate(bytes: Uint8Array, seed: number, within = bytes.length): Uint8Array {
  const words = philoxStream([0, 0, 0, 0], [seed, 99], 20);
  let mutant = bytes.slice();
  for (let change = 0; change <= words[0]! % 4; change++) {
    const [kind, place, value, length] = words.subarray(4 * change + 1, 4 * change + 5);
    const at = place! % within;
    if (kind! % 8 === 0) mutant = mutant.slice(0, at);
    else if (kind! % 8 === 1) mutant.copyWithin(at, value! % within, (value! % within) + (length! % 64));
    else if (kind! % 8 < 5) mutant[at]! ^= 1 << (value! % 8);
    else mutant[at] = value! % 3 === 0 ? [0, 0xff, 0x30, 0x22, 0x7f][length! % 5]! : value!;
  }
  return mutant;
}

/** How many mutants were read and how many refused; anything but a typed error fails. */
function fuzz(count: number, read: (seed: number) => void): { readonly good: number; readonly refused: number } {
  let good = 0;
  let refused = 0;
  for (let seed = 0; seed < count; seed++) {
    try {
      read(seed);
      good++;
    } catch (error) {
      if (!(error instanceof AlexNetError) || error.code !== 'invalid-file') {
        throw new Error(`seed ${seed} gives no typed error`, { cause: error });
      }
      refused++;
    }
  }
  return { good, refused };
}

it('any manifest is read or refused', async () => {
  const bytes = (await writeSmall({ precision: 'q4', shardBytes: 2 ** 22 })).at(-1)!.data;
  const { good, refused } = fuzz(800, (seed) => parseManifest(mutate(bytes, seed)));
  expect(refused).toBeGreaterThan(200);
  expect(good).toBeGreaterThan(10); // digits of a hash
});

it.each(['q8', 'q4', 'dc'] as const)('any shard of %s is read or refused', async (precision) => {
  const files = await writeSmall({ precision });
  const manifest = manifestOf(files);
  const parameter = manifest.parameters.find(({ name }) => name === 'fc8.weight')!;
  const part = parameter.parts[0]!;
  const { data } = files[part.shard]!;
  const { good, refused } = fuzz(800, (seed) => readPart(manifest, parameter, part, mutate(data, seed, 6000)));
  expect(good + refused).toBe(800);
  expect(Math.min(good, refused)).toBeGreaterThan(25);
});

it('any dc part decodes, to as many values as asked for, or is refused', () => {
  const words = philoxStream([0, 0, 0, 0], [1, 2], 2000);
  const part = encodeDc(Float32Array.from(words, (word) => (word % 7 === 0 ? ((word >>> 8) % 9) - 4 : 0)));
  const { good, refused } = fuzz(4000, (seed) => {
    const values = decodeDc(mutate(part, seed), 2000);
    if (values.length !== 2000 || !values.every(Number.isFinite)) throw new Error('wrong values');
  });
  expect(refused).toBeGreaterThan(2000);
  expect(good).toBeGreaterThan(100); // other values in the book, other bits
});
