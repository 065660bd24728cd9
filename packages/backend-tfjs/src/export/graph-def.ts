/*
 * TensorFlow's GraphDef (tensorflow/core/framework/graph.proto) in Protocol Buffers' JSON: what a model.json calls its topology.
 * In that JSON int64 numbers are text and byte strings are Base64. Only what this package writes.
 */

export type DataType = 'float32' | 'int32';

export interface NodeDef {
  readonly name: string;
  readonly op: string;
  /** Names of nodes; `name:1` is the second output of one. */
  readonly input?: readonly string[];
  readonly attr: Readonly<Record<string, Attribute>>;
}

export interface TensorShape {
  readonly dim: readonly { readonly size: string }[];
}

export type Attribute =
  | { readonly i: string }
  | { readonly f: number }
  | { readonly s: string }
  | { readonly type: string }
  | { readonly shape: TensorShape }
  | { readonly tensor: { readonly dtype: string; readonly tensorShape: TensorShape } }
  | { readonly list: { readonly i: readonly string[] } | { readonly s: readonly string[] } };

/** An attribute that holds a whole number. */
export const integer = (value: number): Attribute => ({ i: String(value) });
export const integers = (values: readonly number[]): Attribute => ({ list: { i: values.map(String) } });
export const float = (value: number): Attribute => ({ f: value });
/** An attribute that holds ASCII text. */
export const text = (value: string): Attribute => ({ s: btoa(value) });
export const texts = (values: readonly string[]): Attribute => ({ list: { s: values.map((value) => btoa(value)) } });

/** TensorFlow's name of a data type. */
export const typeName = (type: DataType): string => (type === 'float32' ? 'DT_FLOAT' : 'DT_INT32');

/** The attribute that most ops have: the type of what they compute with. */
export const float32 = { T: { type: typeName('float32') } } as const;

/** -1 is an extent that is not known before a run: the batch. */
export function tensorShape(extents: readonly number[]): TensorShape {
  return { dim: extents.map((extent) => ({ size: String(extent) })) };
}

/** A node that a run is given a float32 tensor for. */
export function placeholder(name: string, shape: readonly number[]): NodeDef {
  const attr = { dtype: { type: typeName('float32') }, shape: { shape: tensorShape(shape) } };
  return { name, op: 'Placeholder', attr };
}

/** A node whose value is in the weight files, under the node's name. */
export function constantNode(name: string, type: DataType, shape: readonly number[]): NodeDef {
  const dtype = typeName(type);
  const value = { tensor: { dtype, tensorShape: tensorShape(shape) } };
  return { name, op: 'Const', attr: { dtype: { type: dtype }, value } };
}
