import { fail, type Machine, type Opcodes, pairsOf, pop, popGroup, top } from '../machine.ts';
import { isKind, type PickleSequence, type PickleValue } from '../values.ts';

/** Tuples, lists, dicts and sets: made whole, or made empty and then filled. */
export const containers: Opcodes = {
  40: { name: 'MARK', run: (m) => void m.marks.push(m.stack.length) },
  41: { name: 'EMPTY_TUPLE', run: (m) => pushSequence(m, 'tuple', []) },
  93: { name: 'EMPTY_LIST', run: (m) => pushSequence(m, 'list', []) },
  125: { name: 'EMPTY_DICT', run: (m) => void m.stack.push({ kind: 'dict', entries: [] }) },
  143: { name: 'EMPTY_SET', run: (m) => pushSequence(m, 'set', []) },
  97: { name: 'APPEND', run: (m) => extend(m, 'list', [pop(m)]) },
  101: { name: 'APPENDS', run: (m) => extend(m, 'list', popGroup(m)) },
  144: { name: 'ADDITEMS', run: (m) => extend(m, 'set', popGroup(m)) },
  115: {
    name: 'SETITEM',
    run(m) {
      const value = pop(m);
      setItems(m, [pop(m), value]);
    },
  },
  117: { name: 'SETITEMS', run: (m) => setItems(m, popGroup(m)) },
  100: { name: 'DICT', run: (m) => void m.stack.push({ kind: 'dict', entries: pairsOf(m, popGroup(m)) }) },
  108: { name: 'LIST', run: (m) => pushSequence(m, 'list', popGroup(m)) },
  116: { name: 'TUPLE', run: (m) => pushSequence(m, 'tuple', popGroup(m)) },
  133: { name: 'TUPLE1', run: (m) => pushSequence(m, 'tuple', popLast(m, 1)) },
  134: { name: 'TUPLE2', run: (m) => pushSequence(m, 'tuple', popLast(m, 2)) },
  135: { name: 'TUPLE3', run: (m) => pushSequence(m, 'tuple', popLast(m, 3)) },
  145: { name: 'FROZENSET', run: (m) => pushSequence(m, 'set', popGroup(m)) },
};

function pushSequence({ stack }: Machine, kind: PickleSequence['kind'], items: PickleValue[]): void {
  stack.push({ kind, items });
}

function popLast(machine: Machine, count: number): PickleValue[] {
  return Array.from({ length: count }, () => pop(machine)).toReversed();
}

function extend(machine: Machine, kind: 'list' | 'set', items: readonly PickleValue[]): void {
  const target = top(machine);
  if (!isKind(target, kind)) throw fail(machine, `finds no ${kind} to add to`);
  for (const item of items) target.items.push(item);
}

function setItems(machine: Machine, values: readonly PickleValue[]): void {
  const target = top(machine);
  if (!isKind(target, 'dict')) throw fail(machine, 'finds no dict to add to');
  for (const entry of pairsOf(machine, values)) target.entries.push(entry);
}
