import { AlexNetError } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { benchmarkOf, compared, conformed, measured } from '../testing/records.ts';
import { parseSurvey, type Survey } from './survey.ts';

const survey: Survey = {
  schema: 'alexnet-survey/1',
  date: '2026-11-30T12:00:00.000Z',
  environment: { browser: 'Chromium 147.0.7727.0', processors: '2' },
  conformance: [conformed('a', 491), conformed('b', 490, 1)],
  benchmark: benchmarkOf({
    measurements: [measured({ candidate: 'a' }), measured({ candidate: 'b', p50Ms: 20 })],
    comparisons: [compared('a', 'b', [2, 1.9, 2.1])],
    warnings: ['a was checked on 1 of 4 samples.'],
  }),
  shipped: [{ candidate: 'a', rawBytes: 13_000_000, gzipBytes: 3_300_000 }],
};

/** The survey with one place of it changed. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const copy: unknown = JSON.parse(JSON.stringify(survey));
  const parent = path.slice(0, -1).reduce((at, key) => (at as Record<string | number, unknown>)[key], copy);
  (parent as Record<string | number, unknown>)[path.at(-1)!] = value;
  return JSON.stringify(copy);
}

function errorOf(content: string): AlexNetError {
  try {
    parseSurvey(content);
  } catch (error) {
    if (error instanceof AlexNetError) return error;
    throw error;
  }
  throw new Error('It was accepted');
}

describe('reading a survey', () => {
  it('gives back what was written', () => {
    expect(parseSurvey(JSON.stringify(survey))).toEqual(survey);
  });

  it('keeps fields of a later version', () => {
    expect(parseSurvey(changed(['benchmark', 'measurements', 0, 'energyJoules'], 3))).toMatchObject({
      benchmark: { measurements: [{ energyJoules: 3 }, {}] },
    });
  });

  it('takes no prototype from a file', () => {
    const read = parseSurvey(`{"__proto__":{"polluted":true},${JSON.stringify(survey).slice(1)}`);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(read).not.toHaveProperty('polluted');
    const inFacts = parseSurvey(
      JSON.stringify(survey).replace('"processors":"2"', '"__proto__":{"polluted":"yes"},"constructor":"x"'),
    );
    expect(inFacts.environment).not.toHaveProperty('polluted');
  });

  it.each([
    { why: 'a number as text', path: ['benchmark', 'measurements', 1, 'p50Ms'], value: 'NaN' },
    { why: 'null, which JSON makes of NaN', path: ['benchmark', 'measurements', 0, 'ciLowMs'], value: null },
    { why: 'a negative time', path: ['benchmark', 'measurements', 0, 'p90Ms'], value: -1 },
    { why: 'a batch of a half', path: ['benchmark', 'measurements', 0, 'batch'], value: 0.5 },
    {
      why: 'an interval without its median',
      path: ['benchmark', 'measurements', 0, 'ciLowMs'],
      value: 99,
      where: ['benchmark', 'measurements', 0],
    },
    { why: 'a ratio of zero', path: ['benchmark', 'comparisons', 0, 'ratio'], value: 0 },
    { why: 'an unknown phase', path: ['benchmark', 'measurements', 0, 'phase'], value: 'lukewarm' },
    { why: 'an object for a list', path: ['conformance'], value: { length: 2 } },
    { why: 'no conformance', path: ['conformance'], value: undefined },
    { why: 'a list of a million', path: ['benchmark', 'warnings'], value: Array.from({ length: 1_000_000 }, () => 0) },
    { why: 'a text of a megabyte', path: ['benchmark', 'warnings', 0], value: 'x'.repeat(1_000_000) },
    { why: 'facts that are no text', path: ['environment', 'browser'], value: { name: 'x' } },
    { why: 'a date that is none', path: ['date'], value: 'yesterday' },
    { why: 'an unknown status', path: ['conformance', 0, 'checks', 0, 'status'], value: 'fine' },
    { why: 'a fraction of a byte', path: ['shipped', 0, 'rawBytes'], value: 1.5 },
  ])('turns down $why, and says where', ({ path, value, where }) => {
    const error = errorOf(changed(path, value));
    expect(error.code).toBe('invalid-file');
    expect(error.where).toBe(`survey: ${(where ?? path).join('.')}`);
    expect(error.fix).not.toBe('');
    expect(error.message.length).toBeLessThan(800);
  });

  it.each([
    { why: 'another version', schema: 'alexnet-survey/2', fix: /version of alexnet/ },
    { why: 'another kind of file', schema: 'alexnet-benchmark/1', fix: /alexnet-survey\/1/ },
  ])('tells $why from a damaged one', ({ schema, fix }) => {
    const error = errorOf(changed(['schema'], schema));
    expect(error).toMatchObject({ code: 'invalid-file', where: 'survey: schema', fix: expect.stringMatching(fix) });
    expect(error.message).toContain(schema);
  });

  it('says of a text that was cut off that it was', () => {
    const whole = JSON.stringify(survey);
    for (const length of [1, 100, 1000, whole.length - 1])
      expect(errorOf(whole.slice(0, length)).message).toMatch(/ends in the middle/);
  });

  it.each([
    { content: '', message: /no text/ },
    { content: 'hello', message: /ends in the middle|not JSON/ },
    { content: '{"schema": alexnet}', message: /not JSON/ },
    { content: 'null', message: /not what it should be/ },
    { content: '[]', message: /not what it should be/ },
  ])('turns down $content', ({ content, message }) => {
    expect(errorOf(content)).toMatchObject({ code: 'invalid-file', message: expect.stringMatching(message) });
  });
});
