import { viewOf } from '../../zip/records.ts';
import { fail, type Machine, type Opcodes, pop, popGroup, takeBytes, takeLine, top } from '../machine.ts';
import { fromLatin1 } from '../values.ts';

const index8 = async (m: Machine) => (await takeBytes(m, 1))[0]!;
const index32 = async (m: Machine) => viewOf(await takeBytes(m, 4)).getUint32(0, true);

/** The memo, which lets a value occur again, and the stack itself. */
export const memo: Opcodes = {
  103: { name: 'GET', run: async (m) => get(m, await indexText(m)) },
  104: { name: 'BINGET', run: async (m) => get(m, await index8(m)) },
  106: { name: 'LONG_BINGET', run: async (m) => get(m, await index32(m)) },
  112: { name: 'PUT', run: async (m) => void m.memo.set(await indexText(m), top(m)) },
  113: { name: 'BINPUT', run: async (m) => void m.memo.set(await index8(m), top(m)) },
  114: { name: 'LONG_BINPUT', run: async (m) => void m.memo.set(await index32(m), top(m)) },
  148: { name: 'MEMOIZE', run: (m) => void m.memo.set(m.memo.size, top(m)) },
  48: {
    name: 'POP', // of a mark too
    run(m) {
      if (m.marks.at(-1) === m.stack.length) m.marks.pop();
      else pop(m);
    },
  },
  49: { name: 'POP_MARK', run: (m) => void popGroup(m) },
  50: { name: 'DUP', run: (m) => void m.stack.push(top(m)) },
};

function get(machine: Machine, index: number): void {
  const value = machine.memo.get(index);
  if (value === undefined) throw fail(machine, `finds no number ${index} in the memo`);
  machine.stack.push(value);
}

async function indexText(machine: Machine): Promise<number> {
  const text = fromLatin1(await takeLine(machine));
  if (/^\d{1,10}\r?$/.test(text)) return Number.parseInt(text, 10);
  throw fail(machine, `has no index: ${JSON.stringify(text.slice(0, 40))}`);
}
