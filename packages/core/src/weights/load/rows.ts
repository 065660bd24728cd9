import { AlexNetError } from '../../error.ts';
import { type Shape, showShape } from '../../tensor.ts';
import type { ParameterFacts, RowOptions } from '../weight-source.ts';

/** The rows that a read asks for, checked. Errors: `unknown-name`, `invalid-input`. */
export function wantedRows(
  parameters: ReadonlyMap<string, ParameterFacts>,
  name: string,
  { rows }: RowOptions,
): readonly [from: number, to: number] {
  const facts = parameters.get(name);
  if (facts === undefined) {
    throw new AlexNetError({
      code: 'unknown-name',
      message: `The weights have no parameter ${name}`,
      where: name,
      fix: 'Ask for one of `parameters`.',
    });
  }
  const all = rowsOf(facts.shape);
  const [from, to] = rows ?? [0, all];
  if (Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= all) return [from, to];
  throw new AlexNetError({
    code: 'invalid-input',
    message: `${name} is ${showShape(facts.shape)} and has no rows ${from} to ${to}`,
    where: 'rows',
    fix: `Ask for rows from 0 to ${all}.`,
  });
}

/** A scalar has one. */
export function rowsOf([rows = 1]: Shape): number {
  return rows;
}
