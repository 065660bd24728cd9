import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AlexNetError, type Shape } from '@alexnet/core';
import { reason } from '../files.ts';

/** Writes rows of float32 values to a `.npy` file whose number of rows is known at the end. */
export interface NpyWriter {
  write(rows: Float32Array): Promise<void>;
  /** Puts the file in its place. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

/** The header's length is a multiple of 64 (NumPy's format 1.0); longer than any shape of four numbers. */
const HEADER_BYTES = 128;

/** `row` is the shape of one row; the file's is N x that, in C order. Errors: `invalid-file`. */
export async function npyWriter(path: string, row: Shape): Promise<NpyWriter> {
  const partial = `${path}.partial`;
  const size = row.reduce((product, extent) => product * extent, 1);
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw new AlexNetError({ code: 'invalid-file', message: `Cannot write ${path}: ${reason(cause)}`, cause });
    }
  };
  const file = await guarded(async () => {
    await mkdir(dirname(path), { recursive: true });
    return open(partial, 'w');
  });
  let at = HEADER_BYTES;
  const put = async (bytes: Uint8Array, position: number) => {
    for (let done = 0; done < bytes.length; ) {
      done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    }
  };
  return {
    write: (rows) =>
      guarded(async () => {
        await put(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength), at);
        at += rows.byteLength;
      }),
    finish: () =>
      guarded(async () => {
        await put(header([(at - HEADER_BYTES) / (4 * size), ...row]), 0);
        await file.close();
        await rename(partial, path);
      }),
    async abandon() {
      await file.close().catch(() => undefined);
      await rm(partial, { force: true });
    },
  };
}

function header(shape: Shape): Uint8Array {
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dimensions}), }`;
  const bytes = new Uint8Array(HEADER_BYTES).fill(0x20);
  bytes.set([0x93, ...Buffer.from('NUMPY'), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, HEADER_BYTES - 10, true);
  bytes.set(Buffer.from(text), 10);
  bytes[HEADER_BYTES - 1] = 0x0a;
  return bytes;
}
