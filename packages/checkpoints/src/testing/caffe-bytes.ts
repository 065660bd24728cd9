import { all, bytes, le, type Message, packedVarints, varint } from './proto-bytes.ts';

/** Builds .caffemodel files for tests, right or wrong, from the fields that matter. */

export const data = (values: readonly number[]): Message => bytes(5, le(Float32Array.from(values)));
export const shape = (extents: readonly number[]): Message => bytes(7, all(packedVarints(1, extents)));
export const legacyShape = (extents: readonly number[]): Message[] => extents.map((extent, i) => varint(i + 1, extent));

export interface LayerFields {
  readonly name?: string;
  /** A name, or a number of the enumeration of V1. */
  readonly type?: string | number;
  readonly blobs?: readonly (readonly Message[])[];
  readonly more?: readonly Message[];
}

/** A layer as it has been since 2014. */
export function layer({ name = 'fc', type = 'InnerProduct', blobs = [], more = [] }: LayerFields): Message {
  const typed = typeof type === 'number' ? varint(2, type) : bytes(2, type);
  return bytes(100, all(bytes(1, name), typed, ...blobs.map((blob) => bytes(7, all(...blob))), ...more));
}

/** A layer of V1. */
export function layerV1({ name = 'fc', type = 14, blobs = [], more = [] }: LayerFields): Message {
  const typed = typeof type === 'number' ? varint(5, type) : bytes(5, type);
  return bytes(2, all(bytes(4, name), typed, ...blobs.map((blob) => bytes(6, all(...blob))), ...more));
}
