import { AlexNetError } from '../error.ts';
import type { Graph } from '../graph/graph.ts';
import { sameShape, showShape, sizeOf, type TensorMap } from '../tensor.ts';

/**
 * Checks a program's inputs against its graph and returns the batch size, the same for all inputs.
 * Errors: `invalid-input`. Every backend calls this first, so that all reject the same things with the same words.
 */
export function checkInputs(graph: Graph, inputs: TensorMap): number {
  let batch: number | undefined;
  for (const { name, shape } of graph.inputs) {
    const tensor = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (tensor === undefined) {
      throw invalid(`The input ${name} is missing; got ${Object.keys(inputs).join(', ') || 'none'}`, name);
    }
    const [n = 0, ...rest] = tensor.shape;
    if (!sameShape(rest, shape) || !Number.isInteger(n) || n < 1) {
      throw invalid(
        `The input ${name} must have shape N x ${showShape(shape)} with N >= 1, got ${showShape(tensor.shape)}`,
        name,
      );
    }
    if (tensor.data.length !== sizeOf(tensor.shape)) {
      throw invalid(`The input ${name} of shape ${showShape(tensor.shape)} holds ${tensor.data.length} values`, name);
    }
    if (batch !== undefined && n !== batch)
      throw invalid(`The input ${name} has batch ${n}, another has ${batch}`, name);
    batch = n;
  }
  return batch ?? 1;
}

/** The values that a program returns. Errors: `unknown-name`, with the names that exist. */
export function checkOutputs(graph: Graph, outputs: readonly string[] | undefined): readonly string[] {
  if (outputs === undefined) return graph.outputs;
  const known = new Set([...graph.inputs.map((i) => i.name), ...graph.nodes.map((n) => n.name)]);
  const unknown = outputs.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new AlexNetError({
      code: 'unknown-name',
      message: `The graph ${graph.name} has no value ${unknown.join(', ')}`,
      fix: `Choose from ${[...known].join(' ')}.`,
      where: 'outputs',
    });
  }
  return [...new Set(outputs)];
}

function invalid(message: string, name: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, where: `input ${name}` });
}
