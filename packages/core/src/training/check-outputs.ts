import { AlexNetError } from '../error.ts';
import type { TrainingGraph } from './training-graph.ts';

/** Values that a trainer is to return. Errors: `unknown-name`, with the names that exist. */
export function checkTrainingOutputs({ name, nodes }: TrainingGraph, outputs: readonly string[]): void {
  const known = new Set(nodes.map((node) => node.name));
  const unknown = outputs.filter((output) => !known.has(output));
  if (unknown.length === 0) return;
  throw new AlexNetError({
    code: 'unknown-name',
    message: `The training graph ${name} has no value ${unknown.join(', ')}`,
    fix: `Choose from ${[...known].join(' ')}.`,
    where: 'outputs',
  });
}
