import type { Metrics } from '@alexnet/training';
import { table } from './table.ts';

/** Larger matrices do not fit on a screen. */
const MOST_IN_MATRIX = 12;
const MOST_PAIRS = 10;

/** Each class: how many of its images were right, and what share of what was taken for it. */
export function classTable({ perClass }: Metrics, classes: readonly string[]): string {
  const share = (part: number, of: number) => (of === 0 ? '' : `${((100 * part) / of).toFixed(1)} %`);
  return table(
    perClass.map(({ samples, correct, predicted }, i) => ({
      class: classes[i]!,
      images: String(samples),
      right: String(correct),
      'of its images': share(correct, samples),
      'of what was taken for it': share(correct, predicted),
    })),
    { right: ['images', 'right', 'of its images', 'of what was taken for it'] },
  );
}

/** Which class was taken for which: all of it where it fits, else the most frequent mistakes. Empty where there were none. */
export function confusionTable({ confusion }: Metrics, classes: readonly string[]): string {
  if (classes.length <= MOST_IN_MATRIX) {
    const columns = classes.map((name, i) => `${i} ${name}`.slice(0, 10));
    return table(
      confusion.map((row, i) => ({
        'is \\ taken for': `${i} ${classes[i]!}`,
        ...Object.fromEntries(row.map((count, predicted) => [columns[predicted]!, count === 0 ? '.' : String(count)])),
      })),
      { right: columns },
    );
  }
  const pairs = confusion
    .flatMap((row, own) => row.map((count, predicted) => ({ own, predicted, count })))
    .filter(({ own, predicted, count }) => own !== predicted && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_PAIRS);
  return table(
    pairs.map(({ own, predicted, count }) => ({
      is: classes[own]!,
      'was taken for': classes[predicted]!,
      images: String(count),
    })),
    { right: ['images'] },
  );
}
