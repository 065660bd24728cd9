import type { Graph } from '../../graph/graph.ts';
import type { DcRecipe } from './share.ts';

/** Deep Compression, Table 4 (AlexNet): the share of weights that its retraining let it keep, conv1 to conv5. */
const CONV_DENSITIES = [0.84, 0.38, 0.35, 0.37, 0.37];
/** The same for fully connected layers that are hidden, and for the last. */
const HIDDEN_DENSITY = 0.09;
const LAST_DENSITY = 0.25;
/** The same table: an index takes 8 bits in convolutions and 5 in fully connected layers. */
const CONV_BITS = 8;
const LINEAR_BITS = 5;

/**
 * The paper's recipe for the weights of a graph's layers, by parameter, in the order of the nodes. A sixth convolution is treated as the fifth.
 * The paper retrained the net after pruning it and after sharing; without that, accuracy is lost (the report of the writer says how much
 * of each layer).
 */
export function paperDcRecipe(graph: Graph): Map<string, DcRecipe> {
  const last = graph.nodes.findLast((node) => node.op === 'linear')?.weight;
  const recipes = new Map<string, DcRecipe>();
  let convolutions = 0;
  for (const node of graph.nodes) {
    if (node.op === 'conv2d') {
      const density = CONV_DENSITIES[convolutions++] ?? CONV_DENSITIES.at(-1)!;
      recipes.set(node.weight, { density, bits: CONV_BITS });
    } else if (node.op === 'linear') {
      recipes.set(node.weight, { density: node.weight === last ? LAST_DENSITY : HIDDEN_DENSITY, bits: LINEAR_BITS });
    }
  }
  return recipes;
}
