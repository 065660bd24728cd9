import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** How publishers state what a file should be. `git-blob` is the name of a Git object: SHA-1 of `blob SIZE\0` and the contents. */
export interface Hash {
  readonly algorithm: 'sha256' | 'sha1' | 'git-blob';
  /** Lower-case hexadecimal. */
  readonly digest: string;
}

/** The digest of a file, read piece by piece. Rejects with the file system's error, or when `signal` fires. */
export async function hashFile(path: string, algorithm: Hash['algorithm'], signal?: AbortSignal): Promise<string> {
  const hash = createHash(algorithm === 'sha256' ? 'sha256' : 'sha1');
  if (algorithm === 'git-blob') hash.update(`blob ${(await stat(path)).size}\0`);
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20, signal })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
