import { AlexNetError, type Graph, type Node, type NodeOf } from '@alexnet/core';

/** The last linear layer of a network, which tells its classes apart. */
export interface Head {
  readonly weight: string;
  readonly bias: string;
  /** The value that it reads: what the network makes of an image before it decides. Dropout does nothing outside of training. */
  readonly reads: string;
  /** How many values that is. */
  readonly features: number;
  /** Batch norms between it and the output, which a new head does without. */
  readonly norms: readonly NodeOf<'batchNorm'>[];
}

/** Errors: `unsupported`, for a network that does not end in a linear layer. */
export function headOf({ name, nodes, parameters }: Graph): Head {
  const at = nodes.findLastIndex(({ op }) => op === 'linear');
  const last = nodes[at];
  const after = nodes.slice(at + 1);
  const isKnown = ({ op }: Node) => op === 'softmax' || op === 'batchNorm' || op === 'dropout';
  if (last?.op !== 'linear' || last.bias === undefined || !after.every(isKnown)) {
    throw new AlexNetError({
      code: 'unsupported',
      message: `The network ${name} does not end in a linear layer, so it cannot be taught other classes here`,
      fix: 'Take the weights of another network.',
    });
  }
  const { weight, bias } = last;
  let [reads] = last.inputs;
  for (const node of nodes.slice(0, at).toReversed()) {
    if (node.op === 'dropout' && node.name === reads) [reads] = node.inputs;
  }
  const { shape } = parameters.find((parameter) => parameter.name === weight)!;
  return { weight, bias, reads, features: shape[1]!, norms: after.filter((node) => node.op === 'batchNorm') };
}
