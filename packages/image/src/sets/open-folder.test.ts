import { mkdir, symlink } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Workspace, workspace } from '../testing/pictures.ts';
import { openImageFolder } from './open-folder.ts';

let files: Workspace;
beforeAll(async () => {
  files = await workspace();
  // opening looks at names alone: the files need no pixels
  const names = [
    'b/2.jpg',
    'b/10.JPEG',
    'b/deep/er/1.png',
    'a/x.webp',
    'a/notes.txt',
    'a/.hidden.jpg',
    '.git/y.jpg',
    'read.me',
  ];
  for (const name of names) await files.write(`set/${name}`, '');
  await symlink(files.path('set/b'), files.path('set/b/deep/loop'));
  await symlink(files.path('set/b/2.jpg'), files.path('set/a/link.jpg'));
  await symlink(files.path('nowhere'), files.path('set/a/broken.jpg'));
  for (const name of ['one/only/1.jpg', 'hollow/full/1.jpg', 'hollow/empty/read.me', 'flat/1.jpg'])
    await files.write(name, '');
  await mkdir(files.path('bare'));
});
afterAll(async () => files?.[Symbol.asyncDispose]());

const short = (path: string) => path.slice(files.folder.length + 1).replaceAll('\\', '/');

describe('an image folder', () => {
  it('has its folders as classes, in the order of their names, and images at any depth', async () => {
    const set = await openImageFolder(files.path('set'));
    expect(set.classes).toEqual(['a', 'b']);
    expect(set.items.map(({ path, label }) => [short(path), label])).toEqual([
      ['set/a/link.jpg', 0],
      ['set/a/x.webp', 0],
      ['set/b/10.JPEG', 1],
      ['set/b/2.jpg', 1],
      ['set/b/deep/er/1.png', 1],
    ]);
  });

  it('tells what it passed over, and why, but for hidden files', async () => {
    const { ignored } = await openImageFolder(files.path('set'));
    expect(ignored.map(({ path, reason }) => [short(path), reason.slice(0, 20)])).toEqual([
      ['set/read.me', 'It lies in no class '],
      ['set/a/broken.jpg', 'It is neither a file'],
      ['set/a/notes.txt', 'Its extension is non'],
      ['set/b/deep/loop', 'It is a link to a fo'],
    ]);
  });

  it('counts classes that are numbers, as lists do', async () => {
    for (const name of ['10', '9', '08', '1']) await files.write(`numbers/${name}/1.jpg`, '');
    const { classes, items } = await openImageFolder(files.path('numbers'));
    expect(classes).toEqual(['1', '08', '9', '10']);
    expect(items.map(({ path, label }) => [short(path), label])).toEqual([
      ['numbers/1/1.jpg', 0],
      ['numbers/08/1.jpg', 1],
      ['numbers/9/1.jpg', 2],
      ['numbers/10/1.jpg', 3],
    ]);
  });

  it('takes its labels from known classes, of which it may lack some', async () => {
    const set = await openImageFolder(files.path('set'), { classes: ['z', 'b', 'a'] });
    expect(set.classes).toEqual(['z', 'b', 'a']);
    expect(set.items.map(({ label }) => label)).toEqual([2, 2, 1, 1, 1]);
  });

  it.each([
    { why: 'a folder that is not there', folder: 'missing', says: 'it does not exist' },
    { why: 'a file', folder: 'set/b/2.jpg', says: 'it is no folder' },
    { why: 'a class without images', folder: 'hollow', says: 'The class empty has no images' },
    { why: 'one class', folder: 'one', says: 'only one class, only' },
    { why: 'images without class folders', folder: 'flat', says: 'no class folders' },
    { why: 'nothing', folder: 'bare', says: 'no class folders' },
    {
      why: 'a folder that is none of the known classes',
      folder: 'set',
      classes: ['a'],
      says: 'The folder b is none of',
    },
    { why: 'known classes without any image', folder: 'bare', classes: ['a'], says: 'no class folders' },
  ])('is refused: $why', async ({ folder, says, classes }) => {
    await expect(openImageFolder(files.path(folder), classes && { classes })).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(says),
    });
  });

  it.each([
    { why: 'none', classes: [], says: 'empty' },
    { why: 'one twice', classes: ['a', 'b', 'a'], says: 'a is named twice' },
  ])('refuses known classes: $why', async ({ classes, says }) => {
    const error = { code: 'invalid-input', message: expect.stringContaining(says) };
    await expect(openImageFolder(files.path('set'), { classes })).rejects.toMatchObject(error);
  });

  it('stops when it is told to', async () => {
    const opening = openImageFolder(files.path('set'), { signal: AbortSignal.abort() });
    await expect(opening).rejects.toMatchObject({ code: 'aborted' });
  });
});
