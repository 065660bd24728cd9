import { describe, expect, it } from 'vitest';
import type { GivenFile } from '../weights/given-file.ts';
import { sortFiles } from './sort-files.ts';

const given = (name: string, type = ''): GivenFile => ({ path: name, file: new File(['x'], name, { type }) });
const cat = given('cat.jpg', 'image/jpeg');
const dog = given('dog.png', 'image/png');
const weights = given('a.safetensors');

describe('files that are dropped', () => {
  it.each([
    { why: 'an image', files: [cat], name: 'cat.jpg' },
    { why: 'the first of several images', files: [dog, cat], name: 'dog.png' },
  ])('are $why', ({ files, name }) => {
    expect(sortFiles(files)).toMatchObject({ image: { name } });
  });

  it.each([
    { why: 'weights', files: [weights], want: [weights] },
    { why: 'weights, whatever pictures lie beside them', files: [cat, weights], want: [weights] },
    { why: 'weights, also when they are text', files: [given('a.txt', 'text/plain')], want: [{ path: 'a.txt' }] },
    { why: 'nothing, which the reader of weights says', files: [], want: [] },
  ])('are $why', ({ files, want }) => {
    expect(sortFiles(files)).toMatchObject({ weights: want });
  });
});
