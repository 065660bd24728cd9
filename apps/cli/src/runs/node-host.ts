import type { Host, NamedInput } from '@alexnet/benchmark';
import { type Preprocessing, preprocess } from '@alexnet/core';
import type { Context } from '../commands/command.ts';
import { createProgress } from '../terminal/progress.ts';
import { decodePhotographs, type Picture } from './photographs.ts';

/** Does work in this process, with progress on the terminal, and clears it at the end. */
export async function withHost<T>({ output, signal }: Context, work: (host: Host) => Promise<T>): Promise<T> {
  const progress = createProgress(output.progressStream);
  try {
    const inputs = createInputs(signal);
    return await work({
      signal,
      progress,
      json: output.json,
      note: output.note,
      inputsOf: ({ preprocessing }) => inputs(preprocessing),
    });
  } finally {
    progress.clear();
  }
}

/** The photographs as networks expect them; the files are decoded once, when the first network asks. */
export function createInputs(signal: AbortSignal): (preprocessing: Preprocessing) => Promise<readonly NamedInput[]> {
  let pictures: Promise<Picture[]> | undefined;
  return async (preprocessing) => {
    pictures ??= decodePhotographs(signal);
    return (await pictures).map(({ name, image }) => ({ name, tensor: preprocess(image, preprocessing) }));
  };
}
