import { damaged } from '../damaged.ts';
import { isKind, type PickleDict, type PickleObject, type PickleValue, textOf } from '../pickle/values.ts';
import { tensorCall } from './rebuild.ts';

/** The tensors of a .pth, and what is there beside them. */
export interface StateDict {
  /** The calls that rebuild the tensors, by name. */
  readonly tensors: ReadonlyMap<string, PickleObject>;
  readonly others: readonly string[];
  /** What a training script wrote beside the state dict, where it is short. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Under these names training scripts keep the weights beside the epoch, the optimiser and so on; the first that is there counts. */
const wrappers = ['state_dict', 'model_state_dict', 'model', 'net', 'network', 'weights', 'params'];

const MAX_TENSORS = 100_000;
const MAX_METADATA = 100;

/** Finds the state dict: the whole value, or one entry of it. Errors: `invalid-file` when there is none. */
export function findStateDict(value: PickleValue, where: string): StateDict {
  if (!isKind(value, 'dict')) throw damaged('The file holds no dict of tensors', where);
  const top = byName(value);
  const dicts = new Map([...top].filter(([, entry]) => isKind(entry, 'dict')));
  const withTensors = new Set([...new Set(dicts.values())].filter(hasTensors)); // each looked at once, however often it occurs
  const inner = [...dicts].filter(([, entry]) => withTensors.has(entry)).map(([name]) => name);
  const wrapped = wrappers.find((name) => inner.includes(name));
  if (wrapped === undefined && hasTensors(value)) return { ...split(top, where), metadata: {} };
  const name = wrapped ?? (inner.length === 1 ? inner[0] : undefined);
  const dict = name === undefined ? undefined : top.get(name);
  if (!isKind(dict, 'dict')) {
    const names = [...top.keys()].slice(0, 8).map((key) => key.slice(0, 60));
    throw damaged(`The file holds no dict of tensors: its entries are ${names.join(', ') || 'none'}`, where);
  }
  const { tensors, others } = split(byName(dict), where);
  const beside = [...top].filter(([key]) => key !== name);
  return { tensors, others: [...others, ...beside.map(([key]) => key)], metadata: metadataOf(beside) };
}

function byName({ entries }: PickleDict): Map<string, PickleValue> {
  const map = new Map<string, PickleValue>();
  for (const [key, value] of entries) map.set(textOf(key) ?? nameOfKey(key), value);
  return map;
}

function nameOfKey(key: PickleValue): string {
  return typeof key === 'object' && key !== null ? `(${key.kind})` : String(key);
}

function hasTensors(value: PickleValue | undefined): boolean {
  return isKind(value, 'dict') && value.entries.some(([, entry]) => tensorCall(entry) !== undefined);
}

function split(dict: ReadonlyMap<string, PickleValue>, where: string): Pick<StateDict, 'tensors' | 'others'> {
  if (dict.size > MAX_TENSORS) throw damaged(`There are more than ${MAX_TENSORS} tensors`, where);
  const tensors = new Map<string, PickleObject>();
  const others: string[] = [];
  for (const [name, value] of dict) {
    const call = tensorCall(value);
    if (call === undefined) others.push(name);
    else tensors.set(name, call);
  }
  return { tensors, others };
}

/** Numbers and short texts. */
function metadataOf(entries: readonly (readonly [string, PickleValue])[]): Record<string, string> {
  const texts = entries.flatMap(([name, value]): [string, string][] => {
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : textOf(value);
    return text === undefined || text.length > 200 || name.length > 200 ? [] : [[name, text]];
  });
  return Object.fromEntries(texts.slice(0, MAX_METADATA));
}
