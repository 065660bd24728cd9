import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChosenImage } from '../../classify/images/chosen-image.ts';
import { createClassList, MOST_CLASSES } from './class-list.ts';
import { problemOf } from './problem-of.ts';

const image = (name: string) => ({ name, file: new Blob([name]) });
/** Takes all but what says that it is bad. */
const picture = async (file: Blob) => {
  if ((await file.text()).startsWith('bad')) throw new Error('It is no image.');
  return file;
};
let kept: Set<string>;
beforeEach(() => {
  kept = new Set();
  let count = 0;
  vi.spyOn(URL, 'createObjectURL').mockImplementation(() => {
    const url = `blob:${count++}`;
    kept.add(url);
    return url;
  });
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void kept.delete(url));
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('classes', () => {
  it('are two at first; more are added, named and removed', () => {
    const { classes, add, rename, remove } = createClassList(picture);
    add();
    rename(classes.value[0]!.id, 'cats');
    remove(classes.value[1]!.id);
    add();
    expect(classes.value.map(({ name }) => name)).toEqual(['cats', 'Class 3', 'Class 4']);
    for (let i = 0; i < 50; i++) add();
    expect(classes.value).toHaveLength(MOST_CLASSES);
  });

  it('take images, and say which they do not take and why: these stop no other', async () => {
    const { classes, give } = createClassList(picture);
    const { id } = classes.value[0]!;
    await give(id, ['a', 'bad b', 'c'].map(image));
    expect(classes.value[0]).toMatchObject({
      images: [{ name: 'a' }, { name: 'c' }],
      refused: [{ name: 'bad b', reason: 'It is no image.' }],
      reading: 0,
    });
    await give(id, [image('d')]);
    expect(classes.value[0]!.refused).toEqual([]);
  });

  it('take no image twice, in whatever class and under whatever name', async () => {
    const { classes, give } = createClassList(picture);
    const [first, second] = classes.value;
    await give(first!.id, [image('a'), { ...image('a'), name: 'b' }]);
    await give(second!.id, [image('a')]);
    const again = { reason: 'It is in Class 1 already.' };
    expect(classes.value.map(({ refused }) => refused)).toEqual([[{ ...again, name: 'b' }], [{ ...again, name: 'a' }]]);
  });

  it('let go of the pictures of images that are removed', async () => {
    const list = createClassList(picture);
    const [first, second] = list.classes.value;
    await list.give(first!.id, ['a', 'b'].map(image));
    await list.give(second!.id, ['c', 'd'].map(image));
    list.removeImage(first!.id, list.classes.value[0]!.images[0]!.id);
    expect(kept.size).toBe(3);
    list.remove(second!.id);
    expect(kept.size).toBe(1);
    list[Symbol.dispose]();
    expect(kept.size).toBe(0);
  });

  it('keep an image that was left out of a lesson, and say why it was', async () => {
    const { classes, give, leaveOut } = createClassList(picture);
    const { id } = classes.value[0]!;
    await give(id, ['a', 'b'].map(image));
    leaveOut(classes.value[0]!.images[1]!.id, 'It cannot be prepared.');
    expect(classes.value[0]).toMatchObject({
      images: [{ name: 'a' }, { name: 'b' }],
      refused: [{ name: 'b', reason: 'It cannot be prepared.' }],
    });
  });

  it('are being read while a folder is, and say that it cannot be', async () => {
    const { classes, give } = createClassList(picture);
    const { id } = classes.value[0]!;
    let found!: (images: readonly ChosenImage[]) => void;
    const folder = give(id, new Promise((resolve) => (found = resolve)));
    await give(id, Promise.reject(new Error('It may not be read.')));
    expect(classes.value[0]!.reading).toBe(1);
    found(['a', 'b'].map(image));
    await folder;
    expect(classes.value[0]).toMatchObject({
      images: [{ name: 'a' }, { name: 'b' }],
      refused: [{ name: 'What was dropped', reason: 'It may not be read.' }],
      reading: 0,
    });
  });

  it('that are removed take no more', async () => {
    const list = createClassList(picture);
    const { id } = list.classes.value[0]!;
    const given = list.give(id, ['a', 'b'].map(image));
    list.remove(id);
    await given;
    expect(list.classes.value).toHaveLength(1);
    expect(kept.size).toBe(0);
  });
});

const one = { id: 0, name: 'a', file: new Blob(), thumbnail: '' };
const cats = { name: 'cats', images: [one], reading: 0 };
const dogs = { ...cats, name: 'dogs' };

describe('what can be taught', () => {
  it('is two classes with an image each', () => {
    expect(problemOf([cats, dogs])).toBeUndefined();
  });

  it.each([
    { why: 'one class', classes: [cats], says: 'only one class' },
    { why: 'an empty class', classes: [cats, { ...dogs, images: [] }], says: 'dogs has no images' },
    { why: 'a class without a name', classes: [cats, { ...dogs, name: ' ' }], says: 'has no name' },
    { why: 'two of one name', classes: [cats, { ...dogs, name: ' cats' }], says: 'Two classes are called cats' },
    { why: 'images that are being read', classes: [cats, { ...dogs, reading: 1 }], says: 'still being read' },
  ])('is not $why', ({ classes, says }) => {
    expect(problemOf(classes)).toMatchObject({ code: 'invalid-input', message: expect.stringContaining(says) });
  });
});
