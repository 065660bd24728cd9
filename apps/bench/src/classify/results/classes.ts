import { topK } from '@alexnet/core';

/** A class as a card shows it. */
export interface ShownClass {
  readonly index: number;
  readonly label: string;
  readonly probability: number;
}

/** The five most likely classes. One without a name is `class 17`. */
export function topFive(probabilities: ArrayLike<number>, labels: readonly string[] | undefined): ShownClass[] {
  return topK(probabilities, 5).map(({ index, value }) => ({
    index,
    label: labels?.[index] ?? `class ${index}`,
    probability: value,
  }));
}

/** As text: `12.3 %`; what is no number says so. */
export function percent(probability: number): string {
  return Number.isFinite(probability) ? `${(100 * probability).toFixed(1)} %` : 'not a number';
}
