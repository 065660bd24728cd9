import type { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/graph.ts';
import type { Dimensions } from './variant.ts';

/** The head of the 2012 network: two hidden layers of 4096, each followed by ReLU and dropout, then the classes. */
export function classicHead(trunk: GraphBuilder, { classes, wide }: Dimensions, dropout?: number): Graph {
  let layers = trunk.flatten('flatten');
  for (const n of [6, 7]) {
    layers = layers.linear(`fc${n}`, wide(4096)).relu(`relu${n}`);
    if (dropout !== undefined) layers = layers.dropout(`dropout${n}`, dropout);
  }
  return layers.linear('fc8', classes).softmax('prob').build();
}
