import { nodeBuiltin } from '../../bytes/node-builtin.ts';
import { defaultCacheFolder } from './default-folder.ts';
import { checkKey, noRoom, noSuchCache, type WeightCache } from './weight-cache.ts';

/** What a process that was killed left behind goes after so long; no write takes as much. */
const STALE_MS = 3_600_000;

/**
 * A cache in a folder on disk, in Node: one file per key. A file is written under a name of its own and renamed when it is whole, so
 * that processes that share the folder see whole files only. Default folder: `defaultCacheFolder()`.
 * Errors: `unsupported` in a browser; `out-of-memory` when the disk is full; those of `node:fs`.
 */
export function fileCache(folder?: string): WeightCache {
  let swept = false;
  const open = (key: string) => {
    checkKey(key);
    const fs = nodeBuiltin('node:fs')?.promises;
    const path = nodeBuiltin('node:path');
    if (fs === undefined || path === undefined) throw noSuchCache('file system', 'Use another cache.');
    const root = folder ?? defaultCacheFolder();
    return { fs, root, file: path.join(root, key), join: path.join };
  };
  return {
    async get(key, room) {
      const { fs, file } = open(key);
      try {
        await using handle = await fs.open(file, 'r');
        const { size } = await handle.stat();
        const memory = room?.();
        const target = memory !== undefined && size <= memory.length ? memory.subarray(0, size) : new Uint8Array(size);
        let length = 0;
        for (let more = 1; more > 0 && length < size; length += more) {
          more = (await handle.read(target, length, size - length, length)).bytesRead;
        }
        return target.subarray(0, length);
      } catch (error) {
        if (isCode(error, 'ENOENT')) return undefined;
        throw error;
      }
    },
    async put(key, bytes) {
      const { fs, root, file, join } = open(key);
      await fs.mkdir(root, { recursive: true });
      if (!swept) await sweep(fs, root, join).catch(() => undefined);
      swept = true;
      const { bavail, bsize } = await fs.statfs(root);
      if (bavail * bsize < bytes.length) throw noRoom(root, bytes.length, bavail * bsize);
      const temporary = join(root, `${key}.${globalThis.crypto.randomUUID()}.part`);
      try {
        await fs.writeFile(temporary, bytes, { flag: 'wx' });
        await fs.rename(temporary, file);
      } catch (error) {
        await fs.rm(temporary, { force: true }).catch(() => undefined);
        // Windows renames over no file that another process reads: what that one reads is the same
        if (isCode(error, 'EPERM', 'EACCES') && (await exists(fs, file))) return;
        throw isCode(error, 'ENOSPC', 'EDQUOT') ? noRoom(root, bytes.length, undefined, error) : error;
      }
    },
    async delete(key) {
      const { fs, file } = open(key);
      await fs.rm(file, { force: true });
    },
  };
}

type Fs = typeof import('node:fs')['promises'];

async function sweep(fs: Fs, root: string, join: (...parts: string[]) => string): Promise<void> {
  for (const name of await fs.readdir(root)) {
    if (!/^sha256-[0-9a-f]{64}\..*\.part$/.test(name)) continue;
    const file = join(root, name);
    const { mtimeMs } = await fs.stat(file);
    if (Date.now() - mtimeMs > STALE_MS) await fs.rm(file, { force: true });
  }
}

async function exists(fs: Fs, file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as { code?: string } | undefined)?.code ?? '');
}
