import { damaged } from '../damaged.ts';
import { type ByteRange, type Field, type FixedRun, numberOf, rangeOf, type WireFile } from '../wire.ts';
import { type OnnxTensor, readTensor } from './tensor-fields.ts';

/** One node, as far as it tells what a tensor is for. */
export interface OnnxNode {
  /** Its own name, else that of what it computes. */
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  /** Names of values and initializers; empty for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes that are one number, by name. */
  readonly attributes: ReadonlyMap<string, number>;
  /** Where windows of convolution and pooling lie: `kernel_shape`, `strides`, `pads`, `dilations`. */
  readonly window: ReadonlyMap<string, readonly number[]>;
  /** `auto_pad`, empty where it is not given. */
  readonly autoPad: string;
  /** `mode` of Pad, empty where it is not given. */
  readonly mode: string;
  /** The attribute `value` where it is a tensor, as of ConstantOfShape. */
  readonly value: OnnxTensor | undefined;
  /** What a Constant gives. */
  readonly constant: OnnxTensor | undefined;
}

/** No op has more. */
const MAX_NAMES = 10_000;
const MAX_ATTRIBUTES = 100;

/** NodeProto: input = 1, output = 2, name = 3, op_type = 4, attribute = 5, domain = 7. Errors: `invalid-file`, `aborted`. */
export async function readNode(file: WireFile, message: ByteRange, index: number): Promise<OnnxNode> {
  const where = `node number ${index}`;
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, number>();
  const window = new Map<string, readonly number[]>();
  let [autoPad, mode] = ['', ''];
  let [name, op, domain] = ['', '', ''];
  let value: OnnxTensor | undefined;
  let count = 0;
  for await (const field of file.fields(message, where)) {
    if (field.number === 1) inputs.push(await file.text(field, where));
    else if (field.number === 2) outputs.push(await file.text(field, where));
    else if (field.number === 3) name = await file.text(field, where);
    else if (field.number === 4) op = await file.text(field, where);
    else if (field.number === 7) domain = await file.text(field, where);
    else if (field.number === 5) {
      if (++count > MAX_ATTRIBUTES) throw damaged(`The node has more than ${MAX_ATTRIBUTES} attributes`, where);
      const attribute = await readAttribute(file, field, where);
      if (attribute.number !== undefined) attributes.set(attribute.name, attribute.number);
      if (attribute.list.length > 0) window.set(attribute.name, attribute.list);
      if (attribute.name === 'auto_pad') autoPad = attribute.text;
      if (attribute.name === 'mode') mode = attribute.text;
      if (attribute.tensor !== undefined && attribute.name === 'value') value = attribute.tensor;
    }
    if (inputs.length + outputs.length > MAX_NAMES) throw damaged('The node has too many inputs', where);
  }
  const label = name || (outputs[0] ?? '') || where;
  const named = value && { ...value, name: outputs[0] ?? '' };
  return {
    name: label,
    op,
    domain,
    inputs,
    outputs,
    attributes,
    window,
    autoPad,
    mode,
    value,
    constant: op === 'Constant' ? named : undefined,
  };
}

interface Attribute {
  readonly name: string;
  readonly number: number | undefined;
  readonly list: readonly number[];
  readonly text: string;
  readonly tensor: OnnxTensor | undefined;
}

/** Lists that are read: other ops have some of any length. */
const windowNames: ReadonlySet<string> = new Set(['kernel_shape', 'strides', 'pads', 'dilations']);
const textNames: ReadonlySet<string> = new Set(['auto_pad', 'mode']);
/** Three dimensions, batch and channels, before and after. */
const MAX_LIST = 10;

/** AttributeProto: name = 1, f = 2, i = 3, s = 4, t = 5, ints = 8. */
async function readAttribute(file: WireFile, attribute: Field, where: string): Promise<Attribute> {
  let name = '';
  let number: number | undefined;
  let tensor: OnnxTensor | undefined;
  let text = '';
  const list: number[] = [];
  for await (const field of file.fields(rangeOf(attribute, where), where)) {
    if (field.number === 1) name = await file.text(field, where);
    else if (field.number === 2 && field.kind === 'fixed') number = await readFloat(file, field);
    else if (field.number === 3) number = numberOf(field, where);
    else if (field.number === 4 && textNames.has(name)) text = await file.text(field, where);
    else if (field.number === 8 && windowNames.has(name)) {
      list.push(...(await file.varints(field, MAX_LIST, where)));
      if (list.length > MAX_LIST) throw damaged(`The attribute ${name} has more than ${MAX_LIST} numbers`, where);
    } else if (field.number === 5) tensor = await readTensor(file, rangeOf(field, where), 0);
  }
  return { name, number, list, text, tensor };
}

async function readFloat({ source }: WireFile, { offset, width }: FixedRun): Promise<number> {
  const bytes = await source.read(offset, width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, width);
  return width === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
}
