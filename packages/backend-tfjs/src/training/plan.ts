import type { Node, TrainingGraph, TrainingNode } from '@alexnet/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';
import type { Compute, Lowering, Parameters, TrainingContext } from './context.ts';
import { lowerings } from './lowerings.ts';

interface PlannedNode {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly compute: Compute;
  /** Values that nothing reads any more. */
  readonly spent: readonly string[];
}

/** What has to be computed for some values, in order. */
export interface Plan {
  readonly wanted: readonly string[];
  /** Computes the wanted values, and lets others and what is between go as soon as nothing reads them. Inside of a `tidy`. */
  run(inputs: ReadonlyMap<string, Tensor>, parameters: Parameters): ReadonlyMap<string, Tensor>;
}

export interface Plans {
  readonly step: Plan;
  readonly values: Plan;
  readonly evaluate: Plan;
}

/** Of all that a trainer does. Makes constants. */
export function plansOf(training: TrainingGraph, outputs: readonly string[], context: TrainingContext): Plans {
  const { nodes, network, scores, loss, gradients, statistics } = training;
  const forStep = [
    scores,
    ...(loss === undefined ? [] : [loss]),
    ...[...gradients, ...statistics].map(({ value }) => value),
  ];
  const computes = new Map<Node | TrainingNode, Compute>();
  const plan = (all: readonly (Node | TrainingNode)[], wanted: readonly string[]) => {
    for (const node of neededFor(all, wanted)) {
      if (!computes.has(node)) computes.set(node, lower(node, context));
    }
    return planOf(context.tf, neededFor(all, wanted), wanted, computes);
  };
  return {
    step: plan(nodes, forStep),
    values: plan(nodes, outputs),
    evaluate: plan(network.nodes, network.outputs),
  };
}

function lower(node: Node | TrainingNode, context: TrainingContext): Compute {
  return (lowerings[node.op] as Lowering<Node | TrainingNode>)(node, context);
}

function planOf(
  tf: Tfjs,
  needed: readonly (Node | TrainingNode)[],
  wanted: readonly string[],
  computes: ReadonlyMap<Node | TrainingNode, Compute>,
): Plan {
  const last = new Map(needed.flatMap(({ name, inputs }) => [name, ...inputs].map((value) => [value, name] as const)));
  const kept = new Set(wanted);
  const planned: readonly PlannedNode[] = needed.map((node) => ({
    name: node.name,
    inputs: node.inputs,
    compute: computes.get(node)!,
    spent: [...new Set([node.name, ...node.inputs])].filter((name) => last.get(name) === node.name && !kept.has(name)),
  }));
  return {
    wanted,
    run(inputs, parameters) {
      const values = new Map(inputs);
      for (const { name, inputs: read, compute, spent } of planned) {
        const operands = read.map((value) => values.get(value)!);
        values.set(
          name,
          tf.tidy(() => compute(operands, parameters)),
        );
        for (const value of spent) {
          values.get(value)!.dispose();
          values.delete(value);
        }
      }
      return values;
    },
  };
}

function neededFor(
  nodes: readonly (Node | TrainingNode)[],
  wanted: readonly string[],
): readonly (Node | TrainingNode)[] {
  const names = new Set(wanted);
  const needed = nodes.toReversed().filter(({ name, inputs }) => {
    if (!names.has(name)) return false;
    for (const input of inputs) names.add(input);
    return true;
  });
  return needed.toReversed();
}
