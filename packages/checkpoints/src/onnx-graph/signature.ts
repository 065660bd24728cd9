import { damaged } from '../damaged.ts';
import { type Field, numberOf, rangeOf, type WireFile } from '../wire.ts';

/** What a model says of itself besides its nodes and tensors: which version of ONNX's operators it means, and what it reads. */
export interface Signature {
  /** The version of the default operator set; 1 where none is named. */
  readonly opset: number;
  readonly inputs: readonly SignatureInput[];
}

export interface SignatureInput {
  readonly name: string;
  /** TensorProto.DataType; 0 for what is no tensor. */
  readonly type: number;
  /** Extents, batch first; undefined for one that is named, or not told. Undefined where the file tells no shape. */
  readonly shape: readonly (number | undefined)[] | undefined;
}

const MAX_INPUTS = 10_000;
const MAX_RANK = 32;

/** ModelProto: graph = 7, opset_import = 8; GraphProto: input = 11. Errors: `invalid-file`, `aborted`. */
export async function readSignature(file: WireFile): Promise<Signature> {
  let opset = 1;
  const inputs: SignatureInput[] = [];
  for await (const field of file.fields({ offset: 0, length: file.source.size }, 'model')) {
    if (field.number === 8) opset = (await readOpset(file, field)) ?? opset;
    if (field.number !== 7) continue;
    for await (const inner of file.fields(rangeOf(field, 'model'), 'graph')) {
      if (inner.number !== 11) continue;
      if (inputs.push(await readInput(file, inner)) > MAX_INPUTS) {
        throw damaged(`The graph has more than ${MAX_INPUTS} inputs`, 'graph');
      }
    }
  }
  return { opset, inputs };
}

/** OperatorSetIdProto: domain = 1, version = 2. The version, if it is that of ONNX's own operators. */
async function readOpset(file: WireFile, message: Field): Promise<number | undefined> {
  let domain = '';
  let version: number | undefined;
  for await (const field of file.fields(rangeOf(message, 'opset'), 'opset')) {
    if (field.number === 1) domain = await file.text(field, 'opset');
    else if (field.number === 2) version = numberOf(field, 'opset');
  }
  return domain === '' || domain === 'ai.onnx' ? version : undefined;
}

/** ValueInfoProto: name = 1, type = 2; TypeProto: tensor_type = 1; TypeProto.Tensor: elem_type = 1, shape = 2. */
async function readInput(file: WireFile, message: Field): Promise<SignatureInput> {
  const where = 'graph input';
  let name = '';
  let type = 0;
  let shape: (number | undefined)[] | undefined;
  for await (const field of file.fields(rangeOf(message, where), where)) {
    if (field.number === 1) name = await file.text(field, where);
    if (field.number !== 2) continue;
    for await (const kind of file.fields(rangeOf(field, where), where)) {
      if (kind.number !== 1) continue;
      for await (const fact of file.fields(rangeOf(kind, where), where)) {
        if (fact.number === 1) type = numberOf(fact, where);
        else if (fact.number === 2) shape = await readShape(file, fact, where);
      }
    }
  }
  return { name, type, shape };
}

/** TensorShapeProto: dim = 1; Dimension: dim_value = 1. */
async function readShape(file: WireFile, message: Field, where: string): Promise<(number | undefined)[]> {
  const shape: (number | undefined)[] = [];
  for await (const dim of file.fields(rangeOf(message, where), where)) {
    if (dim.number !== 1) continue;
    let extent: number | undefined;
    for await (const field of file.fields(rangeOf(dim, where), where)) {
      if (field.number === 1) extent = numberOf(field, where);
    }
    if (shape.push(extent) > MAX_RANK) throw damaged(`There are more than ${MAX_RANK} dimensions`, where);
  }
  return shape;
}
