import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Workspace, workspace } from '../testing/pictures.ts';
import { openImageList } from './open-list.ts';

let files: Workspace;
beforeAll(async () => {
  files = await workspace();
});
afterAll(async () => files?.[Symbol.asyncDispose]());

const list = async (text: string) => files.write('sub/list.txt', text);

describe('an image list', () => {
  it('has a path and a label a line: the label is the last word', async () => {
    const file = await list('\uFEFF# a comment\r\ncats/a 1.jpg 1\r\n\r\n  /abs/b.png\t0  \nc.jpg 2');
    expect(await openImageList(file)).toEqual({
      classes: ['0', '1', '2'],
      items: [
        { path: files.path('sub/cats/a 1.jpg'), label: 1 },
        { path: resolve('/abs/b.png'), label: 0 },
        { path: files.path('sub/c.jpg'), label: 2 },
      ],
      ignored: [],
    });
  });

  it('starts relative paths at a root, and takes names of classes', async () => {
    const { classes, items } = await openImageList(await list('a.jpg 1'), {
      root: files.folder,
      classes: ['cat', 'dog'],
    });
    expect(classes).toEqual(['cat', 'dog']);
    expect(items).toEqual([{ path: files.path('a.jpg'), label: 1 }]);
  });

  it('tells lines that make no sense by their number', async () => {
    const file = await list('a.jpg 0\nb.jpg\nc.jpg one\n\nd.jpg -1\ne.jpg 1.5\nf.jpg 9\ng.jpg 1');
    const { items, ignored } = await openImageList(file, { classes: ['x', 'y', 'z'] });
    expect(items.map(({ label }) => label)).toEqual([0, 1]);
    expect(ignored).toEqual([
      { path: `${file}:2`, reason: 'It is not a path and a label.' },
      { path: `${file}:3`, reason: 'The label one is not a whole number from 0.' },
      { path: `${file}:5`, reason: 'The label -1 is not a whole number from 0.' },
      { path: `${file}:6`, reason: 'The label 1.5 is not a whole number from 0.' },
      { path: `${file}:7`, reason: 'The label 9 is not below 3.' },
    ]);
  });

  it.each([
    { why: 'nothing', text: '\n# nothing\n', says: 'it is empty' },
    { why: 'no line that makes sense', text: 'a.jpg\n', says: 'list.txt:1: It is not a path and a label' },
    { why: 'one class', text: 'a.jpg 0\nb.jpg 0', says: 'only one class' },
    { why: 'labels that start at 1', text: 'a.jpg 1\nb.jpg 2', says: 'The class 0 has no images' },
    { why: 'a label that would make a million classes', text: 'a.jpg 1000000\n', says: 'not below 100000' },
  ])('is refused: $why', async ({ text, says }) => {
    const error = { code: 'invalid-file', message: expect.stringContaining(says) };
    await expect(openImageList(await list(text))).rejects.toMatchObject(error);
  });

  it.each([
    { why: 'one that is not there', file: 'missing.txt', says: 'does not exist' },
    { why: 'a folder', file: '.', says: 'it is a folder' },
  ])('is refused: $why', async ({ file, says }) => {
    const error = { code: 'invalid-file', message: expect.stringContaining(says) };
    await expect(openImageList(files.path(file))).rejects.toMatchObject(error);
  });
});
