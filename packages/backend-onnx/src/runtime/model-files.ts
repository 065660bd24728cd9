import { encodeModel, type OnnxModel } from '../model/onnx.ts';
import { concatenate } from '../model/protobuf.ts';
import { nodeBuiltin } from './node-builtin.ts';

/** A model on disk that is being written: in a new temporary folder that only this user can read. */
export interface ModelFiles {
  /** Writes a piece of the weights. False where the file system does not take it: there is no room, for example. */
  write(data: Uint8Array, at: number): boolean;
  /** Writes the model beside its weights and returns its path; undefined where the file system does not take it. */
  finish(model: OnnxModel): string | undefined;
  /** Removes the folder. Never throws. */
  remove(): void;
}

/** Undefined where that cannot be done: there is no file system, or no permission. */
export function openModelFiles(dataFile: string): ModelFiles | undefined {
  const fs = nodeBuiltin('node:fs');
  const os = nodeBuiltin('node:os');
  const path = nodeBuiltin('node:path');
  if (fs === undefined || os === undefined || path === undefined) return undefined;
  const folder = taken(() => fs.mkdtempSync(path.join(os.tmpdir(), 'alexnet-')));
  if (folder === undefined) return undefined;
  const file = taken(() => fs.openSync(path.join(folder, dataFile), 'wx', 0o600));
  let open = file !== undefined;
  const close = () => {
    if (open && file !== undefined) fs.closeSync(file);
    open = false;
  };
  const remove = () => {
    try {
      close();
      fs.rmSync(folder, { recursive: true, force: true });
    } catch {
      // Windows does not remove what is still mapped; the system cleans its temporary folder itself.
    }
  };
  if (file === undefined) {
    remove();
    return undefined;
  }
  return {
    write: (data, at) => taken(() => writeAll(fs, file, data, at)) !== undefined,
    finish: (model) =>
      taken(() => {
        close();
        const modelFile = path.join(folder, 'model.onnx');
        fs.writeFileSync(modelFile, concatenate(encodeModel(model)), { mode: 0o600 });
        return modelFile;
      }),
    remove,
  };
}

/** What the file system gives; undefined for its own errors, which have a code: ENOSPC, EACCES, EROFS, ... */
function taken<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if ((error as { code?: unknown }).code === undefined) throw error;
    return undefined;
  }
}

/** One call may write less than it was given: 2 GB at most on Linux. Returns how much that is altogether. */
function writeAll(fs: typeof import('node:fs'), file: number, data: Uint8Array, at: number): number {
  let done = 0;
  while (done < data.byteLength) done += fs.writeSync(file, data, done, data.byteLength - done, at + done);
  return done;
}
