import { sizeOf } from '../../tensor.ts';
import type { Manifest, ManifestParameter, Part } from '../native/manifest.ts';
import { readPart, readTensors } from '../native/shard.ts';
import { toFloat32 } from '../safetensors/dtype.ts';
import type { StoredWeight } from '../stored/stored-weight.ts';
import { tensorOf } from '../weight-source.ts';
import type { ShardStore } from './shards/shard-store.ts';

/** Reads rows that lie in one part; `rows` count as those of the parameter. Errors: those of the store, `invalid-file`. */
export interface PartReader {
  /** As stored, in arrays that the caller owns. */
  read(parameter: ManifestParameter, part: Part, rows: Part['rows'], signal?: AbortSignal): Promise<StoredWeight>;
  /** As float32, into memory of their size. */
  readInto(
    parameter: ManifestParameter,
    part: Part,
    rows: Part['rows'],
    target: Float32Array,
    signal?: AbortSignal,
  ): Promise<void>;
}

/** `onEnd` is called when the last row of a part has been read, or all that will be needed of its shard. */
export function partReader(manifest: Manifest, store: ShardStore, onEnd: (part: Part) => void): PartReader {
  /** The `dc` part that was decoded last, until its end is read: decoding takes all of it, and readers come for a few rows at a time. */
  let decoded: { readonly part: Part; readonly all: StoredWeight } | undefined;

  const use = <T>(part: Part, ended: boolean, read: (bytes: Uint8Array) => T, signal?: AbortSignal): Promise<T> => {
    const readToEnd = (bytes: Uint8Array): T => {
      const result = read(bytes);
      if (ended) onEnd(part);
      return result;
    };
    return store.use(part.shard, readToEnd, signal);
  };

  const reader: PartReader = {
    async read(parameter, part, rows, signal) {
      const ended = rows[1] === part.rows[1];
      const isWhole = ended && rows[0] === part.rows[0];
      if (parameter.precision !== 'dc' || (isWhole && decoded?.part !== part)) {
        return use(part, ended, (bytes) => readPart(manifest, parameter, part, bytes, rows), signal);
      }
      let all = decoded?.part === part ? decoded.all : undefined;
      all ??= await use(part, true, (bytes) => readPart(manifest, parameter, part, bytes), signal);
      decoded = ended ? undefined : { part, all };
      return someRows(all, rows[0] - part.rows[0], rows[1] - part.rows[0]);
    },
    async readInto(parameter, part, rows, target, signal) {
      if (parameter.precision !== 'f32') {
        const stored = await reader.read(parameter, part, rows, signal);
        return target.set(tensorOf(stored, parameter.name).data);
      }
      const copy = (bytes: Uint8Array) => target.set(viewRows(manifest, part, rows, bytes));
      return use(part, rows[1] === part.rows[1], copy, signal);
    },
  };
  return reader;
}

/** Rows of an `f32` part, where the engine allows it without a copy: then they last as long as the shard's bytes. */
function viewRows({ shards }: Manifest, part: Part, rows: Part['rows'], bytes: Uint8Array): Float32Array {
  const tensor = readTensors(shards[part.shard]!, bytes).get(part.data)!;
  const row = tensor.data.length / (part.rows[1] - part.rows[0]);
  const data = tensor.data.subarray(row * (rows[0] - part.rows[0]), row * (rows[1] - part.rows[0]));
  return toFloat32({ ...tensor, data });
}

/** A copy of some rows of float32 values, which is what `dc` decodes to. */
function someRows(stored: StoredWeight, from: number, to: number): StoredWeight {
  if (stored.precision !== 'f32') return stored;
  const inner = stored.shape.slice(1);
  const row = sizeOf(inner);
  return { precision: 'f32', shape: [to - from, ...inner], data: stored.data.slice(from * row, to * row) };
}
