import { PbfWriter } from 'pbf';

/*
 * Messages of protocol buffers for tests, right or wrong, field by field.
 */

export type Message = (pbf: PbfWriter) => void;

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

export function float(field: number, value: number): Message {
  return (pbf) => pbf.writeFloatField(field, value);
}

export function double(field: number, value: number): Message {
  return (pbf) => pbf.writeDoubleField(field, value);
}

export function packedVarints(field: number, values: readonly number[]): Message {
  return (pbf) => pbf.writePackedVarint(field, [...values]);
}

export function all(...writes: readonly Message[]): Uint8Array {
  return message((pbf) => {
    for (const write of writes) write(pbf);
  });
}

/** Little-endian bytes of numbers. */
export function le(
  data: Float32Array | Float64Array | Uint16Array | Int8Array | Int32Array | BigInt64Array,
): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
