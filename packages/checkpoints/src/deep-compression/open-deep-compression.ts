import { AlexNetError, type ByteSource, sizeOf } from '@alexnet/core';
import {
  type CheckpointLayer,
  type CheckpointReader,
  type CheckpointTensor,
  type OpenContext,
  torchLayout,
} from '../checkpoint-file.ts';
import { packedRun, runTensor } from '../wire-tensor.ts';
import { looksLikeDeepCompression } from './detect.ts';
import { type NetworkLayer, networkLayers, publishedNetwork } from './network.ts';
import { FLOAT_BYTES, fileBytes, readCounts, type Section, sectionsOf } from './sections.ts';
import { lastElement, sparseTensor } from './sparse-tensor.ts';

/** More classes than any data set has names for. */
const MAX_CLASSES = 2 ** 15;

/**
 * Opens Deep Compression's AlexNet (.net), which holds no shapes: they are those of `context.graph`, else of BVLC AlexNet at full width
 * with as many classes as the file's size tells. Tensors have the graph's names; weights are decoded as they are read.
 * Errors: `invalid-file` when the sizes do not add up, `invalid-input` for a network without biases, `aborted`.
 */
export const openDeepCompression: CheckpointReader = async (source, context = {}) => {
  const { layers, sections } = context.graph
    ? await fitNetwork(source, networkLayers(context.graph), context)
    : await assumePublished(source, context);
  const tensors = new Map<string, CheckpointTensor>();
  for (const [i, { weight, bias, shape }] of layers.entries()) {
    const section = sections[i]!;
    const outputs = shape[0]!;
    const facts = { source, dtype: 'F32', shape: [outputs], where: `parameter ${bias}` } as const;
    const range = { offset: section.biases, length: outputs * FLOAT_BYTES };
    tensors.set(weight, sparseTensor(source, section, shape, `parameter ${weight}`));
    tensors.set(bias, runTensor(facts, packedRun(range, FLOAT_BYTES)));
  }
  return {
    format: 'deep-compression',
    tensors,
    layout: torchLayout,
    layers: layers.map(describe),
    metadata: { channels: 'BGR' }, // it was trained with Caffe
    others: [],
  };
};

interface Fitted {
  readonly layers: readonly NetworkLayer[];
  readonly sections: readonly Section[];
}

async function fitNetwork(source: ByteSource, layers: readonly NetworkLayer[], context: OpenContext): Promise<Fitted> {
  const sections = place(layers, await readCounts(source, layers.length, context));
  const wanted = fileBytes(sections);
  if (wanted === source.size) return { layers, sections };
  throw new AlexNetError({
    code: 'invalid-file',
    message: `The file has ${source.size} bytes, but one of this network with its counts would have ${wanted}`,
    where: source.name,
    fix: 'Give the network whose weights these are; its width and classes must be theirs.',
  });
}

/** BVLC AlexNet with as many classes as there are bytes for, if then every weight lies inside of its layer. */
async function assumePublished(source: ByteSource, context: OpenContext): Promise<Fitted> {
  if (!(await looksLikeDeepCompression(source, { signal: context.signal }))) throw unknownNetwork(source);
  const oneClass = publishedNetwork(1);
  const counts = await readCounts(source, oneClass.length, context);
  const classes = 1 + (source.size - fileBytes(place(oneClass, counts))) / FLOAT_BYTES;
  if (!Number.isInteger(classes) || classes < 1 || classes > MAX_CLASSES) throw unknownNetwork(source);
  const layers = publishedNetwork(classes);
  const sections = place(layers, counts);
  for (const [i, section] of sections.entries()) {
    const last = await lastElement(source, section, context);
    if (last >= sizeOf(layers[i]!.shape)) throw unknownNetwork(source);
  }
  return { layers, sections };
}

function place(layers: readonly NetworkLayer[], counts: readonly number[]): Section[] {
  return sectionsOf(layers.map(({ op, shape }, i) => ({ op, entries: counts[i]!, outputs: shape[0]! })));
}

function unknownNetwork({ name, size }: ByteSource): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message: `The file holds no shapes, and its ${size} bytes are not those of BVLC AlexNet at full width`,
    where: name,
    fix: 'Give the network whose weights these are, with its width and classes.',
  });
}

function describe({ name, op, weight, bias, groups }: NetworkLayer): CheckpointLayer {
  return { name, op, weight, bias, ...(op === 'conv2d' ? { groups } : {}) };
}
