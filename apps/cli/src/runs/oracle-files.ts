import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { OracleStore } from '@alexnet/conformance';
import { defaultCacheFolder, fileCache } from '@alexnet/core/files';

export interface OracleFilesOptions {
  /** Default: `oracle` in the cache folder that this platform's users have. */
  readonly folder?: string;
  /** How much the files may take together. Default 1 GiB, some three times what a full run of all networks leaves. */
  readonly maxBytes?: number;
  /** Told once what is wrong when files cannot be read or written. */
  onProblem?(message: string): void;
}

/** Of `maxBytes`: how much is written between two looks at what there is. */
const SHARE_BETWEEN_LOOKS = 1 / 16;

/**
 * What the oracle computed, in files: one per layer, written under another name and renamed when it is whole, so that processes that share
 * the folder see whole files only. What was not asked for longest goes first when they take too much. Errors: none; what fails is not kept.
 */
export function oracleFiles({
  folder = join(defaultCacheFolder(), 'oracle'),
  maxBytes = 2 ** 30,
  onProblem = () => {},
}: OracleFilesOptions = {}): OracleStore {
  const files = fileCache(folder);
  let unseen = Number.POSITIVE_INFINITY; // bytes written since the last look; there was none yet
  let told = false;
  const tell = (error: unknown): undefined => {
    if (!told)
      onProblem(
        `Nothing is kept of what the oracle computes: ${error instanceof Error ? error.message : String(error)}`,
      );
    told = true;
  };
  return {
    async get(key) {
      try {
        const bytes = await files.get(key);
        if (bytes !== undefined) await used(join(folder, key));
        return bytes;
      } catch (error) {
        return tell(error);
      }
    },
    async put(key, bytes) {
      try {
        await files.put(key, bytes);
        unseen += bytes.length;
        if (unseen <= maxBytes * SHARE_BETWEEN_LOOKS) return;
        unseen = 0;
        await shrink(folder, maxBytes * (1 - SHARE_BETWEEN_LOOKS));
      } catch (error) {
        tell(error);
      }
    },
    delete: (key) => files.delete(key).catch(tell),
  };
}

/** Notes that a file was of use: which was not for longest is known by the time of its change. */
async function used(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined); // another process may have removed it
}

/** Removes the files that were not used for longest until the others take at most so many bytes. */
async function shrink(folder: string, bytes: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^sha256-[0-9a-f]{64}$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      const facts = await stat(file).catch(() => undefined);
      return facts === undefined ? [] : [{ file, size: facts.size, used: facts.mtimeMs }];
    }),
  );
  let left = bytes;
  for (const { file, size } of found.flat().toSorted((a, b) => b.used - a.used)) {
    left -= size;
    if (left < 0) await rm(file, { force: true }).catch(() => undefined); // open elsewhere: the next look gets it
  }
}
