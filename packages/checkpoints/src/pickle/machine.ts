import type { AlexNetError } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import type { AllowedGlobals } from './allowed.ts';
import type { Cursor } from './cursor.ts';
import { isKind, type PickleValue } from './values.ts';

/** The state of the pickle machine: a stack with marks, and a memo. Values are shared, never copied: a memo bomb costs nothing. */
export interface Machine {
  readonly cursor: Cursor;
  readonly stack: PickleValue[];
  /** Heights of the stack at which groups begin. */
  readonly marks: number[];
  readonly memo: Map<number, PickleValue>;
  readonly allowed: AllowedGlobals;
  /** Whether references to things outside are taken. */
  readonly persistent: boolean;
  /** The ids of these. */
  readonly references: PickleValue[];
  /** For errors: what the pickle is, the opcode that runs and where it stands. */
  readonly where: string;
  /** How to get a file without the global that is not allowed. */
  readonly fix: string | undefined;
  opcode: string;
  opcodeAt: number;
  /** Items and bytes that calls have copied so far. */
  copied: number;
}

/** One opcode of the language (pickletools in Python's library describes them all). */
export interface Opcode {
  readonly name: string;
  /** What it does; a promise only when bytes have to be waited for. */
  readonly run: (machine: Machine) => void | Promise<void>;
}

/** Opcodes by their byte. */
export type Opcodes = Readonly<Record<number, Opcode>>;

export function fail({ where, opcode, opcodeAt }: Machine, message: string): AlexNetError {
  return damaged(`The pickle's opcode ${opcode} ${message}`, where, opcodeAt);
}

export function pop(machine: Machine): PickleValue {
  const floor = machine.marks.at(-1) ?? 0;
  if (machine.stack.length <= floor) throw fail(machine, 'finds nothing on the stack');
  return machine.stack.pop()!;
}

/** The value on top, which stays there. */
export function top(machine: Machine): PickleValue {
  const value = pop(machine);
  machine.stack.push(value);
  return value;
}

/** The values since the last mark. */
export function popGroup(machine: Machine): PickleValue[] {
  const mark = machine.marks.pop();
  if (mark === undefined) throw fail(machine, 'finds no mark on the stack');
  return machine.stack.splice(mark);
}

/** The values, two and two. */
export function pairsOf(machine: Machine, values: readonly PickleValue[]): [PickleValue, PickleValue][] {
  if (values.length % 2 !== 0) throw fail(machine, 'has a key without a value');
  return Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i]!, values[2 * i + 1]!]);
}

/** The items of a tuple: the arguments of a call. */
export function popArguments(machine: Machine): readonly PickleValue[] {
  const args = pop(machine);
  if (!isKind(args, 'tuple')) throw fail(machine, 'has arguments that are no tuple');
  return args.items;
}

/** Few bytes, loaded if need be. */
export async function takeBytes({ cursor }: Machine, length: number): Promise<Uint8Array> {
  if (!cursor.has(length)) await cursor.load(length);
  return cursor.take(length);
}

/** The longest line of the text opcodes. */
const MAX_LINE = 2 ** 20;
const NEWLINE = 0x0a;

/** The bytes up to the next line feed, which is passed over. */
export async function takeLine(machine: Machine): Promise<Uint8Array> {
  const { cursor } = machine;
  for (let length = 256; ; length *= 4) {
    const window = Math.min(length, cursor.end - cursor.position());
    if (!cursor.has(window)) await cursor.load(window);
    const found = cursor.peek(window).indexOf(NEWLINE);
    if (found >= 0) return cursor.take(found + 1).subarray(0, found);
    if (window < length) throw fail(machine, 'has a line without end');
    if (length >= MAX_LINE) throw fail(machine, `has a line of more than ${MAX_LINE} bytes`);
  }
}
