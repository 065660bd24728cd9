import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AlexNetError } from '@alexnet/core';

/** `readFile` takes no more than 2 GiB; training states of wide networks are larger. */
const MOST_AT_ONCE = 2 ** 30;

/** Reads a whole file. Errors: `invalid-file` with the path and what is wrong with it. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw new Error('it is not a file');
    return facts.size < MOST_AT_ONCE ? await readFile(path) : await readParts(path, facts.size);
  } catch (cause) {
    throw new AlexNetError({ code: 'invalid-file', message: `Cannot read ${path}: ${reason(cause)}`, cause });
  }
}

async function readParts(path: string, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  const file = await open(path);
  try {
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(MOST_AT_ONCE, size - at), at);
      if (bytesRead === 0) throw new Error('it became shorter while it was read');
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/**
 * Writes chunks to a file beside the target and renames it at the end: a run that is cut off leaves no half file.
 * Makes the folder where there is none. Returns the number of bytes written. Errors: `invalid-file`.
 * `durable`: it is on the disk before the old file goes, so that not even a machine that stops leaves a half one.
 */
export async function writeChunks(
  path: string,
  chunks: Iterable<Uint8Array>,
  { durable = false }: { readonly durable?: boolean } = {},
): Promise<number> {
  const partial = `${path}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(partial, 'w');
    let bytes = 0;
    try {
      for (const chunk of chunks) bytes += await writeAll(file, chunk);
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
    return bytes;
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined); // what failed first is what to tell
    if (cause instanceof AlexNetError) throw cause;
    throw new AlexNetError({ code: 'invalid-file', message: `Cannot write ${path}: ${reason(cause)}`, cause });
  }
}

/** Makes a folder with all that it lies in, where there is none. Errors: `invalid-file`. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((cause: unknown) => {
    throw new AlexNetError({
      code: 'invalid-file',
      message: `Cannot make the folder ${path}: ${reason(cause)}`,
      cause,
    });
  });
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<number> {
  for (let at = 0; at < chunk.byteLength; ) at += (await file.write(chunk, at)).bytesWritten;
  return chunk.byteLength;
}

export function reason(error: unknown): string {
  const code = (error as { code?: string }).code;
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'there is a file where a folder would have to be';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'ENOSPC') return 'the disk is full';
  return error instanceof Error ? error.message : String(error);
}
