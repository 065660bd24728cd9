import type { NodeOf, OpName, Tensor } from '@alexnet/core';
import type { Alteration, Call } from '../altered-backend.ts';

/** A correct float32 way to compute one op. */
export interface LayerKernel {
  readonly op: OpName;
  readonly alteration: Alteration;
}

/** A kernel that computes the values of one op, batch first; undefined leaves a node to the oracle. */
export const layerKernel = <K extends OpName>(
  op: K,
  compute: (call: Call<NodeOf<K>>) => Float32Array | undefined,
  capabilities: Alteration['capabilities'] = {},
): LayerKernel => ({
  op,
  alteration: {
    capabilities,
    node: (call): Tensor | undefined => {
      const data = call.node.op === op ? compute(call as Call<NodeOf<K>>) : undefined;
      return data && { shape: [call.batch, ...call.output], data };
    },
  },
});
