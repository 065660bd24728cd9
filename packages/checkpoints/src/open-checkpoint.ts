import { type ByteSource, memorySource } from '@alexnet/core';
import { blobSource } from '@alexnet/core/files';
import type { CheckpointFile, OpenContext } from './checkpoint-file.ts';
import { detectFormat } from './detect.ts';
import { readers } from './readers.ts';

/** What a file can be given as. The caller closes what it opened. */
export type CheckpointSource = ByteSource | Uint8Array | Blob;

/**
 * Opens a checkpoint of any known format, told by its content, and reads no values yet: the tensors under the file's own names.
 * Errors: `invalid-file` for a file that is damaged or of no known format; `invalid-input` when a file that it names is missing; `aborted`.
 */
export async function openCheckpoint(source: CheckpointSource, context: OpenContext = {}): Promise<CheckpointFile> {
  const bytes = toSource(source);
  const open = await readers[await detectFormat(bytes, context)]();
  return open(bytes, context);
}

function toSource(source: CheckpointSource): ByteSource {
  if (source instanceof Uint8Array) return memorySource(source);
  return 'read' in source ? source : blobSource(source);
}
