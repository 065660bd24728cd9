import { type Shape, sizeOf } from '@alexnet/core';
import { type Constant, copyElements } from './constant.ts';
import type { DataType } from './graph-def.ts';

/** One file of weights. */
export interface TfjsShard {
  /** The file's name, without a folder: it lies beside model.json. */
  readonly name: string;
  readonly data: Uint8Array;
}

/** A group of weights as model.json describes it: the shards are one run of bytes, in which the weights follow each other. */
export interface WeightsGroup {
  readonly paths: readonly string[];
  readonly weights: readonly { readonly name: string; readonly shape: Shape; readonly dtype: DataType }[];
}

const WORD = 4;

/** What model.json says of constants that are cut into shards of `shardBytes`. */
export function describeShards(constants: readonly Constant[], shardBytes: number, group: string): WeightsGroup {
  const count = Math.ceil((countWords(constants) * WORD) / shardBytes);
  return {
    paths: Array.from({ length: count }, (_, index) => shardName(group, index, count)),
    weights: constants.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
  };
}

/** The shards, one after the other: each is made when it is asked for. `shardBytes` is a multiple of 4. */
export function* cutShards(
  constants: readonly Constant[],
  shardBytes: number,
  group: string,
): Generator<TfjsShard, void, void> {
  const { paths } = describeShards(constants, shardBytes, group);
  let rest = countWords(constants);
  let index = 0;
  let at = 0;
  let shard = new Int32Array(Math.min(rest, shardBytes / WORD));
  for (const constant of constants) {
    const words = constant.words();
    const size = sizeOf(constant.shape);
    for (let done = 0; done < size; ) {
      const piece = shard.subarray(at, at + size - done);
      copyElements(constant, words, done, piece);
      done += piece.length;
      at += piece.length;
      if (at < shard.length) continue;
      yield { name: paths[index++]!, data: new Uint8Array(shard.buffer) };
      rest -= at;
      at = 0;
      shard = new Int32Array(Math.min(rest, shardBytes / WORD));
    }
  }
}

function countWords(constants: readonly Constant[]): number {
  return constants.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** TensorFlow's converter names them so. */
function shardName(group: string, index: number, count: number): string {
  return `${group}-shard${index + 1}of${count}.bin`;
}
