import {
  type Backend,
  type Capabilities,
  evaluateNode,
  type Graph,
  inferShapes,
  type Node,
  type NodeBase,
  type NodeOf,
  type OpName,
  type Shape,
  sameShape,
  showShape,
  type Tensor,
  type Weights,
} from '@alexnet/core';
import { allowedErrors, type DataKind } from '../numerics/tolerance.ts';
import { allowedBy } from '../numerics/tolerance-winograd.ts';
import type { Measured } from './measured.ts';

/** A node without its name and what it reads; its parameters are the tensors themselves. */
export type Step = { [K in OpName]: StepOf<K> }[OpName];

type StepOf<K extends OpName> = { readonly op: K } & {
  readonly [F in keyof NodeOf<K> as Exclude<F, keyof NodeBase>]: NodeOf<K>[F] extends string | undefined
    ? Tensor
    : NodeOf<K>[F];
};

/** Runs small networks on a backend. */
export interface Lab {
  /**
   * Runs inputs of one shape (perhaps of different batch) through steps, one after the other in one program. At most one of the steps may
   * round; of those after it, all are ReLU.
   */
  run(steps: readonly Step[], inputs: readonly Tensor[], data?: DataKind): Promise<readonly Measured[]>;
}

export function createLab(backend: Backend, signal: AbortSignal): Lab {
  return {
    async run(steps, inputs, data = 'random') {
      const { graph, weights } = networkOf(steps, inputs[0]!.shape.slice(1));
      const program = await backend.compile(graph, weights, { signal });
      try {
        const results: Measured[] = [];
        for (const input of inputs) {
          const { [graph.outputs[0]!]: output } = await program.run({ x: input }, { signal });
          results.push(measure(graph, weights, input, output, data, backend.capabilities));
        }
        return results;
      } finally {
        await program[Symbol.asyncDispose]();
      }
    },
  };
}

function networkOf(steps: readonly Step[], shape: Shape): { graph: Graph; weights: Weights } {
  const weights = new Map<string, Tensor>();
  const nodes = steps.map((step, i) => {
    const fields = Object.entries(step).map(([field, value]) => {
      if (!isTensor(value)) return [field, value] as const;
      const name = `y${i}.${field}`;
      weights.set(name, value);
      return [field, name] as const;
    });
    return { ...Object.fromEntries(fields), name: `y${i}`, inputs: [i === 0 ? 'x' : `y${i - 1}`] } as unknown as Node;
  });
  const parameters = [...weights].map(([name, tensor]) => ({ name, shape: tensor.shape }));
  const graph = { name: 'law', inputs: [{ name: 'x', shape }], parameters, nodes, outputs: [`y${steps.length - 1}`] };
  return { graph, weights };
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'data' in value;
}

/** What came out, with what it may be off: the oracle gives the size of the terms, not the value. */
function measure(
  graph: Graph,
  weights: Weights,
  input: Tensor,
  output: Tensor | undefined,
  data: DataKind,
  capabilities: Capabilities,
): Measured {
  const shapes = inferShapes(graph);
  let operand = Float64Array.from(input.data);
  let shape: Shape = [];
  let allowed: ArrayLike<number> | undefined;
  for (const node of graph.nodes) {
    const evaluation = evaluateNode(shapes, node, weights, [operand], input.shape[0]!);
    const ordinary = allowedErrors({ node, operand, evaluation, data });
    const read = { shape: [input.shape[0]!, ...shapes.values.get(node.inputs[0])!], data: operand };
    const judged = { node, input: () => read, weights, want: evaluation.value, data };
    const ofNode = allowedBy(capabilities, ordinary, judged);
    if (typeof ofNode !== 'string') allowed = ofNode;
    ({ data: operand, shape } = evaluation.value as { data: Float64Array<ArrayBuffer>; shape: Shape });
  }
  if (output === undefined || !sameShape(output.shape, shape) || output.data.length !== operand.length) {
    const got = output === undefined ? 'nothing' : `${showShape(output.shape)} with ${output.data.length} values`;
    throw new Error(`The output should be ${showShape(shape)}, and is ${got}`);
  }
  return {
    shape,
    data: Float64Array.from(output.data),
    allowed: Float64Array.from(allowed ?? new Float64Array(operand.length)),
  };
}
