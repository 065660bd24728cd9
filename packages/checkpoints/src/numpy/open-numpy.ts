import { type ByteSource, dtypeBytes, showShape } from '@alexnet/core';
import {
  type CheckpointReader,
  type CheckpointTensor,
  type OpenContext,
  tensorflowLayout,
} from '../checkpoint-file.ts';
import { damaged } from '../damaged.ts';
import { unpickle } from '../pickle/unpickle.ts';
import { isKind, type PickleDict, type PickleValue, textOf } from '../pickle/values.ts';
import { sliceSource } from '../slice-source.ts';
import { denseStrides, stridedTensor } from '../strided-tensor.ts';
import { parseDtype } from './dtypes.ts';
import { type NpyHeader, readHeader } from './header.ts';
import { arrayOf, arrayTensor, numpyGlobals } from './pickled-array.ts';

/** The name of the tensor in a file that holds one array of numbers. */
const ONLY = 'array';
/** What the items of a list `[W, b]` are called. */
const listNames = ['weights', 'biases'];
/** Of a layer that is in the memo, a few bytes make many arrays. */
const MAX_ARRAYS = 10_000;
/** Objects; numpy once wrote how many bytes a pointer takes. */
const OBJECTS = /^\|?O[48]?$/;

/**
 * Opens a .npy file: an array of numbers, which becomes the tensor `array`, or a pickled dict of layers as in `bvlc_alexnet.npy`,
 * each with a list `[W, b]` or a dict of arrays: tensors `conv1/weights`, `conv1/biases`. Errors: `invalid-file`, `aborted`.
 */
export const openNumpy: CheckpointReader = async (source, context = {}) => {
  const header = await readHeader(source, context);
  const { tensors, others } = OBJECTS.test(header.descr)
    ? await openLayers(source, header, context)
    : { tensors: new Map([[ONLY, numbersTensor(source, header)]]), others: [] };
  return { format: 'numpy', tensors, layout: tensorflowLayout, metadata: {}, others };
};

function numbersTensor(source: ByteSource, { descr, shape, fortranOrder, dataOffset }: NpyHeader): CheckpointTensor {
  const stored = parseDtype(descr);
  if (stored === undefined) throw damaged(`The array holds no numbers but ${descr.slice(0, 40)}`, source.name);
  const { dtype, bigEndian } = stored;
  const elements = shape.reduce((product, extent) => product * extent, 1);
  const bytes = source.size - dataOffset;
  if (elements * dtypeBytes[dtype] !== bytes) {
    throw damaged(`${showShape(shape)} of ${dtype} should follow the header, but ${bytes} bytes do`, source.name);
  }
  const values = sliceSource(source, dataOffset, bytes);
  return stridedTensor({
    dtype,
    shape,
    strides: denseStrides(shape, fortranOrder ? 'F' : 'C'),
    offset: 0,
    storage: { elements, bigEndian, open: async () => values },
    where: source.name,
  });
}

interface Found {
  readonly tensors: Map<string, CheckpointTensor>;
  readonly others: string[];
  /** How many were added, under whatever names. */
  count: number;
}

async function openLayers(source: ByteSource, header: NpyHeader, context: OpenContext): Promise<Found> {
  const pickle = await unpickle(source, { ...context, offset: header.dataOffset, allowed: numpyGlobals });
  const array = arrayOf(pickle.value);
  const objects = array !== undefined && isKind(array.values, 'list') ? array.values.items : [];
  const [layers] = objects;
  if (!isKind(layers, 'dict') || objects.length !== 1) {
    throw damaged('The file holds no dict of layers', source.name, header.dataOffset);
  }
  const found: Found = { tensors: new Map(), others: [], count: 0 };
  for (const [layer, value] of named(layers)) {
    const parts = partsOf(value);
    if (parts === undefined) addTo(found, layer, value, source);
    else for (const [part, content] of parts) addTo(found, `${layer}/${part}`, content, source);
  }
  return found;
}

/** The arrays of a layer by name; undefined when it is one itself or something else. */
function partsOf(value: PickleValue): [string, PickleValue][] | undefined {
  if (isKind(value, 'dict')) return named(value);
  if (!isKind(value, 'list', 'tuple')) return undefined;
  return value.items.map((item, i) => [listNames[i] ?? String(i), item]);
}

function addTo(found: Found, name: string, value: PickleValue, source: ByteSource): void {
  if (found.count++ >= MAX_ARRAYS) throw damaged(`There are more than ${MAX_ARRAYS} arrays`, source.name);
  const array = arrayOf(value);
  if (array === undefined) found.others.push(name);
  else found.tensors.set(name, arrayTensor(array, source, `array ${JSON.stringify(name.slice(0, 100))}`));
}

function named({ entries }: PickleDict): [string, PickleValue][] {
  return entries.map(([key, value]) => [textOf(key) ?? '(no text)', value]);
}
