import type { Tensor, Weights } from '@alexnet/core';
import { withClasses } from '@alexnet/training';
import type { Network } from '../../classify/network.ts';
import { type Head, headOf } from '../head/head-of.ts';

interface Taught {
  /** Names of the classes, by index. */
  readonly classes: readonly string[];
  /** [classes, features]. */
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** A network whose last layer is another; all others are those of the given one, not copies. */
export function taughtNetwork(base: Network, { classes, weight, bias }: Taught): Network {
  const { variant, weights, name } = base;
  const head = headOf(variant.graph);
  return {
    ...base,
    name: `${name}, taught ${classes.length} classes`,
    variant: { ...variant, graph: withClasses(variant.graph, classes.length), labels: undefined },
    labels: classes,
    weights: withHead(weights, head, weight, bias),
    facts: [
      ['Network', variant.title],
      ['Taught', classes.join(', ')],
    ],
    warnings: [],
  };
}

/** Batch norms after the head become the identity: readers tell a network by its layers, so they stay. */
function withHead(weights: Weights, head: Head, weight: Tensor, bias: Tensor): Weights {
  const all = new Map(weights).set(head.weight, weight).set(head.bias, bias);
  const filled = (value: number): Tensor => ({
    shape: bias.shape,
    data: new Float32Array(bias.data.length).fill(value),
  });
  for (const norm of head.norms) {
    all.set(norm.scale, filled(Math.sqrt(1 + norm.epsilon))).set(norm.variance, filled(1));
    all.set(norm.bias, filled(0)).set(norm.mean, filled(0));
  }
  return all;
}
