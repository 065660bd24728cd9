import { AlexNetError } from '@alexnet/core';
import { describeKernel, type KernelChoice } from '../kernels/kernels.ts';
import { type Choices, type ConvolutionSize, candidates, type LinearTile } from '../plan/choices.ts';

/** What was fastest for which size on one adapter. Plain data: it can be stored as JSON and shipped. */
export interface Tuning {
  readonly version: 1;
  /** What the adapter calls itself: choices of one adapter say little about another. */
  readonly adapter: string;
  readonly convolutions: readonly { readonly size: ConvolutionSize; readonly choice: KernelChoice }[];
  readonly linears: readonly ({ readonly samples: number } & Omit<LinearTile, 'parts'>)[];
}

/** Choices by a tuning; sizes that it does not know are chosen as `others` does, or as the nearest number of pixels or samples. */
export function tunedChoices({ convolutions, linears }: Tuning, others: Choices): Choices {
  return {
    convolution(size) {
      const alike = convolutions.filter(
        (known) =>
          known.size.groupOut === size.groupOut && known.size.groups === size.groups && known.size.depth === size.depth,
      );
      return nearest(alike, ({ size: { pixels } }) => pixels, size.pixels)?.choice ?? others.convolution(size);
    },
    linear(size) {
      const { parts } = others.linear(size);
      const known = nearest(linears, ({ samples }) => samples, size.samples);
      return known === undefined ? others.linear(size) : { rows: known.rows, cols: known.cols, parts };
    },
  };
}

/** Checks a tuning that was stored. Errors: `invalid-file`: another version, or kernels that do not exist. */
export function checkTuning(tuning: unknown): Tuning {
  const { version, convolutions, linears } = (tuning ?? {}) as Partial<Record<keyof Tuning, unknown>>;
  const known = new Set(candidates.convolution.map(describeKernel));
  const isChoice = (entry: Partial<Tuning['convolutions'][number]> | null) =>
    entry?.size !== undefined && entry.choice !== undefined && known.has(describeKernel(entry.choice));
  const isTile = (entry: Partial<LinearTile> | null) =>
    candidates.linear.some(({ rows, cols }) => rows === entry?.rows && cols === entry.cols);
  if (
    version === 1 &&
    Array.isArray(convolutions) &&
    convolutions.every(isChoice) &&
    Array.isArray(linears) &&
    linears.every(isTile)
  ) {
    return tuning as Tuning;
  }
  throw new AlexNetError({
    code: 'invalid-file',
    message: 'The tuning is not one of this version of @alexnet/backend-webgpu',
    fix: 'Tune again.',
    where: 'tuning',
  });
}

/** The entry whose number is nearest by ratio. */
function nearest<T>(entries: readonly T[], of: (entry: T) => number, wanted: number): T | undefined {
  const distance = (entry: T) => Math.abs(Math.log(of(entry) / wanted));
  return entries.reduce<T | undefined>(
    (best, entry) => (best === undefined || distance(entry) < distance(best) ? entry : best),
    undefined,
  );
}
