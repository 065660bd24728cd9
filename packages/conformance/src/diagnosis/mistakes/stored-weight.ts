import { type StoredWeight, storeWeight, type Tensor } from '@alexnet/core';
import type { Mistake } from '../mistake.ts';
import { type Products, productsAt } from '../products.ts';

/* What goes wrong with weights of linear layers that are stored in fewer bits: another number is meant. */

export type Stored<P extends StoredWeight['precision']> = Extract<StoredWeight, { precision: P }>;
/** What a mistake takes weight i, in row `row` and column `col` of [out, in], for. */
export type Meaning<P extends StoredWeight['precision']> = (
  stored: Stored<P>,
  given: Tensor,
) => (row: number, col: number, i: number) => number;

export const mistake = <P extends 'f16' | 'q8' | 'q4'>(
  precision: P,
  id: string,
  cause: string,
  fix: string,
  meaning: Meaning<P>,
): Mistake<Products['node']> => ({
  id: `${precision}-${id}`,
  cause,
  fix,
  evaluate(subject) {
    if (subject.precision !== precision || subject.node.op !== 'linear') return undefined;
    const given = subject.given.get(subject.node.weight)!;
    const mean = meaning(storeWeight(given, precision, subject.node.weight) as Stored<P>, given);
    const features = given.shape[1]!;
    return { at: productsAt(subject as Products, { weight: (o, k) => mean(o, k, o * features + k) }) };
  },
});
