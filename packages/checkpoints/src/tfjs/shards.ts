import { AlexNetError, type ByteSource, checkRange, type ReadOptions } from '@alexnet/core';
import type { OpenContext } from '../checkpoint-file.ts';
import { damaged } from '../damaged.ts';
import { isInside } from './inside.ts';
import type { WeightGroup } from './manifest.ts';

/** More files than any model has. */
const MAX_SHARDS = 10_000;

/**
 * The files of a group as one source. All must be there, and have as many bytes together as the weights take.
 * Errors: `invalid-file`, `invalid-input` for a file that is missing.
 */
export async function openShards({ paths, bytes }: WeightGroup, context: OpenContext): Promise<ByteSource> {
  if (paths.length > MAX_SHARDS) throw damaged(`There are more than ${MAX_SHARDS} weight files`, 'weightsManifest');
  const shards: ByteSource[] = [];
  for (const path of paths) shards.push(await openShard(path, context));
  const source = joined(shards, paths.join(', ').slice(0, 200));
  if (source.size !== bytes) {
    throw damaged(`The weights take ${bytes} bytes, and their files have ${source.size}`, source.name);
  }
  return source;
}

async function openShard(path: string, { sibling }: OpenContext): Promise<ByteSource> {
  if (!isInside(path)) {
    throw new AlexNetError({
      code: 'invalid-file',
      message: `The path ${JSON.stringify(path.slice(0, 100))} leaves the model's folder`,
      where: 'weightsManifest',
      fix: 'Do not trust this file. A model may only refer to files beside it or below.',
    });
  }
  const source = await sibling?.(path);
  if (source !== undefined) return source;
  throw new AlexNetError({
    code: 'invalid-input',
    message: `The weights are in the file ${path}, which is not there`,
    where: 'weightsManifest',
    fix: 'Put it beside model.json, or give all files of the model.',
  });
}

/** Sources one after the other. */
function joined(sources: readonly ByteSource[], name: string): ByteSource {
  const starts: number[] = [];
  let size = 0;
  for (const source of sources) {
    starts.push(size);
    size += source.size;
  }
  const whole = { name, size };
  return {
    ...whole,
    async read(offset, length, options) {
      checkRange(whole, offset, length, options);
      const end = offset + length;
      const pieces = sources.flatMap((source, i) => {
        const [from, to] = [Math.max(0, offset - starts[i]!), Math.min(source.size, end - starts[i]!)];
        return from < to ? [{ source, from, to, at: starts[i]! + from - offset }] : [];
      });
      const [only, ...more] = pieces;
      if (only !== undefined && more.length === 0) return readPiece(only, options);
      const bytes = new Uint8Array(length);
      for (const piece of pieces) bytes.set(await readPiece(piece, options), piece.at);
      return bytes;
    },
  };
}

interface Piece {
  readonly source: ByteSource;
  readonly from: number;
  readonly to: number;
}

function readPiece({ source, from, to }: Piece, options?: ReadOptions): Promise<Uint8Array> {
  return source.read(from, to - from, options);
}
