import { toOnnx } from '@alexnet/backend-onnx';
import { toTfjs } from '@alexnet/backend-tfjs';
import type { Variant, Weights } from '@alexnet/core';

/** One file of an exported model. */
export interface ModelFile {
  readonly name: string;
  readonly chunks: Iterable<Uint8Array>;
}

/** A way to write models: all files of one, which lie in one folder. The last is called `name`, and is what a reader opens. */
type ModelFormat = (variant: Variant, weights: Weights, name: string) => Iterable<ModelFile>;

export type ModelFormatName = 'onnx' | 'tfjs';

/** What `export` writes. */
export const modelFormats: Readonly<Record<ModelFormatName, ModelFormat>> = {
  onnx: ({ graph }, weights, name) => [{ name, chunks: toOnnx(graph, weights) }],

  *tfjs({ graph, id, title, source, labels, preprocessing }, weights, name) {
    const metadata = { variant: id, title, source, labels, preprocessing };
    const { model, shards } = toTfjs(graph, weights, { metadata, group: groupOf(name) });
    for (const { name: shard, data } of shards) yield { name: shard, chunks: [data] };
    yield { name, chunks: [model] };
  },
};

/** Models beside each other in one folder have weight files of their own. */
function groupOf(name: string): string {
  if (name === 'model.json') return 'group1';
  return name.replace(/\.json$/, '').replace(/[^\w.-]/g, '_');
}
