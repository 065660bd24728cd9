import {
  countNonFinite,
  inferShapes,
  type LabelSetId,
  labelSets,
  showShape,
  sizeOf,
  type Variant,
  type Weights,
} from '@alexnet/core';
import type { Network } from '../network.ts';

/** What is known of weights besides the network that they are of. */
interface Known {
  readonly name: string;
  readonly variant: Variant;
  readonly weights: Weights;
  /** Of the weights themselves; default: those of the network as published. */
  readonly labels?: LabelSetId | readonly string[] | undefined;
  readonly facts: Network['facts'];
  readonly warnings: readonly string[];
}

/** A network as it was read, with what a person wants to know of it. */
export function readNetwork({ name, variant, weights, facts, warnings, ...known }: Known): Network {
  const { graph, title } = variant;
  const classes = sizeOf(inferShapes(graph).values.get(graph.outputs[0]!)!);
  const given = known.labels ?? variant.labels;
  const names = typeof given === 'string' ? labelSets[given].names : given;
  const isNamed = names?.length === classes;
  const values = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  return {
    name,
    variant,
    weights,
    labels: isNamed ? names : undefined,
    facts: [
      ['Network', title],
      ...facts,
      ['Classes', isNamed ? String(classes) : `${classes}, without names`],
      ['Input', showShape(graph.inputs[0]!.shape)],
      ['Tensors', `${weights.size}, ${values.toLocaleString('en')} values`],
    ],
    warnings: [...warnings, ...warningsOf(weights)],
  };
}

/** Weights that are no numbers are allowed: a net that diverged in training is a net. */
function warningsOf(weights: Weights): string[] {
  const found = countNonFinite(weights);
  if (found.length === 0) return [];
  const shown = found
    .slice(0, SHOWN)
    .map(
      ({ name, nan, infinite }) =>
        `${name} (${[count(nan, 'NaN'), count(infinite, 'infinite')].filter(Boolean).join(', ')})`,
    );
  const more = found.length > SHOWN ? ` and ${found.length - SHOWN} more tensors` : '';
  return [`Not all weights are numbers: ${shown.join(', ')}${more}. What they compute need not be numbers either.`];
}

function count(n: number, what: string): string {
  return n === 0 ? '' : `${n} ${what}`;
}

const SHOWN = 3;
