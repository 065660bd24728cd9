import { AlexNetError } from '@alexnet/core';
import type { CheckpointOp } from '../checkpoint-file.ts';
import { damaged } from '../damaged.ts';
import { type ByteRange, rangeOf, type WireFile } from '../wire.ts';
import { type Blob, readBlob } from './blob.ts';
import { opOf, type Parameters, readParameters } from './ops.ts';

/** A layer as far as it tells of weights and of what is computed. */
export interface CaffeLayer {
  readonly name: string;
  readonly kind: 'conv2d' | 'linear' | 'other';
  /** As the file has it: a name, or a number in old files. */
  readonly type: string | number;
  readonly blobs: readonly Blob[];
  /** Undefined where the file does not say. */
  readonly groups: number | undefined;
  /** InnerProductParameter.transpose: the weight is `[in, out]`. */
  readonly transposed: boolean;
  readonly op: CheckpointOp | undefined;
}

/** The numbers of a layer message's fields. */
export interface LayerFields {
  readonly name: number;
  readonly type: number;
  readonly blobs: number;
  /** Of parameters: those of the type that they are for. */
  readonly parameters: ReadonlyMap<number, LayerType>;
  /** V0LayerParameter inside of V1LayerParameter. */
  readonly v0?: number;
}

/** LayerParameter, since 2014. */
export const currentFields: LayerFields = {
  name: 1,
  type: 2,
  blobs: 7,
  parameters: new Map([
    [106, 'Convolution'],
    [117, 'InnerProduct'],
    [118, 'LRN'],
    [121, 'Pooling'],
  ]),
};
/** V1LayerParameter. */
export const v1Fields: LayerFields = {
  name: 4,
  type: 5,
  blobs: 6,
  parameters: new Map([
    [10, 'Convolution'],
    [17, 'InnerProduct'],
    [18, 'LRN'],
    [19, 'Pooling'],
  ]),
  v0: 1,
};

/** Types that have parameters which are read. */
type LayerType = 'Convolution' | 'InnerProduct' | 'LRN' | 'Pooling';

/** V1LayerParameter.LayerType */
const v1Types: ReadonlyMap<string | number, LayerType> = new Map([
  [4, 'Convolution'],
  [14, 'InnerProduct'],
  [15, 'LRN'],
  [17, 'Pooling'],
]);

/** Layer types by name, and by the numbers of V1LayerParameter.LayerType. */
const kinds: ReadonlyMap<string | number, CaffeLayer['kind']> = new Map<string | number, CaffeLayer['kind']>([
  ['Convolution', 'conv2d'],
  ['InnerProduct', 'linear'],
  [4, 'conv2d'],
  [14, 'linear'],
]);

const MAX_BLOBS = 100;

/** Reads a layer but its values. Errors: `invalid-file`, `unsupported` for the oldest files and those of forks, `aborted`. */
export async function readLayer(
  file: WireFile,
  message: ByteRange,
  numbers: LayerFields,
  index: number,
): Promise<CaffeLayer> {
  let where = `layer number ${index}`;
  let name = '';
  let type: CaffeLayer['type'] = '';
  const parameters = new Map<string | number, Parameters>();
  const blobs: Blob[] = [];
  for await (const field of file.fields(message, where)) {
    const { number } = field;
    if (number === numbers.v0) throw tooOld(where);
    if (number === numbers.name) {
      name = await file.text(field, where);
      where = layerNamed(name);
    } else if (number === numbers.type) {
      type = field.kind === 'varint' ? field.value : await file.text(field, where);
    } else if (number === numbers.blobs) {
      if (blobs.push(await readBlob(file, rangeOf(field, where), `${where}, blob ${blobs.length}`)) > MAX_BLOBS) {
        throw damaged(`The layer has more than ${MAX_BLOBS} blobs`, where);
      }
    } else {
      const of = numbers.parameters.get(number);
      if (of !== undefined) parameters.set(of, await readParameters(file, field, where));
    }
  }
  const said = parameters.get(v1Types.get(type) ?? type);
  const groups = said && (said.get(CONVOLUTION_GROUP)?.[0] ?? 1);
  const transposed = (said?.get(TRANSPOSE)?.[0] ?? 0) !== 0;
  return { name, type, kind: kinds.get(type) ?? 'other', blobs, groups, transposed, op: opOf(type, said) };
}

/** ConvolutionParameter.group, 1 by default. */
const CONVOLUTION_GROUP = 5;
/** InnerProductParameter.transpose */
const TRANSPOSE = 6;

/** The `where` of an error about one layer. */
export function layerNamed(name: string): string {
  return `layer ${JSON.stringify(name.slice(0, 100))}`;
}

function tooOld(where: string): AlexNetError {
  return new AlexNetError({
    code: 'unsupported',
    message: 'The file is of the first version of the format (V0 layers), from 2013',
    where,
    fix: "Upgrade it with Caffe's upgrade_net_proto_binary.",
  });
}
