import type { CheckpointLayer, CheckpointTensor } from '../checkpoint-file.ts';
import { back, type GraphLayer, type Nodes } from './graph-layers.ts';

/*
 * A convolution with groups, as TensorFlow has it: Split of the channels, one convolution for each part, ConcatV2 of the results.
 * Here it is one layer again, whose weight is that of its parts, one after the other along the output axis, which is the last.
 */

type Tensors = ReadonlyMap<string, Pick<CheckpointTensor, 'dtype' | 'shape'>>;

/** A tensor that is several others, joined along the last axis. */
export interface JoinedTensor {
  readonly name: string;
  readonly parts: readonly string[];
}

export interface Grouped {
  readonly layers: readonly CheckpointLayer[];
  readonly joined: readonly JoinedTensor[];
  /** Names of the nodes of all parts but the first. */
  readonly repeated: ReadonlySet<string>;
}

export function joinGroups(nodes: Nodes, layers: readonly GraphLayer[], tensors: Tensors): Grouped {
  const convolutions = new Map(layers.filter(({ op }) => op === 'conv2d').map((layer) => [layer.node, layer]));
  const replaced = new Map<string, CheckpointLayer | undefined>();
  const joined: JoinedTensor[] = [];
  for (const { op, name, inputs } of nodes.values()) {
    if (op !== 'ConcatV2') continue;
    // the last input is the axis
    const members = inputs.slice(0, -1).flatMap((input) => {
      const node = back(nodes, input, (passed) => passing.has(passed));
      return (node === undefined ? undefined : convolutions.get(node.name)) ?? [];
    });
    const [first] = members;
    if (first === undefined || members.length !== inputs.length - 1 || !areGroups(nodes, members, tensors)) continue;
    const weight = joinedName(
      tensors,
      members.map((member) => member.weight!),
      `${name}/kernel`,
    );
    joined.push(weight);
    const biases = members.flatMap(({ bias }) => bias ?? []);
    const bias = biases.length === members.length ? joinedName(tensors, biases, `${name}/bias`) : undefined;
    if (bias !== undefined) joined.push(bias);
    for (const { node } of members) replaced.set(node, undefined);
    const layer = { name, op: 'conv2d', weight: weight.name, groups: members.length } as const;
    replaced.set(first.node, bias === undefined ? layer : { ...layer, bias: bias.name });
  }
  return {
    layers: layers.flatMap(({ node, ...layer }) => (replaced.has(node) ? (replaced.get(node) ?? []) : [layer])),
    joined,
    repeated: new Set([...replaced].flatMap(([node, layer]) => (layer === undefined ? [node] : []))),
  };
}

const passing = new Set(['Identity', 'Relu', 'BiasAdd', 'Add', 'AddV2']);

/** Whether convolutions read the parts of one Split, each its own, in their order, and are alike. */
function areGroups(nodes: Nodes, members: readonly GraphLayer[], tensors: Tensors): boolean {
  const kindOf = (name: string | undefined) => {
    const tensor = name === undefined ? undefined : tensors.get(name);
    return `${tensor?.dtype} ${tensor?.shape}`;
  };
  const split = (layer: GraphLayer | undefined) => nodes.get(layer?.node ?? '')?.inputs[0];
  const [first, second] = members;
  if (second === undefined || nodes.get(split(first) ?? '')?.op !== 'Split') return false;
  return members.every((member, i) => {
    const alike = kindOf(member.weight) === kindOf(first?.weight) && kindOf(member.bias) === kindOf(first?.bias);
    return alike && split(member) === split(first) && nodes.get(member.node)?.ports[0] === i;
  });
}

/** Our exporter calls the parts of `conv2.weight` `conv2.weight/group1of2`, `conv2.weight/group2of2`. */
function joinedName(tensors: Tensors, parts: readonly string[], otherwise: string): JoinedTensor {
  const stem = parts[0]!.replace(/[/>]group\d+of\d+$/, '');
  const isOurs = parts.every((part, i) => part.slice(stem.length + 1) === `group${i + 1}of${parts.length}`);
  return { name: isOurs && !tensors.has(stem) ? stem : otherwise, parts };
}
