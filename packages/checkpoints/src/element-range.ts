import { AlexNetError } from '@alexnet/core';

/** Checks the elements that somebody wants of a tensor. Errors: `invalid-input`. */
export function checkElements(from: number, to: number, elements: number, where: string): void {
  if (Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to && to <= elements) return;
  throw new AlexNetError({
    code: 'invalid-input',
    message: `The elements ${from} to ${to} are asked for, but there are ${elements}`,
    where,
  });
}
