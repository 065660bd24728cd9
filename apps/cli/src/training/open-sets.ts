import { type OpenedSet, splitSet } from '@alexnet/image';
import type { Context } from '../commands/command.ts';
import { openSet } from './data.ts';
import type { TrainingSettings } from './training-options.ts';

export interface Sets {
  readonly training: OpenedSet;
  readonly validation: OpenedSet | undefined;
}

/** The images to train with, and those to validate with: a set of their own, or some of each class. */
export async function openSets(
  path: string,
  { val, valFraction: fraction, seed }: TrainingSettings,
  { signal, output }: Context,
): Promise<Sets> {
  const all = await openSet(path, { signal });
  if (val !== undefined) return { training: all, validation: await openSet(val, { classes: all.classes, signal }) };
  if (fraction === 0) return { training: all, validation: undefined };
  const { training, validation } = splitSet(all, { fraction, seed });
  if (validation.items.length > 0) return { training, validation: { ...validation, ignored: [] } };
  output.note('Every class has one image alone, so there is none to validate with.');
  return { training, validation: undefined };
}
