import type { ByteSource, ReadOptions } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import type { AllowedGlobals } from './allowed.ts';
import { openCursor } from './cursor.ts';
import { fail, type Machine, type Opcodes, pop } from './machine.ts';
import { containers } from './opcodes/containers.ts';
import { memo } from './opcodes/memo.ts';
import { numbers } from './opcodes/numbers.ts';
import { objects } from './opcodes/objects.ts';
import { strings } from './opcodes/strings.ts';
import type { PickleValue } from './values.ts';

const opcodes: Opcodes = { ...numbers, ...strings, ...containers, ...memo, ...objects };
const STOP = 0x2e;

/** A training checkpoint of a network with thousands of tensors has some 10^5. Each opcode makes one value at most. */
const MAX_OPCODES = 1_000_000;

export interface UnpickleOptions extends ReadOptions {
  /** Where the pickle begins in the source. Default: 0. */
  readonly offset?: number;
  /** The only classes and functions that may occur. */
  readonly allowed: AllowedGlobals;
  /** Whether `BINPERSID` is understood by the caller. Default: no. */
  readonly persistent?: boolean;
  /** For errors. Default: the source's name. */
  readonly where?: string;
  /** Advice for an error about a global that is not allowed. */
  readonly fix?: string;
}

export interface Unpickled {
  readonly value: PickleValue;
  /** Offset of the byte after the pickle. */
  readonly end: number;
  /** What the pickle refers to outside of itself, in order. */
  readonly references: readonly PickleValue[];
}

/**
 * Reads a pickle of protocol 0 to 5 without running anything: it can only give plain data (see `PickleValue`).
 * Errors: `invalid-file` that names the opcode and its offset, or the global that is not allowed; `aborted`.
 */
export async function unpickle(source: ByteSource, options: UnpickleOptions): Promise<Unpickled> {
  const { offset = 0, allowed, persistent = false, where = source.name, fix } = options;
  const cursor = openCursor(source, offset, where, options);
  const machine: Machine = {
    cursor,
    stack: [],
    marks: [],
    memo: new Map(),
    allowed,
    persistent,
    where,
    fix,
    opcode: 'STOP',
    opcodeAt: offset,
    copied: 0,
    references: [],
  };
  for (let count = 0; count < MAX_OPCODES; count++) {
    if (!cursor.has(1)) await cursor.load(1);
    machine.opcodeAt = cursor.position();
    const code = cursor.take(1)[0]!;
    if (code === STOP) {
      machine.opcode = 'STOP';
      return { value: pop(machine), end: cursor.position(), references: machine.references };
    }
    const opcode = opcodes[code];
    if (opcode === undefined) throw unknown(machine, code);
    machine.opcode = opcode.name;
    const waiting = opcode.run(machine);
    if (waiting !== undefined) await waiting;
  }
  throw fail(machine, `is number ${MAX_OPCODES}, and the pickle still goes on`);
}

function unknown({ where, opcodeAt }: Machine, code: number) {
  return damaged(`The pickle's opcode 0x${code.toString(16).padStart(2, '0')} does not exist`, where, opcodeAt);
}
