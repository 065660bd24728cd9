/*
 * Protocol Buffers, writing only, as a rope: a message is a list of chunks and their total length. Large byte fields are kept as the
 * views that they are, so a model with 244 MB of weights is written without copying them, and a model's size has no limit.
 */

/** Encoded bytes in pieces. */
export interface Rope {
  readonly length: number;
  readonly chunks: readonly Uint8Array[];
}

const utf8 = new TextEncoder();

/** Fields of a message, one after the other. */
export function message(...fields: readonly Rope[]): Rope {
  return {
    length: fields.reduce((sum, field) => sum + field.length, 0),
    chunks: fields.flatMap((field) => field.chunks),
  };
}

/** A field that holds an integer of 0 or more, or -1. */
export function integer(field: number, value: number): Rope {
  return rope([...varint(field * 8), ...(value < 0 ? negative(value) : varint(value))]);
}

/** A field that holds a float32. */
export function float(field: number, value: number): Rope {
  return rope([...varint(field * 8 + 5), ...new Uint8Array(Float32Array.of(value).buffer)]);
}

/** A field that holds text. */
export function text(field: number, value: string): Rope {
  return bytes(field, utf8.encode(value));
}

/** A field that holds bytes; the view is kept, not copied. */
export function bytes(field: number, value: Uint8Array): Rope {
  return nested(field, { length: value.byteLength, chunks: value.byteLength === 0 ? [] : [value] });
}

/** A field that holds a message. */
export function nested(field: number, value: Rope): Rope {
  const head = rope([...varint(field * 8 + 2), ...varint(value.length)]);
  return { length: head.length + value.length, chunks: [...head.chunks, ...value.chunks] };
}

/** All chunks in one piece. */
export function concatenate({ length, chunks }: Rope): Uint8Array {
  const out = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.byteLength;
  }
  return out;
}

function rope(octets: readonly number[]): Rope {
  return { length: octets.length, chunks: [Uint8Array.from(octets)] };
}

/** Base 128, least significant group first; exact up to 2^53. */
function varint(value: number): number[] {
  const octets: number[] = [];
  let rest = value;
  while (rest >= 128) {
    octets.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...octets, rest];
}

/** A negative int64 in two's complement always takes ten octets. */
function negative(value: number): number[] {
  const octets: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 128n) {
    octets.push(Number(rest % 128n) + 128);
    rest /= 128n;
  }
  return [...octets, Number(rest)];
}
