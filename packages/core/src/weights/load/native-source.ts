import { AlexNetError } from '../../error.ts';
import { sizeOf } from '../../tensor.ts';
import { createTurns } from '../../turns.ts';
import type { Manifest, ManifestParameter, Part } from '../native/manifest.ts';
import { factsOf } from '../native/shard.ts';
import type { StoredWeight } from '../stored/stored-weight.ts';
import type { RowOptions } from '../weight-source.ts';
import { emptyLike, putRows } from './join-rows.ts';
import { DEFAULT_CONCURRENCY, DEFAULT_MEMORY, type LoadOptions } from './load-options.ts';
import type { OpenedWeights } from './opened-weights.ts';
import type { Origin } from './origins/origin.ts';
import { partReader } from './part-reader.ts';
import { progressOf } from './progress.ts';
import { wantedRows } from './rows.ts';
import { bringShard } from './shards/bring-shard.ts';
import { useCache } from './shards/cache-use.ts';
import { type ShardStore, shardStore } from './shards/shard-store.ts';

/** Opens the files that a manifest names. The first read starts to bring them, from there on and in the order of need. */
export function nativeSource(manifest: Manifest, origin: Origin, options: LoadOptions): OpenedWeights {
  /** The parts of each shard that nobody has read to their end. */
  const unread = manifest.shards.map(() => new Set<Part>());
  for (const { parts } of manifest.parameters) for (const part of parts) unread[part.shard]!.add(part);
  const store = openStore(manifest, origin, options, (index) => unread[index]!.size === 0);
  const reader = partReader(manifest, store, (part) => void unread[part.shard]!.delete(part));
  const parameters = factsOf(manifest);
  const byName = new Map(manifest.parameters.map((parameter) => [parameter.name, parameter]));

  /** The parts that rows lie in, and which rows of each. */
  const piecesOf = (name: string, given: RowOptions) => {
    const [from, to] = wantedRows(parameters, name, given);
    const parameter = byName.get(name)!;
    const pieces = parameter.parts.flatMap((part) => {
      const rows = [Math.max(from, part.rows[0]), Math.min(to, part.rows[1])] as const;
      return rows[0] < rows[1] ? [{ part, rows, at: rows[0] - from }] : [];
    });
    return { parameter, pieces, shape: [to - from, ...parameter.shape.slice(1)] };
  };
  const readInto = async (name: string, target: Float32Array, given: RowOptions = {}): Promise<void> => {
    const { parameter, pieces, shape } = piecesOf(name, given);
    if (target.length !== sizeOf(shape)) throw wrongTarget(name, target.length, sizeOf(shape));
    const row = sizeOf(shape.slice(1));
    for (const { part, rows, at } of pieces) {
      const place = target.subarray(at * row, (at + rows[1] - rows[0]) * row);
      await reader.readInto(parameter, part, rows, place, given.signal);
    }
  };

  return {
    manifest,
    bytes: manifest.bytes,
    parameters,
    async read(name, given = {}) {
      const { parameter, pieces, shape } = piecesOf(name, given);
      const [first] = pieces;
      if (pieces.length === 1) return reader.read(parameter, first!.part, first!.rows, given.signal);
      const whole = emptyLike(parameters.get(name)!, shape);
      if (whole.precision === 'f32') await readInto(name, whole.data, given);
      else await joinPieces(parameter, pieces, whole, given);
      return whole;
    },
    readInto,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };

  async function joinPieces(
    parameter: ManifestParameter,
    pieces: readonly { readonly part: Part; readonly rows: Part['rows']; readonly at: number }[],
    whole: StoredWeight,
    { signal }: RowOptions,
  ): Promise<void> {
    for (const { part, rows, at } of pieces) putRows(await reader.read(parameter, part, rows, signal), whole, at);
  }
}

function openStore(
  { shards }: Manifest,
  origin: Origin,
  options: LoadOptions,
  isDone: (index: number) => boolean,
): ShardStore {
  const sizes = shards.map(({ bytes }) => bytes);
  const context = {
    origin,
    cache: useCache(origin.remote ? options.cache : undefined, options.onWarning),
    onBytes: progressOf(shards, options.onProgress),
    inTurn: createTurns(),
  };
  return shardStore({
    sizes,
    slots: Math.max(1, Math.floor((options.memory ?? DEFAULT_MEMORY) / Math.max(1, ...sizes))),
    concurrency: Math.max(1, options.concurrency ?? DEFAULT_CONCURRENCY),
    bring: (index, memory, signal) => bringShard(shards[index]!, memory, signal, context),
    isDone,
    signal: options.signal,
    where: origin.name,
  });
}

function wrongTarget(name: string, got: number, want: number): AlexNetError {
  return new AlexNetError({
    code: 'invalid-input',
    message: `The rows of ${name} are ${want} values, and there is room for ${got}`,
    where: 'target',
  });
}
