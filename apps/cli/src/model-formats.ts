import { toOnnx } from '@alexnet/backend-onnx';
import { toTfjs } from '@alexnet/backend-tfjs';
import { writeNpy } from '@alexnet/checkpoints';
import {
  labelSets,
  type Manifest,
  type ManifestDimensions,
  type Precision,
  type Variant,
  type Weights,
  writeSafetensors,
} from '@alexnet/core';
import { writeWeights } from '@alexnet/core/files';

/** One file of a model. */
export interface ModelFile {
  readonly name: string;
  readonly chunks: Iterable<Uint8Array>;
}

export interface ModelRequest {
  readonly variant: Variant;
  readonly dimensions: ManifestDimensions;
  readonly labels: Manifest['labels'] | undefined;
  readonly weights: Weights;
  /** What the file that a reader opens is called: the last one written. For `native` it is always `manifest.json`. */
  readonly name: string;
  readonly precision: Precision;
  /** Where the weights came from, for formats that say so. */
  readonly source: string;
  readonly licence?: string | undefined;
}

/** A way to write weights or models. */
interface ModelFormat {
  readonly description: string;
  /** How it can store the weights of linear layers. */
  readonly precisions: readonly Precision[];
  write(request: ModelRequest): Iterable<ModelFile> | AsyncIterable<ModelFile>;
}

export type ModelFormatName = 'native' | 'safetensors' | 'onnx' | 'tfjs' | 'npy';

/** What `convert` writes. */
export const modelFormats: Readonly<Record<ModelFormatName, ModelFormat>> = {
  native: {
    description: 'a folder of shards with manifest.json',
    precisions: ['f32'],
    async *write({ variant, dimensions, labels, weights, source, licence }) {
      const facts = { provenance: { source }, ...(labels && { labels }), ...(licence !== undefined && { licence }) };
      for await (const { name, data } of writeWeights({ variant, dimensions, weights, precision: 'f32', ...facts })) {
        yield { name, chunks: [data] };
      }
    },
  },
  safetensors: {
    description: 'one safetensors file with our names',
    precisions: ['f32'],
    *write({ variant, dimensions, labels, weights, name, source }) {
      const names = typeof labels === 'string' ? labelSets[labels].names : labels;
      const metadata = {
        variant: variant.id,
        inputSize: String(dimensions.inputSize),
        ...(names && { labels: JSON.stringify(names) }),
        source,
      };
      yield { name, chunks: writeSafetensors(weights, { metadata }) };
    },
  },
  onnx: {
    description: 'an ONNX model',
    precisions: ['f32', 'q8', 'q4'],
    *write({ variant, weights, name, precision }) {
      yield { name, chunks: toOnnx(variant.graph, weights, { precision }) };
    },
  },
  tfjs: {
    description: 'a TensorFlow.js graph model: model.json and its shards',
    precisions: ['f32'],
    *write({ variant: { graph, id, title, source, preprocessing }, labels, weights, name }) {
      const metadata = { variant: id, title, source, labels, preprocessing };
      const { model, shards } = toTfjs(graph, weights, { metadata, group: groupOf(name) });
      for (const { name: shard, data } of shards) yield { name: shard, chunks: [data] };
      yield { name, chunks: [model] };
    },
  },
  npy: {
    description: "NumPy, laid out as in kratzert's bvlc_alexnet.npy",
    precisions: ['f32'],
    *write({ variant, weights, name }) {
      yield { name, chunks: writeNpy(variant.graph, weights) };
    },
  },
};

/** The format that a file's name asks for; undefined for none that is known. A name without an ending is a folder. */
export function formatOf(path: string): ModelFormatName | undefined {
  if (/[/\\]$/.test(path)) return 'native';
  const ending = /\.([A-Za-z0-9]+)$/.exec(path)?.[1]?.toLowerCase();
  return ending === undefined ? 'native' : endings[ending];
}

const endings: Readonly<Record<string, ModelFormatName>> = {
  safetensors: 'safetensors',
  onnx: 'onnx',
  json: 'tfjs',
  npy: 'npy',
};

/** Models beside each other in one folder have weight files of their own. */
function groupOf(name: string): string {
  if (name === 'model.json') return 'group1';
  return name.replace(/\.json$/, '').replace(/[^\w.-]/g, '_');
}
