import { viewOf } from '../../zip/records.ts';
import { call, pushGlobal } from '../allowed.ts';
import {
  fail,
  type Machine,
  type Opcode,
  type Opcodes,
  pop,
  popArguments,
  popGroup,
  takeBytes,
  takeLine,
} from '../machine.ts';
import { fromLatin1, isKind, type PickleValue, textOf } from '../values.ts';

const HIGHEST_PROTOCOL = 5;

/** An opcode that no checkpoint needs, and that reaches outside of the pickle. */
const forbidden = (name: string): Opcode => ({
  name,
  run(m) {
    throw fail(m, 'is not allowed');
  },
});

/** Classes and functions, objects of them, and what frames the pickle. */
export const objects: Opcodes = {
  99: {
    name: 'GLOBAL',
    async run(m) {
      const module = fromLatin1(await takeLine(m));
      pushGlobal(m, module, fromLatin1(await takeLine(m)));
    },
  },
  147: {
    name: 'STACK_GLOBAL',
    run(m) {
      const [name, module] = [textOf(pop(m)), textOf(pop(m))];
      if (name === undefined || module === undefined) throw fail(m, 'has a name that is no text');
      pushGlobal(m, module, name);
    },
  },
  82: { name: 'REDUCE', run: callPopped },
  129: { name: 'NEWOBJ', run: callPopped },
  105: {
    name: 'INST',
    async run(m) {
      const module = fromLatin1(await takeLine(m));
      pushGlobal(m, module, fromLatin1(await takeLine(m)));
      const callee = pop(m);
      m.stack.push(call(m, callee, popGroup(m)));
    },
  },
  111: {
    name: 'OBJ',
    run(m) {
      const [callee, ...args] = popGroup(m);
      if (callee === undefined) throw fail(m, 'has no class');
      m.stack.push(call(m, callee, args));
    },
  },
  98: {
    name: 'BUILD',
    run(m) {
      const state = pop(m);
      setState(m, state);
    },
  },
  81: {
    name: 'BINPERSID',
    run(m) {
      if (!m.persistent) throw fail(m, 'is not allowed here');
      const id = pop(m);
      m.references.push(id);
      m.stack.push({ kind: 'persistent', id });
    },
  },
  128: {
    name: 'PROTO',
    async run(m) {
      const [protocol] = await takeBytes(m, 1);
      if (protocol! > HIGHEST_PROTOCOL) throw fail(m, `names protocol ${protocol}, which does not exist`);
    },
  },
  149: {
    name: 'FRAME',
    async run(m) {
      const length = Number(viewOf(await takeBytes(m, 8)).getBigUint64(0, true));
      const left = m.cursor.end - m.cursor.position();
      if (length > left) throw fail(m, `has a length of ${length} bytes but ${left} are left`);
    },
  },
  80: forbidden('PERSID'),
  130: forbidden('EXT1'),
  131: forbidden('EXT2'),
  132: forbidden('EXT4'),
  146: forbidden('NEWOBJ_EX'),
  151: forbidden('NEXT_BUFFER'),
  152: forbidden('READONLY_BUFFER'),
};

function callPopped(machine: Machine): void {
  const args = popArguments(machine);
  machine.stack.push(call(machine, pop(machine), args));
}

/** Objects keep their state. That of a dict or set are attributes, such as `_metadata` of a state dict, which hold no tensors. */
function setState(machine: Machine, state: PickleValue): void {
  const target = pop(machine);
  if (!isKind(target, 'object', 'dict', 'set')) throw fail(machine, 'finds no object to build');
  if (target.kind === 'object') target.state = state;
  machine.stack.push(target);
}
