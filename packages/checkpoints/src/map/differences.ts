import type { Graph } from '@alexnet/core';
import type { CheckpointFile } from '../checkpoint-file.ts';
import type { Matched } from './match.ts';

/** Files have constants in float32. */
const RELATIVE = 1e-6;

/** Settings in which a file's layers differ from the graph's, where the file says them. The graph's are used. */
export function differences(
  graph: Graph,
  { layers = [] }: CheckpointFile,
  matched: readonly Matched[],
): readonly string[] {
  const tensorOf = new Map(matched.map(({ parameter, tensor }) => [parameter, tensor]));
  return graph.nodes.flatMap((node) => {
    if (node.op === 'batchNorm') {
      const mean = tensorOf.get(node.mean);
      const epsilon = layers.find((layer) => layer.mean !== undefined && layer.mean === mean)?.epsilon;
      return epsilon === undefined || close(epsilon, node.epsilon)
        ? []
        : [said(node.name, 'epsilon', epsilon, node.epsilon)];
    }
    if (node.op !== 'conv2d') return [];
    const weight = tensorOf.get(node.weight);
    const groups = layers.find((layer) => layer.weight !== undefined && layer.weight === weight)?.groups;
    return groups === undefined || groups === node.groups ? [] : [said(node.name, 'groups', groups, node.groups)];
  });
}

function close(a: number, b: number): boolean {
  return Math.abs(a - b) <= RELATIVE * Math.abs(b);
}

function said(layer: string, what: string, file: number, graph: number): string {
  return `${layer} has ${what} ${Number(file.toPrecision(6))} in the file and ${graph} in the graph`;
}
