import { PbfWriter } from 'pbf';

/** Builds ONNX files for tests, right or wrong, from the fields that matter. */

type Message = (pbf: PbfWriter) => void;

/** The bytes of one message. */
export function message(write: Message): Uint8Array {
  const pbf = new PbfWriter();
  write(pbf);
  return pbf.finish().slice();
}

/** A field with bytes or text: a nested message, raw data, a name. */
export function bytes(field: number, value: Uint8Array | string): Message {
  return (pbf) =>
    pbf.writeBytesField(field, typeof value === 'string' ? new Uint8Array(new TextEncoder().encode(value)) : value);
}

export function varint(field: number, value: number): Message {
  return (pbf) => pbf.writeVarintField(field, value);
}

export function all(...writes: readonly Message[]): Uint8Array {
  return message((pbf) => {
    for (const write of writes) write(pbf);
  });
}

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

export function node(
  op: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, number>> = {},
): Uint8Array {
  return all(
    ...inputs.map((input) => bytes(1, input)),
    bytes(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, all(bytes(1, name), varint(3, value)))),
  );
}

export function model(initializers: readonly Uint8Array[], nodes: readonly Uint8Array[] = []): Uint8Array {
  const graph = all(...nodes.map((item) => bytes(1, item)), ...initializers.map((item) => bytes(5, item)));
  return all(varint(1, 8), bytes(7, graph));
}

/** Little-endian bytes of numbers. */
export function le(data: Float32Array | Float64Array | Uint16Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
