import { all, bytes, float, type Message, varint } from '../testing/proto-bytes.ts';

export { all, bytes, le, message, varint } from '../testing/proto-bytes.ts';

/** Builds ONNX files for tests, right or wrong, from the fields that matter. */

export interface TensorFields {
  readonly name?: string;
  readonly dims?: readonly number[];
  /** TensorProto.DataType; 1 is float32. */
  readonly type?: number;
  /** Further fields, such as the values. */
  readonly more?: readonly Message[];
}

export function tensor({ name = 'w', dims = [2, 3], type = 1, more = [] }: TensorFields): Uint8Array {
  return all(...dims.map((extent) => varint(1, extent)), varint(2, type), bytes(8, name), ...more);
}

export function externalTensor(entries: Readonly<Record<string, string>>): Uint8Array {
  const pairs = Object.entries(entries).map(([key, value]) => bytes(13, all(bytes(1, key), bytes(2, value))));
  return tensor({ more: [...pairs, varint(14, 1)] });
}

/** An attribute that is an integer; a float where it has a fraction; a tensor where it is bytes; a text; a list. */
export type Attributes = Readonly<Record<string, number | Uint8Array | string | readonly number[]>>;

export function node(op: string, inputs: readonly string[], attributes: Attributes = {}, output = ''): Uint8Array {
  return all(
    ...inputs.map((input) => bytes(1, input)),
    ...(output === '' ? [] : [bytes(2, output)]),
    bytes(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, all(bytes(1, name), ...attribute(value)))),
  );
}

function attribute(value: Attributes[string]): Message[] {
  if (value instanceof Uint8Array) return [bytes(5, value)];
  if (typeof value === 'string') return [bytes(4, value)];
  if (typeof value !== 'number') return value.map((one) => varint(8, one));
  return [Number.isInteger(value) ? varint(3, value) : float(2, value)];
}

export function model(
  initializers: readonly Uint8Array[],
  nodes: readonly Uint8Array[] = [],
  outputs: readonly string[] = [],
): Uint8Array {
  return networkModel({ initializers, nodes, outputs });
}

export interface ModelFields {
  readonly initializers?: readonly Uint8Array[];
  readonly nodes?: readonly Uint8Array[];
  readonly inputs?: readonly Uint8Array[];
  readonly outputs?: readonly string[];
  /** Version of the operators; none is written where it is left out. */
  readonly opset?: number;
}

/** A model that can be run: `model` with the inputs and the version that weights do without. */
export function networkModel({
  initializers = [],
  nodes = [],
  inputs = [],
  outputs = [],
  opset,
}: ModelFields): Uint8Array {
  const graph = all(
    ...nodes.map((item) => bytes(1, item)),
    ...initializers.map((item) => bytes(5, item)),
    ...inputs.map((item) => bytes(11, item)),
    ...outputs.map((name) => bytes(12, all(bytes(1, name)))),
  );
  return all(varint(1, 8), bytes(7, graph), ...(opset === undefined ? [] : [bytes(8, all(varint(2, opset)))]));
}

/** An input of the model: TensorProto.DataType and extents, of which those with a text are open. */
export function graphInput(name: string, shape: readonly (number | string)[], type = 1): Uint8Array {
  const dims = shape.map((extent) =>
    bytes(1, typeof extent === 'number' ? all(varint(1, extent)) : all(bytes(2, extent))),
  );
  return all(bytes(1, name), bytes(2, all(bytes(1, all(varint(1, type), bytes(2, all(...dims)))))));
}
