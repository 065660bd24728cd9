import { describe, expect, it } from 'vitest';
import { bytes, concatenate, float, integer, message, nested, text } from './protobuf.ts';

const hex = (rope: Parameters<typeof concatenate>[0]) => Buffer.from(concatenate(rope)).toString('hex');

describe('the encoding of protocol buffers', () => {
  it.each([
    { why: 'the example of the specification', rope: integer(1, 150), want: '089601' },
    { why: 'zero', rope: integer(1, 0), want: '0800' },
    { why: 'minus one in ten octets', rope: integer(1, -1), want: `08${'ff'.repeat(9)}01` },
    { why: 'beyond 32 bits', rope: integer(1, 2 ** 40), want: '08808080808020' },
    { why: 'a field number beyond 15', rope: integer(20, 7), want: 'a00107' },
    { why: 'a float', rope: float(2, 0.5), want: '150000003f' },
    { why: 'text in UTF-8', rope: text(2, 'é'), want: '1202c3a9' },
    { why: 'empty bytes', rope: bytes(9, new Uint8Array()), want: '4a00' },
    {
      why: 'a message in a message',
      rope: nested(3, message(integer(1, 150), text(2, 'a'))),
      want: '1a06089601120161',
    },
  ])('$why', ({ rope, want }) => {
    expect(hex(rope)).toBe(want);
    expect(rope.length).toBe(want.length / 2);
  });

  it('keeps large fields as the views that they are', () => {
    const weights = new Uint8Array(1000);
    expect(nested(5, message(text(8, 'w'), bytes(9, weights))).chunks).toContain(weights);
  });
});
