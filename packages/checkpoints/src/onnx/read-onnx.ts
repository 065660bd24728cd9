import { type StoredTensor, toFloat32 } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import { bytesOf, numberOf, readFields, textOf } from '../wire.ts';
import { initializerNamed, readTensorProto, storedTensor, type TensorProto } from './tensor-proto.ts';

/** One node, as far as it tells what an initializer is for. */
export interface OnnxNode {
  readonly op: string;
  /** Names of values and initializers; empty for an optional input that is left out. */
  readonly inputs: readonly string[];
  /** Whether a Gemm's second operand is `[out, in]`; ONNX's default is `[in, out]`. */
  readonly transB: boolean;
}

export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  /** The floating-point initializers by name; linear weights are `[out, in]` whichever way the file has them. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Names of the other initializers: shapes, indices, quantised weights. */
  readonly others: readonly string[];
}

/** More than any network here by far; bounds the memory that a hostile file can take. */
const MAX_ITEMS = 100_000;

/**
 * Reads the initializers of an ONNX model, without copying where they are stored as bytes. `external` holds the files that
 * `externalFiles` names. Errors: `invalid-file`, `invalid-input` when an external file was not given.
 */
export function readOnnx(bytes: Uint8Array, external: ReadonlyMap<string, Uint8Array> = new Map()): OnnxModel {
  const { nodes, initializers } = readGraph(bytes);
  const tensors = new Map<string, StoredTensor>();
  const others: string[] = [];
  for (const proto of initializers) {
    if (proto.dtype === undefined) others.push(proto.name);
    else tensors.set(proto.name, storedTensor(proto, proto.dtype, external));
  }
  for (const name of inOutOperands(nodes)) {
    const tensor = tensors.get(name);
    if (tensor?.shape.length === 2) tensors.set(name, transpose(tensor));
  }
  return { nodes, tensors, others };
}

/** The files beside a model that hold its values, as paths relative to the model's folder. Errors: `invalid-file`. */
export function externalFiles(bytes: Uint8Array): string[] {
  const files = readGraph(bytes).initializers.flatMap(({ content }) =>
    content.kind === 'external' ? [content.range.file] : [],
  );
  return [...new Set(files)];
}

/** ModelProto: graph = 7. GraphProto: node = 1, initializer = 5. */
function readGraph(bytes: Uint8Array): { nodes: OnnxNode[]; initializers: TensorProto[] } {
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, TensorProto>();
  let graphs = 0;
  for (const model of readFields(bytes, 'model')) {
    if (model.number !== 7) continue;
    if (++graphs > 1) break;
    for (const { number, value } of readFields(bytesOf(model.value, 'model'), 'graph')) {
      if (number === 1) nodes.push(readNode(bytesOf(value, 'graph'), nodes.length));
      if (number === 5) {
        const proto = readTensorProto(bytesOf(value, 'graph'), initializers.size);
        if (initializers.has(proto.name)) throw damaged('The initializer is there twice', initializerNamed(proto.name));
        initializers.set(proto.name, proto);
      }
      if (nodes.length + initializers.size > MAX_ITEMS)
        throw damaged(`There are more than ${MAX_ITEMS} items`, 'graph');
    }
  }
  if (graphs !== 1) throw damaged(`The model has ${graphs === 0 ? 'no graph' : 'more than one graph'}`, 'model');
  return { nodes, initializers: [...initializers.values()] };
}

/** NodeProto: input = 1, op_type = 4, attribute = 5. */
function readNode(message: Uint8Array, index: number): OnnxNode {
  const where = `node number ${index}`;
  const inputs: string[] = [];
  let op = '';
  let transB = false;
  for (const { number, value } of readFields(message, where)) {
    if (number === 1 && inputs.push(textOf(value, where)) > MAX_ITEMS)
      throw damaged('The node has too many inputs', where);
    if (number === 4) op = textOf(value, where);
    if (number === 5) transB ||= isTransB(bytesOf(value, where), where);
  }
  return { op, inputs, transB };
}

/** AttributeProto: name = 1, i = 3. */
function isTransB(message: Uint8Array, where: string): boolean {
  let name = '';
  let integer = 0;
  for (const { number, value } of readFields(message, where)) {
    if (number === 1) name = textOf(value, where);
    if (number === 3) integer = numberOf(value, where);
  }
  return name === 'transB' && integer !== 0;
}

/** Names of second operands that are `[in, out]`: those of MatMul, and of Gemm without `transB`. */
function inOutOperands(nodes: readonly OnnxNode[]): Set<string> {
  const transposed = nodes.filter(({ op, transB }) => op === 'MatMul' || (op === 'Gemm' && !transB));
  return new Set(transposed.map(({ inputs }) => inputs[1] ?? ''));
}

function transpose(tensor: StoredTensor): StoredTensor {
  const [rows, columns] = tensor.shape as [number, number];
  const from = toFloat32(tensor);
  const to = new Float32Array(from.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) to[column * rows + row] = from[row * columns + column]!;
  }
  return { dtype: 'F32', shape: [columns, rows], data: new Uint8Array(to.buffer) };
}
