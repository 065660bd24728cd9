import { type ByteSource, type Json, type JsonObject, sizeOf } from '@alexnet/core';
import {
  type CheckpointFile,
  type CheckpointReader,
  type CheckpointTensor,
  tensorflowLayout,
} from '../checkpoint-file.ts';
import { damaged } from '../damaged.ts';
import { checkElements } from '../element-range.ts';
import { at, isObject, parseJsonObject, stringAt } from '../json/parse-json.ts';
import { layerConfigs } from '../keras/layer-config.ts';
import { layersOf } from '../keras/layers.ts';
import { opsOf } from '../keras/ops.ts';
import { dequantise } from './dequantise.ts';
import { graphLayers } from './graph-layers.ts';
import { graphNodes } from './graph-nodes.ts';
import { graphOps } from './graph-ops.ts';
import { joinGroups } from './groups.ts';
import { joinTensors } from './join-tensors.ts';
import { type ManifestWeight, readManifest } from './manifest.ts';
import { openShards } from './shards.ts';

/** model.json with the graph of a large model; the weights are in other files. */
const MAX_MODEL_BYTES = 2 ** 26;

/**
 * Opens a model.json of TensorFlow.js, of both kinds. The files of the weights are asked for as siblings; all must be there.
 * Errors: `invalid-file`, `invalid-input` for a file that is missing, `aborted`.
 */
export const openTfjs: CheckpointReader = async (source, context = {}) => {
  const { signal } = context;
  if (source.size > MAX_MODEL_BYTES) throw damaged(`model.json has ${source.size} bytes`, source.name);
  const model = parseJsonObject(await source.read(0, source.size, { signal }), source.name);
  const tensors = new Map<string, CheckpointTensor>();
  const others: string[] = [];
  for (const group of readManifest(model)) {
    const bytes = await openShards(group, context);
    for (const weight of group.weights) {
      if (weight.isOptimizer) others.push(weight.name);
      else tensors.set(weight.name, tensorOf(bytes, weight));
    }
  }
  return {
    format: 'tfjs',
    layout: tensorflowLayout,
    metadata: metadataOf(model),
    others,
    ...described(at(model, 'modelTopology'), tensors, source.name),
  };
};

type Described = Pick<CheckpointFile, 'tensors' | 'layers' | 'ops'>;
type Tensors = ReadonlyMap<string, CheckpointTensor>;

/** The tensors, with the layers where there is a topology. */
function described(topology: Json | undefined, tensors: Tensors, where: string): Described {
  if (!isObject(topology)) return { tensors };
  if (Array.isArray(topology.get('node'))) return graphModel(topology, tensors);
  // Keras's converter puts the model one level deeper
  const model = at(topology, 'model_config');
  const configs = layerConfigs(isObject(model) ? model : topology, where);
  const ops = opsOf(configs);
  return { tensors, layers: layersOf(tensors, [], configs), ...(ops === undefined ? {} : { ops }) };
}

function graphModel(topology: JsonObject, tensors: Tensors): Described {
  const nodes = graphNodes(topology);
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
  const { layers, joined, repeated } = joinGroups(nodes, graphLayers(nodes, shapes), tensors);
  const wholes = new Map(joined.map(({ name, parts }) => [parts[0]!, { name, parts }]));
  const named = new Set(layers.flatMap(({ weight, bias }) => [weight, bias]));
  const parts = new Set(joined.flatMap((whole) => whole.parts.filter((part) => !named.has(part))));
  const all = [...tensors].flatMap(([name, tensor]): [string, CheckpointTensor][] => {
    const whole = wholes.get(name);
    const own: [string, CheckpointTensor][] = parts.has(name) ? [] : [[name, tensor]];
    if (whole === undefined) return own;
    return [...own, [whole.name, joinTensors(whole.parts.map((part) => tensors.get(part)!))]];
  });
  const ops = graphOps(nodes, shapes, repeated);
  return { tensors: new Map(all), layers, ...(ops === undefined ? {} : { ops }) };
}

function tensorOf(source: ByteSource, weight: ManifestWeight): CheckpointTensor {
  const { name, dtype, shape, stored, offset } = weight;
  return {
    dtype,
    shape,
    async read(from, to, options) {
      checkElements(from, to, sizeOf(shape), name);
      const bytes = await source.read(offset + from * stored.width, (to - from) * stored.width, options);
      return dequantise(weight, bytes);
    },
  };
}

/** What it says of who wrote it, and the texts that its author added. */
function metadataOf(model: JsonObject): Record<string, string> {
  const own = ['format', 'generatedBy', 'convertedBy'].map((key) => [key, stringAt(model, key)] as const);
  const added = at(model, 'userDefinedMetadata');
  const theirs = isObject(added) ? [...added] : [];
  const texts = [...own, ...theirs].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts);
}
