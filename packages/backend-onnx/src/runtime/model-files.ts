import type { Externalised } from '../model/external-data.ts';
import { encodeModel } from '../model/onnx.ts';
import { concatenate } from '../model/protobuf.ts';
import { nodeBuiltin } from './node-builtin.ts';

/** A model on disk. */
export interface ModelFiles {
  /** Path of the model; its weights lie beside it. */
  readonly model: string;
  /** Removes the folder. Never throws. */
  remove(): void;
}

/**
 * Writes a model and its weights to a new temporary folder that only this user can read.
 * Undefined where that cannot be done: there is no file system, no permission, or no room.
 */
export function writeModelFiles({ model, parts }: Externalised, dataFile: string): ModelFiles | undefined {
  const fs = nodeBuiltin('node:fs');
  const os = nodeBuiltin('node:os');
  const path = nodeBuiltin('node:path');
  if (fs === undefined || os === undefined || path === undefined) return undefined;
  let folder: string | undefined;
  const remove = () => {
    try {
      if (folder !== undefined) fs.rmSync(folder, { recursive: true, force: true });
    } catch {
      // Windows does not remove what is still mapped; the system cleans its temporary folder itself.
    }
  };
  try {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'alexnet-'));
    const file = fs.openSync(path.join(folder, dataFile), 'wx', 0o600);
    try {
      for (const { offset, initializer } of parts) writeAll(fs, file, initializer.data, offset);
    } finally {
      fs.closeSync(file);
    }
    const modelFile = path.join(folder, 'model.onnx');
    fs.writeFileSync(modelFile, concatenate(encodeModel(model)), { mode: 0o600 });
    return { model: modelFile, remove };
  } catch (error) {
    remove();
    if ((error as { code?: unknown }).code === undefined) throw error;
    return undefined; // the file system's own errors have a code: ENOSPC, EACCES, EROFS, ...
  }
}

/** One call may write less than it was given: 2 GB at most on Linux. */
function writeAll(fs: typeof import('node:fs'), file: number, data: Uint8Array, at: number): void {
  for (let done = 0; done < data.byteLength; ) {
    done += fs.writeSync(file, data, done, data.byteLength - done, at + done);
  }
}
