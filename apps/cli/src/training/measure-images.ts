import { type MeasureOptions, type Metrics, measure } from '@alexnet/training';
import type { Context } from '../commands/command.ts';
import { createProgress } from '../terminal/progress.ts';

/** Measures with progress on the screen; `skipped` hears of images that cannot be used. */
export async function measureImages(
  options: MeasureOptions,
  { output, signal }: Context,
  skipped: (image: { readonly path: string; readonly reason: string }) => void = () => {},
): Promise<Metrics> {
  const progress = createProgress(output.progressStream);
  const measured = measure({ ...options, signal });
  try {
    for (;;) {
      const next = await measured.next();
      if (next.done === true) return next.value;
      if (next.value.skipped.length > 0) progress.clear();
      for (const image of next.value.skipped) skipped(image);
      progress.update('evaluating', next.value.done, next.value.total);
    }
  } finally {
    progress.clear();
  }
}
