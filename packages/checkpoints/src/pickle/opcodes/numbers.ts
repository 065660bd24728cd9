import { viewOf } from '../../zip/records.ts';
import { fail, type Machine, type Opcodes, takeBytes, takeLine } from '../machine.ts';
import { fromLatin1 } from '../values.ts';

/** 2^2048 is more than anybody counts; converting a number of a million digits takes minutes. */
const MAX_DIGITS = 600;
const MAX_LONG_BYTES = 256;

/** None, booleans and numbers, binary and as text. */
export const numbers: Opcodes = {
  70: { name: 'FLOAT', run: async (m) => void m.stack.push(parseFloatText(m, fromLatin1(await takeLine(m)))) },
  71: { name: 'BINFLOAT', run: async (m) => void m.stack.push(viewOf(await takeBytes(m, 8)).getFloat64(0)) },
  73: { name: 'INT', run: async (m) => void m.stack.push(parseIntText(m, fromLatin1(await takeLine(m)), true)) },
  74: { name: 'BININT', run: async (m) => void m.stack.push(viewOf(await takeBytes(m, 4)).getInt32(0, true)) },
  75: { name: 'BININT1', run: async (m) => void m.stack.push((await takeBytes(m, 1))[0]!) },
  76: { name: 'LONG', run: async (m) => void m.stack.push(parseIntText(m, fromLatin1(await takeLine(m)), false)) },
  77: { name: 'BININT2', run: async (m) => void m.stack.push(viewOf(await takeBytes(m, 2)).getUint16(0, true)) },
  78: { name: 'NONE', run: (m) => void m.stack.push(null) },
  136: { name: 'NEWTRUE', run: (m) => void m.stack.push(true) },
  137: { name: 'NEWFALSE', run: (m) => void m.stack.push(false) },
  138: { name: 'LONG1', run: async (m) => pushLong(m, (await takeBytes(m, 1))[0]!) },
  139: { name: 'LONG4', run: async (m) => pushLong(m, viewOf(await takeBytes(m, 4)).getInt32(0, true)) },
};

/** Little-endian two's complement of any length. */
async function pushLong(machine: Machine, length: number): Promise<void> {
  if (length < 0 || length > MAX_LONG_BYTES) throw fail(machine, `has a number of ${length} bytes`);
  const bytes = await takeBytes(machine, length);
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  machine.stack.push(whole(BigInt.asIntN(8 * length, value)));
}

function parseIntText(machine: Machine, text: string, booleans: boolean): number | bigint | boolean {
  if (booleans && (text === '00' || text === '01')) return text === '01';
  if (text.length <= MAX_DIGITS && /^[ \t]*[-+]?\d+L?\r?$/.test(text))
    return whole(BigInt(text.trim().replace(/^\+|L$/g, '')));
  throw fail(machine, `has no whole number: ${JSON.stringify(text.slice(0, 40))}`);
}

const namedFloats = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
]);

function parseFloatText(machine: Machine, text: string): number {
  const named = namedFloats.get(text.trim());
  if (named !== undefined) return named;
  if (text.length <= MAX_DIGITS && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\r?$/i.test(text)) return Number(text);
  throw fail(machine, `has no number: ${JSON.stringify(text.slice(0, 40))}`);
}

/** A number where it is exact. */
function whole(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
