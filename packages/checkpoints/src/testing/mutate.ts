import { concatBytes } from '@alexnet/core';

/** Random whole numbers from 0 up to, not including, a bound. */
export type Random = (bound: number) => number;

/** Where lengths, counts and offsets go wrong: around 0, and where 8, 16, 31, 32, 53, 63 and 64 bits end. */
const interesting = [
  0n,
  1n,
  -1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
];
const widths = [1, 2, 4, 8];

type Mutation = (bytes: Uint8Array, random: Random, corpus: readonly Uint8Array[]) => Uint8Array;

/** A place and a length within the bytes: mostly short. */
function range({ length }: Uint8Array, random: Random): [from: number, to: number] {
  const from = random(length + 1);
  const longest = random(4) === 0 ? length - from : Math.min(32, length - from);
  return [from, from + random(longest + 1)];
}

const mutations: Readonly<Record<string, Mutation>> = {
  flipBit(bytes, random) {
    const at = random(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    return bytes;
  },
  setByte(bytes, random) {
    bytes[random(bytes.length)] = random(256);
    return bytes;
  },
  setInteger(bytes, random) {
    const value = BigInt.asUintN(64, interesting[random(interesting.length)]!);
    const width = widths[random(widths.length)]!;
    const at = random(bytes.length);
    const bigEndian = random(4) === 0;
    for (let i = 0; i < width; i++) {
      const place = at + (bigEndian ? width - 1 - i : i);
      if (place < bytes.length) bytes[place] = Number((value >> BigInt(8 * i)) & 0xffn);
    }
    return bytes;
  },
  fill(bytes, random) {
    const [from, to] = range(bytes, random);
    return bytes.fill(random(256), from, to);
  },
  noise(bytes, random) {
    const [from, to] = range(bytes, random);
    for (let at = from; at < to; at++) bytes[at] = random(256);
    return bytes;
  },
  truncate: (bytes, random) => bytes.subarray(0, random(bytes.length + 1)),
  remove(bytes, random) {
    const [from, to] = range(bytes, random);
    return concatBytes([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  duplicate(bytes, random) {
    const [from, to] = range(bytes, random);
    return concatBytes([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  move(bytes, random) {
    const [from, to] = range(bytes, random);
    const target = random(bytes.length + 1);
    bytes.copyWithin(target, from, to);
    return bytes;
  },
  splice(bytes, random, corpus) {
    const other = corpus[random(corpus.length)]!;
    return concatBytes([bytes.subarray(0, random(bytes.length + 1)), other.subarray(random(other.length + 1))]);
  },
  transplant(bytes, random, corpus) {
    const other = corpus[random(corpus.length)]!;
    const [from, to] = range(other, random);
    const at = random(bytes.length + 1);
    return concatBytes([bytes.subarray(0, at), other.subarray(from, to), bytes.subarray(at)]);
  },
};
const all = Object.values(mutations);

/** A file of the corpus with one to four mutations, one after the other. */
export function mutate(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes: Uint8Array = new Uint8Array(corpus[random(corpus.length)]!);
  for (let left = 1 + random(4); left > 0; left--) bytes = all[random(all.length)]!(bytes, random, corpus);
  return bytes;
}
