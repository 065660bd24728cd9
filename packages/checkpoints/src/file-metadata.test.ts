import { describe, expect, it } from 'vitest';
import { inputSizeIn, labelsIn } from './file-metadata.ts';

describe('metadata of a file', () => {
  it('name its classes, and say the size of its input', () => {
    expect(labelsIn({ labels: '["a","b"]' }, 2)).toEqual(['a', 'b']);
    expect(inputSizeIn({ inputSize: '64' })).toBe(64);
  });

  it.each([
    { why: 'nothing', labels: undefined },
    { why: 'no JSON', labels: '["a"' },
    { why: 'no list', labels: '{"0":"a","1":"b"}' },
    { why: 'one name too few', labels: '["a"]' },
    { why: 'numbers', labels: '[1,2]' },
    { why: 'an empty name', labels: '["a",""]' },
    { why: 'a book', labels: JSON.stringify(['a', 'b'.repeat(1001)]) },
  ])('name no classes with $why', ({ labels }) => {
    expect(labelsIn(labels === undefined ? {} : { labels }, 2)).toBeUndefined();
  });

  it.each([undefined, '0', '-5', '1e3', '12345', 'large'])('say no size with %s', (inputSize) => {
    expect(inputSizeIn(inputSize === undefined ? {} : { inputSize })).toBeUndefined();
  });
});
