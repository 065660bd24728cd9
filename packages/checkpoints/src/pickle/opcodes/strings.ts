import { viewOf } from '../../zip/records.ts';
import { fail, type Machine, type Opcodes, takeBytes, takeLine } from '../machine.ts';
import { parsePythonString, parseRawUnicode } from '../python-text.ts';

/** Bytes up to this many are kept in memory; more are left where they are. */
const INLINE_BYTES = 1024;
/** Names and the like are texts; weights never are. */
const MAX_TEXT_BYTES = 2 ** 24;

/** How the length before a string is read. */
const length8 = async (m: Machine) => (await takeBytes(m, 1))[0]!;
const length32 = async (m: Machine) => viewOf(await takeBytes(m, 4)).getUint32(0, true);
const lengthSigned = async (m: Machine) => viewOf(await takeBytes(m, 4)).getInt32(0, true);
const length64 = async (m: Machine) => Number(viewOf(await takeBytes(m, 8)).getBigUint64(0, true));

/** Bytes, texts, and the strings of Python 2, which are bytes too. */
export const strings: Opcodes = {
  66: { name: 'BINBYTES', run: async (m) => pushBytes(m, await length32(m)) },
  67: { name: 'SHORT_BINBYTES', run: async (m) => pushBytes(m, await length8(m)) },
  83: { name: 'STRING', run: pushPythonString },
  84: { name: 'BINSTRING', run: async (m) => pushBytes(m, await lengthSigned(m)) },
  85: { name: 'SHORT_BINSTRING', run: async (m) => pushBytes(m, await length8(m)) },
  86: { name: 'UNICODE', run: async (m) => void m.stack.push(decoded(m, parseRawUnicode(await takeLine(m)))) },
  88: { name: 'BINUNICODE', run: async (m) => pushText(m, await length32(m)) },
  140: { name: 'SHORT_BINUNICODE', run: async (m) => pushText(m, await length8(m)) },
  141: { name: 'BINUNICODE8', run: async (m) => pushText(m, await length64(m)) },
  142: { name: 'BINBYTES8', run: async (m) => pushBytes(m, await length64(m)) },
  150: { name: 'BYTEARRAY8', run: async (m) => pushBytes(m, await length64(m)) },
};

async function pushBytes(machine: Machine, length: number): Promise<void> {
  const { cursor, stack } = machine;
  checkLength(machine, length);
  if (length <= INLINE_BYTES) {
    const bytes = await takeBytes(machine, length);
    stack.push({ kind: 'bytes', length, data: new Uint8Array(bytes) });
    return;
  }
  stack.push({ kind: 'bytes', length, offset: cursor.position() });
  cursor.skip(length);
}

async function pushText(machine: Machine, length: number): Promise<void> {
  checkLength(machine, length);
  if (length > MAX_TEXT_BYTES) throw fail(machine, `has a text of ${length} bytes, more than ${MAX_TEXT_BYTES}`);
  machine.stack.push(decoded(machine, decodeUtf8(await takeBytes(machine, length))));
}

async function pushPythonString(machine: Machine): Promise<void> {
  const data = decoded(machine, parsePythonString(await takeLine(machine)));
  machine.stack.push({ kind: 'bytes', length: data.length, data });
}

function checkLength(machine: Machine, length: number): void {
  const left = machine.cursor.end - machine.cursor.position();
  if (length < 0 || length > left) throw fail(machine, `has a length of ${length} bytes but ${left} are left`);
}

/** Python pickles a lone surrogate as three bytes that are not UTF-8: no name has one. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function decoded<T>(machine: Machine, text: T | undefined): T {
  if (text === undefined) throw fail(machine, 'has a text that cannot be decoded');
  return text;
}
