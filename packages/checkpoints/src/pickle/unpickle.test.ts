import { memorySource } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { littleEndian, pickleBytes } from '../testing/pickle-bytes.ts';
import { type AllowedGlobals, pythonGlobals } from './allowed.ts';
import { unpickle } from './unpickle.ts';

const allowed: AllowedGlobals = new Map([...pythonGlobals, ['m Thing', 'object'], ['m Name', 'name']]);
type Part = string | number | Uint8Array;

async function load(parts: readonly Part[]) {
  return (await unpickle(memorySource(pickleBytes(...parts)), { allowed })).value;
}

const bytes = (text: string) => ({ kind: 'bytes', length: text.length, data: pickleBytes(text) });
const tuple = (...items: readonly unknown[]) => ({ kind: 'tuple', items });
const list = (...items: readonly unknown[]) => ({ kind: 'list', items });
const set = (...items: readonly unknown[]) => ({ kind: 'set', items });
const dict = (...entries: readonly unknown[]) => ({ kind: 'dict', entries });
const long = (length: number) => littleEndian(length, 8);

describe('unpickle reads', () => {
  it.each<[string, readonly Part[], unknown]>([
    ['NONE', ['N.'], null],
    ['NEWTRUE, NEWFALSE', [0x88, 0x89, 0x86, '.'], tuple(true, false)],
    ['INT', ['I-42\n.'], -42],
    ['INT as a boolean', ['I01\nI00\n', 0x86, '.'], tuple(true, false)],
    ['LONG', ['L123L\n.'], 123],
    ['LONG past 2^53', ['L-9007199254740993L\n.'], -9007199254740993n],
    ['BININT', ['J', 0xfe, 0xff, 0xff, 0xff, '.'], -2],
    ['BININT1', ['K', 0xff, '.'], 255],
    ['BININT2', ['M', 0xff, 0xff, '.'], 65_535],
    ['LONG1', [0x8a, 2, 0xff, 0x7f, '.'], 32_767],
    ['LONG1, negative', [0x8a, 1, 0xff, '.'], -1],
    ['LONG1 of no bytes', [0x8a, 0, '.'], 0],
    ['LONG4', [0x8b, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, '.'], 2n ** 64n],
    ['FLOAT', ['F-1.5e3\n.'], -1500],
    ['FLOAT inf and nan', ['Finf\nFnan\n', 0x86, '.'], tuple(Number.POSITIVE_INFINITY, Number.NaN)],
    ['BINFLOAT', ['G', 0xc0, 0x04, 0, 0, 0, 0, 0, 0, '.'], -2.5],
    ['STRING', [String.raw`S'a\x00\\\'\n\101"'`, '\n.'], bytes('a\0\\\'\nA"')],
    ['STRING in double quotes', [`S"it's"\n.`], bytes("it's")],
    ['BINSTRING', ['T', 3, 0, 0, 0, 'x\xffz.'], bytes('x\xffz')],
    ['SHORT_BINSTRING', ['U', 2, 'xy.'], bytes('xy')],
    ['UNICODE', [String.raw`Va\u016f\U0001F600`, '\xe9\n.'], 'a\u016f\u{1f600}\xe9'],
    ['BINUNICODE', ['X', 3, 0, 0, 0, 'k\xc5\xaf.'], 'k\u016f'],
    ['SHORT_BINUNICODE', [0x8c, 1, 'k.'], 'k'],
    ['BINUNICODE8', [0x8d, long(1), 'k.'], 'k'],
    ['BINBYTES', ['B', 1, 0, 0, 0, 'x.'], bytes('x')],
    ['SHORT_BINBYTES', ['C', 1, 'x.'], bytes('x')],
    ['BINBYTES8', [0x8e, long(1), 'x.'], bytes('x')],
    ['BYTEARRAY8', [0x96, long(1), 'x.'], bytes('x')],
    ['tuples', [')K', 1, 0x85, 'NN', 0x86, 'NNN', 0x87, '(NN0t(', 0x88, 't00', 0x87, '.'], undefined],
    ['EMPTY_LIST, APPEND, APPENDS', [']NaK', 1, 'a(', 0x88, 0x89, 'e.'], list(null, 1, true, false)],
    ['LIST', ['(NNl.'], list(null, null)],
    [
      'EMPTY_DICT, SETITEM, SETITEMS',
      ['}K', 1, 'Ns(K', 2, 0x88, 'K', 3, 0x89, 'u.'],
      dict([1, null], [2, true], [3, false]),
    ],
    ['DICT', ['(K', 1, 'Nd.'], dict([1, null])],
    ['EMPTY_SET, ADDITEMS', [0x8f, '(K', 1, 'K', 2, 0x90, '.'], set(1, 2)],
    ['FROZENSET', ['(K', 1, 0x91, '.'], set(1)],
    ['PUT, GET', ['Np7\n0g7\n.'], null],
    ['BINPUT, BINGET', ['K', 9, 'q', 1, '0h', 1, '.'], 9],
    ['LONG_BINPUT, LONG_BINGET', ['K', 9, 'r', 0, 0, 0, 0xff, '0j', 0, 0, 0, 0xff, '.'], 9],
    ['MEMOIZE', ['K', 8, 0x94, 'K', 9, 0x94, 'h', 0, 0x87, '.'], tuple(8, 9, 8)],
    ['DUP, POP, POP_MARK', ['K', 1, '2N0(NN1', 0x86, '.'], tuple(1, 1)],
    ['POP of a mark', ['K', 1, '(0.'], 1],
    ['PROTO, FRAME', [0x80, 5, 0x95, long(2), 'N.'], null],
    ['GLOBAL', ['cm\nName\n.'], { kind: 'global', name: 'm Name' }],
    ['STACK_GLOBAL', [0x8c, 1, 'm', 0x8c, 4, 'Name', 0x93, '.'], { kind: 'global', name: 'm Name' }],
    ['REDUCE', ['cm\nThing\nK', 1, 0x85, 'R.'], { kind: 'object', type: 'm Thing', args: [1] }],
    ['NEWOBJ, BUILD', ['cm\nThing\n)', 0x81, 'K', 5, 'b.'], { kind: 'object', type: 'm Thing', args: [], state: 5 }],
    ['INST', ['(K', 1, 'im\nThing\n.'], { kind: 'object', type: 'm Thing', args: [1] }],
    ['OBJ', ['(cm\nThing\nK', 1, 'o.'], { kind: 'object', type: 'm Thing', args: [1] }],
    ['an OrderedDict with attributes', ['ccollections\nOrderedDict\n)R(K', 1, 'Nu}b.'], dict([1, null])],
    ["Python 2's OrderedDict", ['ccollections\nOrderedDict\n(](](K', 1, 'NeetR.'], dict([1, null])],
    ['a set by call', ['c__builtin__\nset\n](K', 1, 'e', 0x85, 'R.'], set(1)],
    [
      'bytes by call',
      ['c_codecs\nencode\nX', 2, 0, 0, 0, 0xc3, 0xbf, 'X', 6, 0, 0, 0, 'latin1', 0x86, 'R.'],
      bytes('\xff'),
    ],
  ])('%s', async (_what, parts, want) => {
    const value = await load(parts);
    if (want === undefined) expect(JSON.stringify(value).length).toBeGreaterThan(100);
    else expect(value).toEqual(want);
  });

  it('long byte strings as ranges that are not read', async () => {
    const start = pickleBytes(0x80, 2, ']', 'T', littleEndian(2_000_000, 4));
    const whole = memorySource(pickleBytes(start, new Uint8Array(2_000_000), 'aK', 7, 'a.'));
    let read = 0;
    const counting = {
      ...whole,
      async read(offset: number, length: number) {
        read += length;
        return whole.read(offset, length);
      },
    };
    const { value, end } = await unpickle(counting, { allowed });
    expect(value).toEqual(list({ kind: 'bytes', length: 2_000_000, offset: start.length }, 7));
    expect(end).toBe(whole.size);
    expect(read).toBeLessThan(140_000);
  });

  it('one pickle after the other, and references to things outside', async () => {
    const source = memorySource(pickleBytes('xxN.K', 1, 'QK', 2, 'Q', 0x86, '.zz'));
    const first = await unpickle(source, { allowed, offset: 2 });
    const second = await unpickle(source, { allowed, offset: first.end, persistent: true });
    expect([first.value, first.end, second.end]).toEqual([null, 4, 12]);
    expect(second.value).toEqual(tuple({ kind: 'persistent', id: 1 }, { kind: 'persistent', id: 2 }));
    expect(second.references).toEqual([1, 2]);
  });

  it('values that occur again without copying them, though they hold themselves', async () => {
    const value = (await load([']q', 0, 'h', 0, 'a.'])) as unknown as { items: readonly unknown[] };
    expect(value.items[0]).toBe(value);
  });

  it('opcodes that lie across the ends of buffers', async () => {
    const numbers = Array.from({ length: 40_000 }, (_, i) => i);
    const parts = numbers.map((i) => pickleBytes('J', littleEndian(i, 4)));
    expect(await load([0x80, 2, '](', pickleBytes(...parts), 'e.'])).toEqual(list(...numbers));
  });
});

const nested = (open: string, count: number) => open.repeat(count);

describe('unpickle refuses', () => {
  it.each<[string, readonly Part[], RegExp]>([
    ['nothing', [], /1 bytes should follow but 0 are left \(x\.pkl, byte 0\)/],
    ['a pickle without end', ['N'], /1 bytes should follow/],
    ['a pickle of nothing', ['.'], /opcode STOP finds nothing on the stack/],
    ['an opcode that does not exist', ['N', 0xff, '.'], /opcode 0xff does not exist \(x\.pkl, byte 1\)/],
    ['a class', [0x80, 2, 'cos\nsystem\n.'], /opcode GLOBAL wants "os system".*\(x\.pkl, byte 2\)/],
    ['a class by STACK_GLOBAL', [0x8c, 2, 'os', 0x8c, 6, 'system', 0x93, '.'], /STACK_GLOBAL wants "os system"/],
    ['a class by INST', ['(ios\nsystem\n.'], /INST wants "os system"/],
    ['a call of builtins', ['c__builtin__\neval\n.'], /wants "__builtin__ eval"/],
    ['a call of what may only be named', ['cm\nName\n)R.'], /REDUCE wants "m Name"/],
    ['a call of a value', ['K', 1, ')R.'], /calls what is neither/],
    ['arguments that are no tuple', ['cm\nThing\nNR.'], /arguments that are no tuple/],
    ['a module that is no text', ['NN', 0x93, '.'], /name that is no text/],
    ['references where there are none', ['K', 1, 'Q.'], /BINPERSID is not allowed here/],
    ['PERSID', ['P1\n.'], /PERSID is not allowed/],
    ['EXT1', [0x82, 1, '.'], /EXT1 is not allowed/],
    ['EXT2', [0x83, 1, 0, '.'], /EXT2 is not allowed/],
    ['EXT4', [0x84, 1, 0, 0, 0, '.'], /EXT4 is not allowed/],
    ['NEWOBJ_EX', ['cm\nThing\n)}', 0x92, '.'], /NEWOBJ_EX is not allowed/],
    ['buffers outside', [0x97, '.'], /NEXT_BUFFER is not allowed/],
    ['READONLY_BUFFER', ['N', 0x98, '.'], /READONLY_BUFFER is not allowed/],
    ['protocol 6', [0x80, 6, 'N.'], /protocol 6/],
    ['a frame past the end', [0x95, long(3), 'N.'], /FRAME has a length of 3 bytes but 2 are left/],
    ['LONG4 of 2^31 - 1 bytes', [0x8b, 0xff, 0xff, 0xff, 0x7f, '.'], /a number of 2147483647 bytes/],
    ['LONG4 of -1 bytes', [0x8b, 0xff, 0xff, 0xff, 0xff, '.'], /a number of -1 bytes/],
    ['LONG with a million digits', ['L', '9'.repeat(1_000_000), '\n.'], /no whole number/],
    ['INT that is none', ['I1.5\n.'], /no whole number: "1\.5"/],
    ['FLOAT that is none', ['F0x10\n.'], /no number/],
    ['a line without end', ['I', '1'.repeat(5000)], /line without end/],
    ['a line that is too long', ['I', '1'.repeat(1_200_000)], /line of more than 1048576/],
    ['a string past the end', ['T', 5, 0, 0, 0, 'abc.'], /length of 5 bytes but 4 are left/],
    ['a string of -1 bytes', ['T', 0xff, 0xff, 0xff, 0xff, '.'], /length of -1 bytes/],
    ['bytes of 2^64 - 1', [0x8e, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, '.'], /BINBYTES8 has a length/],
    ['a text that is not UTF-8', [0x8c, 1, 0xff, '.'], /cannot be decoded/],
    ['a text of 17 MB', ['X', littleEndian(17_000_000, 4), new Uint8Array(17_000_001)], /text of 17000000 bytes/],
    ['STRING without quotes', ['Sabc\n.'], /cannot be decoded/],
    ['STRING with a bad escape', [String.raw`S'\q'`, '\n.'], /cannot be decoded/],
    ['a code point that does not exist', [String.raw`V\U00110000`, '\n.'], /cannot be decoded/],
    ['APPEND to a tuple', [')Na.'], /finds no list/],
    ['ADDITEMS to a list', ['](N', 0x90, '.'], /finds no set/],
    ['SETITEM on a list', [']NNs.'], /finds no dict/],
    ['SETITEMS with a key alone', ['}(Nu.'], /key without a value/],
    ['a group without mark', ['Nt.'], /finds no mark/],
    ['what lies below a mark', ['N(', 0x85, '.'], /finds nothing on the stack/],
    ['what is not in the memo', ['h', 3, '.'], /finds no number 3 in the memo/],
    ['an index that is none', ['g-1\n.'], /has no index/],
    ['BUILD on a number', ['K', 1, 'Nb.'], /finds no object to build/],
    [
      'bytes in another encoding',
      ['c_codecs\nencode\n', 0x8c, 1, 'a', 0x8c, 5, 'rot13', 0x86, 'R.'],
      /something else than Latin-1/,
    ],
    ['nesting without end', [nested(']', 1_100_000)], /opcode EMPTY_LIST is number 1000000/],
    ['marks without end', [nested('(', 1_100_000)], /MARK is number 1000000/],
    ['a stack without end', ['N', nested('2', 1_100_000)], /DUP is number 1000000/],
    [
      'a list that is copied again and again',
      [
        'c__builtin__\nset\nq',
        0,
        '](',
        nested('N', 1000),
        'e',
        0x85,
        'q',
        1,
        pickleBytes(...Array.from({ length: 1000 }, () => pickleBytes('h', 0, 'h', 1, 'R0'))),
      ],
      /copies more than the file holds/,
    ],
  ])('%s', async (_what, parts, message) => {
    const source = memorySource(pickleBytes(...parts), 'x.pkl');
    const start = performance.now();
    const failure = unpickle(source, { allowed });
    await expect(failure).rejects.toMatchObject({ code: 'invalid-file' });
    await expect(failure).rejects.toThrow(message);
    expect(performance.now() - start).toBeLessThan(20_000); // a hang, not a slow machine
  });

  it('deep nesting that ends, without recursing', async () => {
    const value = (await load([nested('](', 200_000), nested('e', 200_000), '.'])) as { kind: string } | null;
    expect(value?.kind).toBe('list');
  });

  it('to go on when the reader gives up', async () => {
    const reading = unpickle(memorySource(pickleBytes('N.')), { allowed, signal: AbortSignal.abort() });
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
  });
});
