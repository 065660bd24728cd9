import type { StoredTensor } from '../safetensors/dtype.ts';
import { ALIGNMENT, PREFIX_BYTES } from '../safetensors/format.ts';
import { readSafetensors } from '../safetensors/read.ts';
import { concatBytes, writeSafetensors } from '../safetensors/write.ts';
import { sha256Hex } from '../sha256.ts';
import { encodeUtf8 } from '../utf8.ts';
import type { Shard, ShardTensor } from './manifest.ts';

/** What a shard takes besides its tensors: the length and the padding of its header. */
export const SHARD_OVERHEAD = PREFIX_BYTES + 2 * ALIGNMENT;
/** An entry of the header without its name: dtype, up to 8 extents and two offsets; and one of a pad. */
const ENTRY_BYTES = 320;

/** The most that a tensor adds to a shard besides its data. */
export function tensorOverhead(name: string): number {
  return encodeUtf8(JSON.stringify(name)).length + ENTRY_BYTES + ALIGNMENT;
}

/** Writes the tensors as one file, and says where they came to lie and what their hashes are. */
export async function writeShard(
  file: string,
  tensors: ReadonlyMap<string, StoredTensor>,
): Promise<{ readonly data: Uint8Array; readonly shard: Shard }> {
  const data = concatBytes(writeSafetensors(tensors));
  const placed: ShardTensor[] = [];
  for (const [name, { dtype, shape, data: bytes }] of readSafetensors(data).tensors) {
    const begin = bytes.byteOffset - data.byteOffset;
    placed.push({ name, dtype, shape, begin, end: begin + bytes.length, sha256: await sha256Hex(bytes) });
  }
  return { data, shard: { file, bytes: data.length, sha256: await sha256Hex(data), tensors: placed } };
}
