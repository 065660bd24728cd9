import type { Shape } from '../tensor.ts';
import { deriveNode } from './derivatives.ts';
import type { ForwardNode, ParameterGradient, TrainingNode } from './training-graph.ts';

export interface Differentiation {
  readonly inputs: readonly string[];
  readonly inputGradients: boolean;
  readonly scores: string;
  readonly trainable: ReadonlySet<string>;
  readonly shapes: { readonly values: ReadonlyMap<string, Shape>; readonly parameters: ReadonlyMap<string, Shape> };
}

/**
 * Last node first: each passes the gradient of its value on to what it reads. A value that nothing trained comes before gets none.
 * No op joins two values, so each value has one reader on its way to the loss, and no gradients are added up.
 */
export function differentiate(forward: readonly ForwardNode[], about: Differentiation) {
  const { trainable, shapes } = about;
  const wanted = new Set(about.inputGradients ? about.inputs : []);
  for (const node of forward) {
    const own = parametersRead(node).some((name) => trainable.has(name));
    if (own || node.inputs.some((name) => wanted.has(name))) wanted.add(node.name);
  }
  const nodes: TrainingNode[] = [];
  const gradients: ParameterGradient[] = [];
  for (const node of forward.toReversed()) {
    if (!wanted.has(node.name)) continue;
    deriveNode(node, {
      gradient: `${node.name}.gradient`,
      shapeOf: (value) => shapes.values.get(value)!,
      shapeOfParameter: (name) => shapes.parameters.get(name)!,
      trained: (parameter) => trainable.has(parameter),
      wanted: (value) => wanted.has(value),
      give(value, make) {
        if (wanted.has(value)) nodes.push(make(`${value}.gradient`));
      },
      emit: (extra) => nodes.push(extra),
      train(parameter, make) {
        if (!trainable.has(parameter)) return;
        const value = `${parameter}.gradient`;
        nodes.push(make(value));
        gradients.push({ parameter, value });
      },
    });
  }
  return { nodes, gradients };
}

function parametersRead(node: ForwardNode): readonly string[] {
  if (node.op === 'batchNormalize') return [node.scale, node.bias];
  return 'weight' in node ? [node.weight, ...('bias' in node && node.bias !== undefined ? [node.bias] : [])] : [];
}
