import { AlexNetError } from '../error.ts';
import type { Graph } from '../graph/graph.ts';
import { type Shape, sameShape, showShape, sizeOf, type Weights } from '../tensor.ts';
import { isWeightSource, type WeightSource } from './weight-source.ts';

/**
 * Checks that weights fit a graph: every parameter there, with the right shape and as much data as that takes
 * (of a source, whose data is not there yet, the shapes). Tensors that the graph does not name are allowed. Errors: `invalid-weights`, naming the first few parameters that do not fit.
 */
export function checkWeights(graph: Graph, weights: Weights | WeightSource): void {
  const known: ReadonlyMap<string, { readonly shape: Shape; readonly data?: Float32Array }> = isWeightSource(weights)
    ? weights.parameters
    : weights;
  const wrong = graph.parameters.flatMap(({ name, shape }) => {
    const tensor = known.get(name);
    if (tensor === undefined) return [`${name} is missing`];
    if (!sameShape(tensor.shape, shape))
      return [`${name} has shape ${showShape(tensor.shape)}, not ${showShape(shape)}`];
    const size = sizeOf(shape);
    const held = tensor.data?.length ?? size; // asked for once: it may be read from elsewhere each time
    return held === size ? [] : [`${name} holds ${held} values, not ${size}`];
  });
  if (wrong.length === 0) return;
  const shown = wrong.slice(0, 4).join('; ') + (wrong.length > 4 ? `; and ${wrong.length - 4} more` : '');
  throw new AlexNetError({
    code: 'invalid-weights',
    message: `The weights do not fit the graph ${graph.name}: ${shown}`,
    fix: 'Check that the file belongs to this variant, with the same classes and width.',
  });
}
