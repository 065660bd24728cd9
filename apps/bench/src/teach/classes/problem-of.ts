import { AlexNetError } from '@alexnet/core';
import type { TaughtClass } from './taught-class.ts';

/** Why nothing can be taught with these classes; undefined where it can. */
export function problemOf(
  classes: readonly Pick<TaughtClass, 'name' | 'images' | 'reading'>[],
): AlexNetError | undefined {
  if (classes.length < 2) return invalid('There is only one class, so there is nothing to tell apart', 'Add a second.');
  const names = classes.map(({ name }) => name.trim());
  if (names.includes('')) return invalid('A class has no name', 'Name it.');
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) return invalid(`Two classes are called ${twice}`, 'Rename one of them.');
  if (classes.some(({ reading }) => reading > 0)) return invalid('Images are still being read', 'Wait a moment.');
  const empty = classes.find(({ images }) => images.length === 0);
  if (empty !== undefined) return invalid(`${empty.name.trim()} has no images`, 'Give it some, or remove it.');
  return undefined;
}

function invalid(message: string, fix: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, fix });
}
