import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SkippedImage } from '@alexnet/training';
import { reason as whyNot } from '../files.ts';
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

/** `fresh` removes what an earlier run noted; else it counts. A file that cannot be written ends no training: it is said once. */
export async function skippedLog(file: string, fresh: boolean, output: Output): Promise<SkippedLog> {
  if (fresh) await rm(file, { force: true }).catch(() => undefined);
  const before = fresh ? '' : await readFile(file, 'utf8').catch(() => '');
  const seen = new Set(before.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0]!])));
  let shown = 0;
  let isWritable = true;
  return {
    async add({ path, reason }) {
      if (seen.has(path)) return;
      seen.add(path);
      output.json({ skipped: path, reason });
      if (++shown <= MOST_SHOWN) output.note(skippedText({ path, reason }));
      if (shown === MOST_SHOWN) output.note(`Further ones are in ${file}`);
      if (!isWritable) return;
      try {
        await mkdir(dirname(file), { recursive: true });
        await appendFile(file, `${path}\t${reason}\n`);
      } catch (cause) {
        isWritable = false;
        output.note(`Warning: ${file} cannot be written: ${whyNot(cause)}`);
      }
    },
    count: () => seen.size,
  };
}
