import { writeSafetensors } from '@alexnet/core';
import type { Network } from '../../classify/network.ts';

/**
 * The whole network as a safetensors file. Its metadata name the variant, the names of the classes as JSON, and the size of the input, which
 * the tensors of some networks do not tell.
 */
export function savedFile({ variant, labels, weights }: Network): Blob {
  const metadata = {
    variant: variant.id,
    ...(labels === undefined ? {} : { labels: JSON.stringify(labels) }),
    inputSize: String(variant.graph.inputs[0]!.shape[1]),
  };
  // a blob takes no shared memory: each tensor is copied, and only one at a time is in memory twice
  const parts = writeSafetensors(weights, { metadata }).map((chunk) => new Blob([chunk.slice()]));
  return new Blob(parts, { type: 'application/octet-stream' });
}

/** After the classes: `red-blue.safetensors`. */
export function fileNameOf({ labels = [] }: Network): string {
  const words = labels.map((label) =>
    label
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, ''),
  );
  return `${words.filter(Boolean).join('-').slice(0, 60) || 'network'}.safetensors`;
}
