/*
 * What a pickle can hold here: plain data. A call of an allowed global is kept as its name and arguments, and nothing is called:
 * who knows what the global means (a tensor, a dtype) reads them afterwards.
 */

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleBytes
  | PickleSequence
  | PickleDict
  | PickleGlobal
  | PickleObject
  | PicklePersistent;

/** Bytes, and what Python 2 called str: in memory when few, else the range of the source where they stand. */
export type PickleBytes =
  | { readonly kind: 'bytes'; readonly length: number; readonly data: Uint8Array }
  | { readonly kind: 'bytes'; readonly length: number; readonly offset: number };

export interface PickleSequence {
  readonly kind: 'tuple' | 'list' | 'set';
  readonly items: PickleValue[];
}

/** A dict or OrderedDict. A key that occurs twice has its last value in Python. */
export interface PickleDict {
  readonly kind: 'dict';
  readonly entries: [key: PickleValue, value: PickleValue][];
}

/** A class or function, by module and name with a space between: `torch FloatStorage`. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly name: string;
}

/** What calling a global would give. */
export interface PickleObject {
  readonly kind: 'object';
  /** The global's name. */
  readonly type: string;
  readonly args: readonly PickleValue[];
  /** What the pickle then hands to the object itself. */
  state?: PickleValue;
}

/** A reference to something outside of the pickle, such as a storage of PyTorch. */
export interface PicklePersistent {
  readonly kind: 'persistent';
  readonly id: PickleValue;
}

type Tagged = Extract<PickleValue, { kind: string }>;
type WithKind<T, K> = T extends { readonly kind: infer J } ? (K & J extends never ? never : T) : never;

/** Whether a value is of one of the kinds. */
export function isKind<K extends Tagged['kind']>(
  value: PickleValue | undefined,
  ...kinds: readonly K[]
): value is WithKind<Tagged, K> {
  return typeof value === 'object' && value !== null && kinds.some((kind) => kind === value.kind);
}

/** No name and no shape is longer. What is may stand in a memo, and would be copied for every time that it occurs. */
const MAX_NAME = 1024;
const MAX_EXTENTS = 64;

/** The text of a string, or of few bytes, one character each, as Python 2 wrote its strings. */
export function textOf(value: PickleValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  const few = isKind(value, 'bytes') && value.length <= MAX_NAME;
  return few && 'data' in value ? fromLatin1(value.data) : undefined;
}

/** The items of a tuple or list of whole numbers that are not negative: a shape, strides. */
export function sizesOf(value: PickleValue | undefined): number[] | undefined {
  if (!isKind(value, 'tuple', 'list') || value.items.length > MAX_EXTENTS) return undefined;
  const sizes = value.items.filter((item): item is number => isSize(item));
  return sizes.length === value.items.length ? sizes : undefined;
}

export function isSize(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** One character for each byte. */
export function fromLatin1(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 4096) parts.push(String.fromCharCode(...bytes.subarray(at, at + 4096)));
  return parts.join('');
}

/** The bytes of a text of code points up to 255, one each; undefined when there are others. */
export function toLatin1(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) return undefined;
    bytes[i] = code;
  }
  return bytes;
}
