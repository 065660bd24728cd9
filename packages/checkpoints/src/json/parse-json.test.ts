import { describe, expect, it } from 'vitest';
import { at, listOf, numberAt, parseJsonObject, stringAt } from './parse-json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('parseJsonObject', () => {
  it('reads text and bytes alike, with __proto__ as a key like any other', () => {
    const json = '{"__proto__": {"name": "x"}, "list": [1, null]}';
    for (const form of [json, bytes(json), bytes(`\u{feff}${json}`)]) {
      const value = parseJsonObject(form, 'a.json');
      expect(stringAt(value, '__proto__', 'name')).toBe('x');
      expect(listOf(at(value, 'list'))).toEqual([1, null]);
    }
    expect(({} as { name?: string }).name).toBeUndefined();
  });

  it.each([
    ['{"a": 1, "a": 2}', /occurs twice/],
    [`{"a": ${'['.repeat(100)}${']'.repeat(100)}}`, /nested more than 64 deep/],
    ['[1]', /not a JSON object/],
    ['{"a": NaN}', /not a JSON value/],
    ['', /ends too early/],
  ])('refuses %s', (json, message) => {
    expect(() => parseJsonObject(json, 'a.json')).toThrow(message);
  });

  it('says where something is wrong', () => {
    expect(() => parseJsonObject('{"a" 1}', 'a.json')).toThrow(
      expect.objectContaining({ code: 'invalid-file', where: 'a.json, character 5' }),
    );
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(() => parseJsonObject(Uint8Array.of(0x7b, 0xff, 0x7d), 'a.json')).toThrow(/UTF-8 \(a\.json\)/);
  });
});

it('finds nothing where there is nothing of the kind', () => {
  const value = parseJsonObject('{"a": {"b": "c"}, "n": 1}', 'a.json');
  expect([at(value, 'x', 'y'), at(value, 'a', 'b', 'c'), stringAt(value, 'n'), numberAt(value, 'a')]).toEqual(
    Array.from({ length: 4 }, () => undefined),
  );
  expect([numberAt(value, 'n'), listOf(at(value, 'a'))]).toEqual([1, []]);
});
