import { appendFile, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SkippedImage } from '@alexnet/training';
import type { Output } from '../output.ts';

/** Notes images that are left out: each once, in a file, and the first few on the screen. */
export interface SkippedLog {
  add(image: SkippedImage): Promise<void>;
  /** How many images were left out. */
  count(): number;
}

const MOST_SHOWN = 10;

/** One line; most reasons name the file themselves. */
export function skippedText({ path, reason }: SkippedImage): string {
  return `Skipped ${reason.includes(path) ? reason : `${path}: ${reason}`}`;
}

/** `fresh` removes what an earlier run noted. */
export async function skippedLog(file: string, fresh: boolean, output: Output): Promise<SkippedLog> {
  if (fresh) await rm(file, { force: true });
  const seen = new Set<string>();
  return {
    async add({ path, reason }) {
      if (seen.has(path)) return;
      seen.add(path);
      output.json({ skipped: path, reason });
      if (seen.size <= MOST_SHOWN) output.note(skippedText({ path, reason }));
      if (seen.size === MOST_SHOWN) output.note(`Further ones are in ${file}`);
      await mkdir(dirname(file), { recursive: true });
      await appendFile(file, `${path}\t${reason}\n`);
    },
    count: () => seen.size,
  };
}
