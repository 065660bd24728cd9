import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Download } from '../backend/backend.ts';

/** What files of installed packages weigh, to hold against what a provider states. */
export async function measureDownload(folder: string, files: readonly string[]): Promise<Download> {
  const contents = await Promise.all(files.map((file) => readFile(join(folder, file))));
  return {
    files,
    bytes: contents.reduce((sum, { length }) => sum + length, 0),
    gzipBytes: contents.reduce((sum, content) => sum + gzipSync(content, { level: 9 }).length, 0),
  };
}
