import { toFloat32 } from '@alexnet/core';
import type { CheckpointOp } from '../checkpoint-file.ts';
import { type Field, rangeOf, type WireFile } from '../wire.ts';

/** Layer types by name, and by the numbers of V1LayerParameter.LayerType. */
const names: ReadonlyMap<string | number, CheckpointOp['op']> = new Map<string | number, CheckpointOp['op']>([
  ['Convolution', 'conv2d'],
  [4, 'conv2d'],
  ['InnerProduct', 'linear'],
  [14, 'linear'],
  ['LRN', 'lrn'],
  [15, 'lrn'],
  ['Pooling', 'maxPool2d'],
  [17, 'maxPool2d'],
  ['ReLU', 'relu'],
  [18, 'relu'],
]);

/** The op of ours that a type of layer is. */
export function opOfType(type: string | number): CheckpointOp['op'] | undefined {
  return names.get(type);
}

/** What a layer computes: its type, and settings where it has parameters. Undefined for other types, and for other kinds of these. */
export function opOf(type: string | number, parameters: Parameters | undefined): CheckpointOp | undefined {
  const op = opOfType(type);
  if (op === undefined || parameters === undefined) return op && { op };
  if (op === 'conv2d') return { op, ...windowOf(parameters, convolution) };
  if (op === 'maxPool2d' && (first(parameters, POOL) ?? 0) === 0) return { op, ...windowOf(parameters, pooling) };
  if (op === 'lrn' && (first(parameters, NORM_REGION) ?? 0) === 0) return { op, ...lrnSettings(parameters) };
  return op === 'maxPool2d' || op === 'lrn' ? undefined : { op };
}

/** A layer's parameters: numbers by the number of their field, in the order in which they stand. */
export type Parameters = ReadonlyMap<number, readonly number[]>;

/** Values of one parameter that are kept: a kernel has two. */
const MAX_VALUES = 32;

/** Reads the integers and floats of a parameter message; what is nested in it is left out. Errors: `invalid-file`, `aborted`. */
export async function readParameters(file: WireFile, message: Field, where: string): Promise<Parameters> {
  const parameters = new Map<number, number[]>();
  for await (const field of file.fields(rangeOf(message, where), where)) {
    const values = parameters.get(field.number) ?? [];
    if (field.kind === 'bytes' || values.length >= MAX_VALUES) continue;
    parameters.set(field.number, values);
    if (field.kind === 'varint') values.push(field.value);
    else if (field.width === 4) {
      const data = await file.source.read(field.offset, field.width);
      values.push(...toFloat32({ dtype: 'F32', shape: [1], data }));
    }
  }
  return parameters;
}

/** Numbers of fields: for both dimensions, for the height, for the width. */
type PairFields = readonly [both: number, height: number, width: number];
type WindowFields = Readonly<Record<'kernel' | 'stride' | 'pad', PairFields>>;

/** ConvolutionParameter */
const convolution: WindowFields = { kernel: [4, 11, 12], stride: [6, 13, 14], pad: [3, 9, 10] };
/** PoolingParameter; pool = 1, of which 0 is MAX. */
const pooling: WindowFields = { kernel: [2, 5, 6], stride: [3, 7, 8], pad: [4, 9, 10] };
const POOL = 1;
/** LRNParameter: local_size = 1, alpha = 2, beta = 3, norm_region = 4, of which 0 is ACROSS_CHANNELS, k = 5. */
const NORM_REGION = 4;

function first(parameters: Parameters, number: number): number | undefined {
  return parameters.get(number)?.[0];
}

/** With Caffe's defaults; like ONNX it divides alpha by the size. */
function lrnSettings(parameters: Parameters): Omit<CheckpointOp, 'op'> {
  const [size = 5, alpha = 1, beta = 0.75, bias = 1] = [1, 2, 3, 5].map((number) => first(parameters, number));
  return { size, alpha, beta, bias };
}

function windowOf(parameters: Parameters, { kernel, stride, pad }: WindowFields): Omit<CheckpointOp, 'op'> {
  const pair = ([both, height, width]: PairFields, otherwise: number): [number, number] => {
    const [y = otherwise, x = y] = parameters.get(both) ?? [];
    return [first(parameters, height) ?? y, first(parameters, width) ?? x];
  };
  const [y, x] = pair(pad, 0);
  const extents = pair(kernel, 0);
  return { ...(extents.includes(0) ? {} : { kernel: extents }), stride: pair(stride, 1), pads: [y, x, y, x] };
}
