import { AlexNetError } from '../error.ts';
import { type ByteSource, checkRange, type ReadOptions } from './byte-source.ts';
import { nodeBuiltin } from './node-builtin.ts';

/** An open file. */
export interface FileSource extends ByteSource, AsyncDisposable {
  readInto(offset: number, target: Uint8Array, options?: ReadOptions): Promise<void>;
  /** Like `read`, at once: for libraries that cannot wait. */
  readSync(offset: number, length: number): Uint8Array;
  /** Like `readSync`, into memory that is there: as many bytes as it takes. */
  readIntoSync(offset: number, target: Uint8Array): void;
}

/**
 * Opens a file on disk, in engines with Node's `node:fs`. Dispose of it to close it.
 * Errors: `invalid-file` when it cannot be opened or is no file; `unsupported` in a browser.
 */
export async function fileSource(path: string): Promise<FileSource> {
  const fs = nodeBuiltin('node:fs');
  if (fs === undefined) {
    throw new AlexNetError({
      code: 'unsupported',
      message: 'There are no files to open by path here',
      where: path,
      fix: 'Give an address, a Blob or bytes.',
    });
  }
  const file = await fs.promises.open(path, 'r').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw unreadable(path, undefined, 'it is not a file');
    const source = { name: path, size: facts.size };
    const readInto: FileSource['readInto'] = async (offset, target, options) => {
      const { length } = target;
      checkRange(source, offset, length, options);
      for (let done = 0; done < length; ) {
        const { bytesRead } = await file.read(target, done, length - done, offset + done).catch((cause: unknown) => {
          throw unreadable(path, cause);
        });
        if (bytesRead === 0) throw unreadable(path, undefined, 'it became shorter while it was read');
        done += bytesRead;
      }
    };
    const readIntoSync: FileSource['readIntoSync'] = (offset, target) => {
      const { length } = target;
      checkRange(source, offset, length);
      for (let done = 0; done < length; ) {
        const count = fs.readSync(file.fd, target, done, length - done, offset + done);
        if (count === 0) throw unreadable(path, undefined, 'it became shorter while it was read');
        done += count;
      }
    };
    return {
      ...source,
      async read(offset, length, options) {
        checkRange(source, offset, length, options); // before memory is taken
        const bytes = new Uint8Array(length);
        await readInto(offset, bytes, options);
        return bytes;
      },
      readInto,
      readSync(offset, length) {
        checkRange(source, offset, length);
        const bytes = new Uint8Array(length);
        readIntoSync(offset, bytes);
        return bytes;
      },
      readIntoSync,
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function unreadable(path: string, cause: unknown, reason = reasonOf(cause)): AlexNetError {
  return new AlexNetError({ code: 'invalid-file', message: `Cannot read ${path}: ${reason}`, where: path, cause });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
};

function reasonOf(cause: unknown): string {
  const code = (cause as { code?: string } | undefined)?.code ?? '';
  return reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
