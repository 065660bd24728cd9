import { asNoRoom, checkQuota } from './storage-room.ts';
import { checkKey, noSuchCache, type WeightCache } from './weight-cache.ts';

/** What a page that was closed left behind goes after so long; no write takes as much. */
const STALE_MS = 3_600_000;

/** What browsers have and TypeScript's DOM types have not yet. */
interface MovableFile {
  move?(name: string): Promise<void>;
}
interface ListedFolder {
  entries(): AsyncIterable<[string, FileSystemHandle]>;
}
interface SyncAccess {
  write(bytes: Uint8Array): number;
  flush(): void;
  close(): void;
}
interface WritableFile extends MovableFile {
  createWritable?: FileSystemFileHandle['createWritable'];
  createSyncAccessHandle?(): Promise<SyncAccess>;
}

/**
 * A cache in the origin private file system of browsers, which pages and workers of an origin share. A file is written under a
 * name of its own and moved when it is whole, under a lock.
 * Errors: `unsupported` where there is no such file system; `out-of-memory` when the quota is used up; those of the file system.
 */
export function opfsCache(folder = 'alexnet-weights'): WeightCache {
  let swept = false;
  const open = async (key: string): Promise<FileSystemDirectoryHandle> => {
    checkKey(key);
    const storage = globalThis.navigator?.storage;
    if (storage?.getDirectory === undefined) {
      throw noSuchCache('origin private file system', 'Serve the page over https, or use another cache.');
    }
    return (await storage.getDirectory()).getDirectoryHandle(folder, { create: true });
  };
  /** Browsers refuse to move a file to where another page is just moving one. */
  const alone = async (key: string, work: () => Promise<void>): Promise<void> => {
    const { locks } = globalThis.navigator as Partial<Navigator>;
    await (locks === undefined ? work() : locks.request(`${folder}/${key}`, work));
  };
  return {
    async get(key) {
      const root = await open(key);
      try {
        const file = await (await root.getFileHandle(key)).getFile();
        return file.size === 0 ? undefined : new Uint8Array(await file.arrayBuffer());
      } catch (error) {
        // not readable: another page has just put the same content in its place
        if (isNamed(error, 'NotFoundError', 'NotReadableError')) return undefined;
        throw error;
      }
    },
    async put(key, bytes) {
      const root = await open(key);
      if (!swept) await sweep(root).catch(() => undefined);
      swept = true;
      await checkQuota(folder, bytes.length);
      const temporary = `${key}.${globalThis.crypto.randomUUID()}.part`;
      try {
        const file: WritableFile = await root.getFileHandle(temporary, { create: true });
        if (file.move === undefined) {
          await alone(key, async () => write(await root.getFileHandle(key, { create: true }), bytes));
        } else {
          await write(file, bytes);
          await alone(key, async () => file.move!(key));
        }
      } catch (error) {
        throw asNoRoom(folder, bytes.length, error);
      } finally {
        await root.removeEntry(temporary).catch(() => undefined); // it is not there after a move
      }
    },
    async delete(key) {
      const root = await open(key);
      await alone(key, async () => root.removeEntry(key)).catch((error: unknown) => {
        if (!isNamed(error, 'NotFoundError')) throw error;
      });
    },
  };
}

/** Safari before 26 has only the second way, in workers. */
async function write(file: WritableFile, bytes: Uint8Array): Promise<void> {
  if (file.createWritable !== undefined) {
    const stream = await file.createWritable();
    await stream.write(bytes as Uint8Array<ArrayBuffer>);
    return stream.close();
  }
  if (file.createSyncAccessHandle === undefined) {
    throw noSuchCache('way to write files in a page', 'Load in a worker, or use another cache.');
  }
  const access = await file.createSyncAccessHandle();
  try {
    access.write(bytes);
    access.flush();
  } finally {
    access.close();
  }
}

async function sweep(root: FileSystemDirectoryHandle): Promise<void> {
  for await (const [name, handle] of (root as unknown as ListedFolder).entries()) {
    if (handle.kind !== 'file' || !name.endsWith('.part')) continue;
    const { lastModified } = await (handle as FileSystemFileHandle).getFile();
    if (Date.now() - lastModified > STALE_MS) await root.removeEntry(name);
  }
}

function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return names.includes((error as { readonly name?: string } | undefined)?.name ?? '');
}
