import { damaged } from '../damaged.ts';
import { type ByteRange, type Field, numberOf, rangeOf, type WireFile } from '../wire.ts';
import { readPair } from './pairs.ts';
import { type OnnxNode, readNode } from './read-node.ts';
import { initializerNamed, type OnnxTensor, readTensor } from './tensor-fields.ts';

/** A model as its file describes it. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  /** Initializers and constants, in the file's order, each under a name of its own. */
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
  /** Names of sparse initializers. */
  readonly sparse: readonly string[];
  /** Names of the values that the graph gives. */
  readonly outputs: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** More than any network here by far; bounds the memory that a hostile file can take. */
const MAX_ITEMS = 100_000;

/**
 * Reads all of a model but the values of its tensors. ModelProto: producer_name = 2, producer_version = 3, graph = 7, metadata_props = 14.
 * Errors: `invalid-file`, `aborted`.
 */
export async function readModel(file: WireFile): Promise<OnnxModel> {
  const where = 'model';
  let graph: ByteRange | undefined;
  const metadata: [string, string][] = [];
  for await (const field of file.fields({ offset: 0, length: file.source.size }, where)) {
    if (field.number === 2) metadata.push(['producer', await file.text(field, where)]);
    else if (field.number === 3) metadata.push(['producer version', await file.text(field, where)]);
    else if (field.number === 14) metadata.push(await readPair(file, field, where));
    else if (field.number === 7) {
      if (graph !== undefined) throw damaged('The model has more than one graph', where);
      graph = rangeOf(field, where);
    } else if (field.number === 1) numberOf(field, where);
    if (metadata.length > MAX_ITEMS) throw damaged(`There are more than ${MAX_ITEMS} items`, where);
  }
  if (graph === undefined) throw damaged('The model has no graph', where);
  const { name, ...rest } = await readGraph(file, graph);
  metadata.push(['graph', name]);
  return { ...rest, metadata: Object.fromEntries(metadata.filter(([, text]) => text !== '')) };
}

/** GraphProto: node = 1, name = 2, initializer = 5, output = 12, sparse_initializer = 15. */
async function readGraph(file: WireFile, message: ByteRange): Promise<Omit<OnnxModel, 'metadata'> & { name: string }> {
  const where = 'graph';
  const nodes: OnnxNode[] = [];
  const tensors = new Map<string, OnnxTensor>();
  const sparse: string[] = [];
  const outputs: string[] = [];
  let name = '';
  const add = (tensor: OnnxTensor) => {
    if (tensors.has(tensor.name)) throw damaged('The initializer is there twice', initializerNamed(tensor.name));
    tensors.set(tensor.name, tensor);
  };
  for await (const field of file.fields(message, where)) {
    if (field.number === 1) {
      const node = await readNode(file, rangeOf(field, where), nodes.length);
      nodes.push(node);
      if (node.constant !== undefined) add(node.constant);
    } else if (field.number === 2) name = await file.text(field, where);
    else if (field.number === 5) add(await readTensor(file, rangeOf(field, where), tensors.size));
    else if (field.number === 12) outputs.push(await nameIn(file, field, 1, where));
    else if (field.number === 15) sparse.push(await nameOfSparse(file, field, where));
    if (nodes.length + tensors.size + outputs.length + sparse.length > MAX_ITEMS) {
      throw damaged(`There are more than ${MAX_ITEMS} items`, where);
    }
  }
  return { name, nodes, tensors, sparse, outputs };
}

/** SparseTensorProto: values = 1, a TensorProto with the name. */
async function nameOfSparse(file: WireFile, sparse: Field, where: string): Promise<string> {
  for await (const field of file.fields(rangeOf(sparse, where), where)) {
    if (field.number === 1) return nameIn(file, field, 8, where);
  }
  return '';
}

/** The text of one field of a message; empty when it has none. */
async function nameIn(file: WireFile, message: Field, number: number, where: string): Promise<string> {
  for await (const field of file.fields(rangeOf(message, where), where)) {
    if (field.number === number) return file.text(field, where);
  }
  return '';
}
