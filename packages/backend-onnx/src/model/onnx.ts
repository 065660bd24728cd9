import { bytes, float, integer, message, nested, type Rope, text } from './protobuf.ts';

/*
 * ONNX models as plain data, and their encoding (onnx/onnx.proto). Only what this package writes.
 */

/** Opset 21 with IR version 10: read by ONNX Runtime 1.18 and later. */
const OPSET = 21;
const IR_VERSION = 10;

/** ONNX Runtime's own operators. */
export const MICROSOFT = 'com.microsoft';

export type Attribute = number | readonly number[] | string | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  /** Of operators that are not ONNX's own: `com.microsoft`, ONNX Runtime's. */
  readonly domain?: typeof MICROSOFT;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Outputs after the first: where the maxima of a MaxPool lie. */
  readonly further?: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** TensorProto.DataType, and bytes per element. */
const elementTypes = {
  float32: { code: 1, bytes: 4 },
  uint8: { code: 2, bytes: 1 },
  int8: { code: 3, bytes: 1 },
  int32: { code: 6, bytes: 4 },
  int64: { code: 7, bytes: 8 },
  float16: { code: 10, bytes: 2 },
} as const;

export type ElementType = keyof typeof elementTypes;

/**
 * A named constant, little-endian. `external`: the model refers to a range of a file and `data` is empty.
 * `data` may be made when it is asked for, so ask once.
 */
export interface Initializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  readonly data: Uint8Array;
  readonly external?: { readonly file: string; readonly offset: number; readonly length: number };
  /** The parameter whose values it shows, from which element on: they can be written before `data` is there. */
  readonly shows?: { readonly parameter: string; readonly from: number };
}

/** An input or output of the model, without its batch dimension, which is written as `N`. */
export interface Interface {
  readonly name: string;
  readonly shape: readonly number[];
  /** It has no batch dimension. */
  readonly overBatch?: boolean;
}

export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly Interface[];
  readonly outputs: readonly Interface[];
}

/** Encodes a ModelProto. */
export function encodeModel(model: OnnxModel): Rope {
  const graph = message(
    ...model.nodes.map((node) => nested(1, encodeNode(node))),
    text(2, model.name),
    ...model.initializers.map((initializer) => nested(5, encodeTensor(initializer))),
    ...model.inputs.map((value) => nested(11, encodeInterface(value))),
    ...model.outputs.map((value) => nested(12, encodeInterface(value))),
  );
  return message(
    integer(1, IR_VERSION),
    text(2, '@alexnet/backend-onnx'),
    nested(7, graph),
    nested(8, message(text(1, ''), integer(2, OPSET))),
    ...(model.nodes.some(({ domain }) => domain === MICROSOFT)
      ? [nested(8, message(text(1, MICROSOFT), integer(2, 1)))]
      : []),
  );
}

function encodeNode({ op, domain, name, inputs, output, further = [], attributes = {} }: OnnxNode): Rope {
  return message(
    ...inputs.map((input) => text(1, input)),
    ...[output, ...further].map((value) => text(2, value)),
    text(3, name),
    text(4, op),
    ...Object.entries(attributes).map(([key, value]) => nested(5, encodeAttribute(key, value))),
    ...(domain === undefined ? [] : [text(7, domain)]),
  );
}

function encodeAttribute(name: string, value: Attribute): Rope {
  if (typeof value === 'number') return message(text(1, name), integer(3, value), integer(20, 2));
  if (typeof value === 'string') return message(text(1, name), text(4, value), integer(20, 3));
  if ('float' in value) return message(text(1, name), float(2, value.float), integer(20, 1));
  return message(text(1, name), ...value.map((item) => integer(8, item)), integer(20, 7));
}

/** Encodes a TensorProto: also the contents of a file of its own. */
export function encodeTensor(initializer: Initializer): Rope {
  const { name, shape, type, external } = initializer;
  return message(
    ...shape.map((extent) => integer(1, extent)),
    integer(2, elementTypes[type].code),
    text(8, name),
    ...(external === undefined ? [bytes(9, initializer.data)] : encodePlace(external)),
  );
}

function encodePlace({ file, offset, length }: NonNullable<Initializer['external']>): Rope[] {
  return [...entries({ location: file, offset: String(offset), length: String(length) }), integer(14, 1)];
}

function entries(record: Readonly<Record<string, string>>): Rope[] {
  return Object.entries(record).map(([key, value]) => nested(13, message(text(1, key), text(2, value))));
}

function encodeInterface({ name, shape, overBatch = false }: Interface): Rope {
  const dimensions = [
    ...(overBatch ? [] : [nested(1, text(2, 'N'))]),
    ...shape.map((extent) => nested(1, integer(1, extent))),
  ];
  const tensor = message(integer(1, 1), nested(2, message(...dimensions)));
  return message(text(1, name), nested(2, nested(1, tensor)));
}

/** Bytes of a constant's data, from its shape alone. */
export function byteLength({ shape, type }: Pick<Initializer, 'shape' | 'type'>): number {
  return shape.reduce((product, extent) => product * extent, elementTypes[type].bytes);
}

/** The bytes of an array, without a copy. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The bytes of an int64 array. */
export function int64Bytes(values: readonly number[]): Uint8Array {
  return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
}
