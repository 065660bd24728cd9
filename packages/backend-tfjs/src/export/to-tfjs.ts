import { AlexNetError, checkOutputs, checkWeights, type Graph, type Weights } from '@alexnet/core';
import { buildModel } from './model.ts';
import { cutShards, describeShards, type TfjsShard } from './shards.ts';

export interface ToTfjsOptions {
  /** Values that the model returns. Default: `graph.outputs`. */
  readonly outputs?: readonly string[];
  /** Size of a weight file; the last one may be smaller. A multiple of 4. Default: 4 MB, which browsers cache well. */
  readonly shardBytes?: number;
  /** How the names of the weight files begin, so that several models can lie in one folder. Default: `group1`, as TensorFlow's converter has it. */
  readonly group?: string;
  /** What else `model.metadata` tells, for example the variant and its preprocessing: anything that JSON can say. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The files of a model. They lie in one folder. */
export interface TfjsFiles {
  /** model.json. */
  readonly model: Uint8Array;
  /** The weights: each shard is made when it is its turn, and none is kept. */
  readonly shards: Iterable<TfjsShard>;
}

/** What TensorFlow's converter writes. */
const SHARD_BYTES = 4 * 2 ** 20;

/** Fields of the metadata that TensorFlow.js takes for its own. */
const RESERVED = ['signature', 'structuredOutputKeys'];

/**
 * A TensorFlow.js graph model of a graph with its weights, for plain `tf.loadGraphModel`: standard ops in float32, so every engine runs it.
 *
 * Images are NHWC, at the input and at outputs alike, with any batch; flat values are in the graph's order, CHW. Inputs, outputs and
 * nodes have the graph's names, except where convolution and ReLU (named as the ReLU) or padding and convolution became one.
 * The same graph and weights give the same bytes.
 * Errors: `invalid-graph`, `invalid-weights`, `unknown-name`, `invalid-input` for the options.
 */
export function toTfjs(graph: Graph, weights: Weights, options: ToTfjsOptions = {}): TfjsFiles {
  const { outputs, shardBytes = SHARD_BYTES, group = 'group1', metadata = {} } = options;
  checkOptions(shardBytes, group, metadata);
  checkWeights(graph, weights);
  const { nodes, constants, signature } = buildModel(graph, weights, checkOutputs(graph, outputs));
  const model = {
    format: 'graph-model',
    generatedBy: '@alexnet/backend-tfjs',
    convertedBy: null,
    signature,
    userDefinedMetadata: { graph: graph.name, ...metadata },
    modelTopology: { node: nodes, library: {}, versions: { producer: PRODUCER } },
    weightsManifest: [describeShards(constants, shardBytes, group)],
  };
  return {
    model: new TextEncoder().encode(JSON.stringify(model)),
    shards: { [Symbol.iterator]: () => cutShards(constants, shardBytes, group) },
  };
}

/** A version of GraphDef that has all ops and attributes that are used here. */
const PRODUCER = 1087;

function checkOptions(shardBytes: number, group: string, metadata: object): void {
  if (!Number.isSafeInteger(shardBytes) || shardBytes <= 0 || shardBytes % 4 !== 0) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `The size of a shard must be a multiple of 4 bytes above 0, got ${shardBytes}`,
      where: 'shardBytes',
    });
  }
  if (!/^[\w.-]+$/.test(group)) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `The names of weight files cannot begin with ${JSON.stringify(group)}`,
      fix: 'Use letters, digits, dots and hyphens.',
      where: 'group',
    });
  }
  const taken = RESERVED.find((field) => Object.hasOwn(metadata, field));
  if (taken !== undefined) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `TensorFlow.js reads ${taken} in the metadata as its own`,
      fix: 'Choose another name.',
      where: 'metadata',
    });
  }
}
