import { AlexNetError } from '@alexnet/core';
import type { ImageItem } from './image-set.ts';

export function invalid(message: string, where: string, fix?: string, cause?: unknown): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message,
    where,
    ...(fix === undefined ? {} : { fix }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A set to learn from has two classes or more, and images of each. */
export function checkClasses(classes: readonly string[], items: readonly ImageItem[], where: string): void {
  const counts = countsOf(classes, items);
  const empty = classes.filter((_, label) => counts[label] === 0);
  if (empty.length > 0) {
    const [first] = empty;
    const others = empty.length === 1 ? '' : `, and so have ${empty.length - 1} more`;
    throw invalid(`The class ${first} has no images${others}`, where, 'Add images to it, or remove it.');
  }
  if (classes.length < 2) {
    throw invalid(
      `There is only one class, ${classes[0]}: nothing to tell apart`,
      where,
      'Add images of another class; to evaluate on some classes only, name all of them in `classes`.',
    );
  }
}

/** How many images each class has. */
export function countsOf(classes: readonly string[], items: readonly ImageItem[]): number[] {
  const counts = classes.map(() => 0);
  for (const { label } of items) counts[label]! += 1;
  return counts;
}

/** Errors: `invalid-input` for known classes that are none, or are named twice. */
export function checkNames(classes: readonly string[]): void {
  const seen = new Set<string>();
  const twice = classes.find((name) => seen.size === seen.add(name).size);
  if (classes.length > 0 && twice === undefined) return;
  throw new AlexNetError({
    code: 'invalid-input',
    message: twice === undefined ? 'The list of classes is empty' : `The class ${twice} is named twice`,
    where: 'classes',
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  ENOSPC: 'the disk is full',
  ELOOP: 'its links go in a circle',
};

/** Why the file system refused, for people. */
export function reasonOf(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? (cause instanceof Error ? cause.message : String(cause));
}
