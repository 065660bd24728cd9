import { AlexNetError } from '@alexnet/core';
import { fail, type Machine } from './machine.ts';
import { isKind, type PickleValue, toLatin1 } from './values.ts';

/** What becomes of a global: it may be named only; calling it gives a dict, a set, bytes, or an object that keeps the arguments. */
export type GlobalUse = 'name' | 'dict' | 'set' | 'bytes' | 'object';

/** By module and name with a space between: `collections OrderedDict`. Everything else is refused. */
export type AllowedGlobals = ReadonlyMap<string, GlobalUse>;

/** Harmless globals of Python's own library that checkpoints contain. */
export const pythonGlobals: AllowedGlobals = new Map<string, GlobalUse>([
  ['collections OrderedDict', 'dict'],
  ['collections defaultdict', 'dict'],
  ['_codecs encode', 'bytes'],
  ...['builtins', '__builtin__'].flatMap((module): [string, GlobalUse][] => [
    [`${module} set`, 'set'],
    [`${module} frozenset`, 'set'],
    [`${module} bytearray`, 'object'],
    [`${module} complex`, 'object'],
    ...['dict', 'list', 'tuple', 'int', 'float', 'str', 'bool', 'object', 'slice'].map((name): [string, GlobalUse] => [
      `${module} ${name}`,
      'name',
    ]),
  ]),
]);

/** Names a global. Errors: `invalid-file` when it is not allowed. */
export function pushGlobal(machine: Machine, module: string, name: string): void {
  const global = `${module} ${name}`;
  if (!machine.allowed.has(global)) throw refused(machine, global);
  machine.stack.push({ kind: 'global', name: global });
}

/** Calls a global: gives what stands for the result. */
export function call(machine: Machine, callee: PickleValue, args: readonly PickleValue[]): PickleValue {
  if (!isKind(callee, 'global')) throw fail(machine, 'calls what is neither a class nor a function');
  const use = machine.allowed.get(callee.name);
  if (use === 'object') return { kind: 'object', type: callee.name, args };
  if (use === 'dict') return { kind: 'dict', entries: firstPairs(machine, args) };
  if (use === 'bytes') return encode(machine, args);
  if (use !== 'set') throw refused(machine, callee.name);
  const [items] = args;
  return { kind: 'set', items: isKind(items, 'list', 'tuple', 'set') ? copied(machine, items.items) : [] };
}

/** Python 2 pickled an OrderedDict as a call with a list of `[key, value]`. */
function firstPairs(machine: Machine, args: readonly PickleValue[]): [PickleValue, PickleValue][] {
  const list = args.find((arg) => isKind(arg, 'list', 'tuple'));
  if (!isKind(list, 'list', 'tuple')) return [];
  return copied(machine, list.items).map((pair) => {
    if (!isKind(pair, 'list', 'tuple') || pair.items.length !== 2) throw fail(machine, 'has a dict of no pairs');
    return [pair.items[0]!, pair.items[1]!];
  });
}

/** Protocols below 3 have no bytes: Python 3 writes `_codecs.encode(text, 'latin1')`. */
function encode(machine: Machine, [text, encoding]: readonly PickleValue[]): PickleValue {
  if (typeof text !== 'string' || encoding !== 'latin1') throw fail(machine, 'encodes something else than Latin-1');
  spend(machine, text.length);
  const data = toLatin1(text);
  if (data === undefined) throw fail(machine, 'encodes a text that is not Latin-1');
  return { kind: 'bytes', length: data.length, data };
}

function copied(machine: Machine, items: readonly PickleValue[]): PickleValue[] {
  spend(machine, items.length);
  return items.slice();
}

/** What is copied was written once, in a byte or more; a pickle that has the memo's values copied again and again is a bomb. */
function spend(machine: Machine, amount: number): void {
  machine.copied += amount;
  if (machine.copied > machine.cursor.end) throw fail(machine, 'copies more than the file holds');
}

function refused({ where, opcode, opcodeAt, fix }: Machine, global: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message: `The pickle's opcode ${opcode} wants ${JSON.stringify(global.slice(0, 200))}, which only Python code could build`,
    where: `${where}, byte ${opcodeAt}`,
    fix: fix ?? 'Only numbers, texts, containers and arrays are read.',
  });
}
