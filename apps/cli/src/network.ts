import { readCheckpoint } from '@alexnet/checkpoints';
import { countNonFinite, createVariant, type Graph, seededWeights, type Variant, type Weights } from '@alexnet/core';
import { externalData } from './checkpoint.ts';
import { readBytes } from './files.ts';
import { type NetworkOptions, pickNetwork } from './options.ts';
import type { Output } from './output.ts';

/** A variant by name, with the options of the command line. Errors: `unknown-name`, `invalid-input`. */
export function networkOf(id: string, options: NetworkOptions): Variant {
  return createVariant(id, pickNetwork(options));
}

/**
 * Weights for a graph: `seed:N` generates them, anything else is a checkpoint file.
 * NaN and infinite weights are allowed, and reported. Errors: `invalid-file`, `invalid-weights`.
 */
export async function weightsOf(source: string, graph: Graph, output: Output): Promise<Weights> {
  const seed = /^seed:(\d{1,10})$/.exec(source)?.[1];
  if (seed !== undefined) return seededWeights(graph, Number(seed));
  const bytes = await readBytes(source);
  const { weights, format, convention, unused } = readCheckpoint(bytes, {
    graph,
    external: await externalData(bytes, source),
  });
  output.note(`${source}: ${format} with ${convention} names, ${weights.size} tensors`);
  if (unused.length > 0) output.note(`Not used: ${unused.slice(0, 8).join(', ')}${unused.length > 8 ? ', ...' : ''}`);
  for (const { name, nan, infinite } of countNonFinite(weights)) {
    output.note(`Warning: ${name} holds ${nan} NaN and ${infinite} infinite values; outputs may not be numbers`);
  }
  return weights;
}
