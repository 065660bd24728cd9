import { type ReadonlySignal, signal } from '@preact/signals';
import type { ChosenImage } from '../../classify/images/chosen-image.ts';
import { failureOf } from '../../classify/link/failure.ts';
import { sameFile } from './same-file.ts';
import type { TaughtClass } from './taught-class.ts';

/** More classes than anybody fills by hand. */
export const MOST_CLASSES = 20;
/** What a head learns from in reasonable time. */
export const MOST_IMAGES = 500;

/** The classes that a person makes, with their images. Dispose of it to let go of the small pictures. */
export interface ClassList extends Disposable {
  readonly classes: ReadonlySignal<readonly TaughtClass[]>;
  add(): void;
  rename(id: number, name: string): void;
  remove(id: number): void;
  /** Takes images one after the other; one that cannot be read stops no other. Those that are yet to come count as being read. */
  give(id: number, images: readonly ChosenImage[] | Promise<readonly ChosenImage[]>): Promise<void>;
  removeImage(id: number, image: number): void;
  /** Says of an image why it was left out. It stays: what is in the way may be gone the next time. */
  leaveOut(image: number, reason: string): void;
}

/** `picture` makes the small picture of an image, and throws for what is none. */
export function createClassList(picture: (file: Blob) => Promise<Blob>): ClassList {
  let count = 0;
  const named = (name: string): TaughtClass => ({ id: count++, name, images: [], refused: [], reading: 0 });
  const classes = signal<readonly TaughtClass[]>([named('Class 1'), named('Class 2')]);
  const find = (id: number) => classes.value.find((one) => one.id === id);
  const change = (id: number, changed: (before: TaughtClass) => Partial<TaughtClass>) => {
    classes.value = classes.value.map((one) => (one.id === id ? { ...one, ...changed(one) } : one));
  };
  const refuse = (id: number, name: string, error: unknown) =>
    change(id, ({ refused }) => ({ refused: [...refused, { name, reason: failureOf(error).message }] }));
  const take = async (id: number, { name, file }: ChosenImage) => {
    try {
      if (imagesOf(classes.value) >= MOST_IMAGES) throw new Error(`There are ${MOST_IMAGES} images already.`);
      const small = await picture(file);
      // twice the same, one held out and one learned from, would tell nothing; in two classes it would confuse
      const place = await placeOf(classes.value, file);
      if (place !== undefined) throw new Error(`It is in ${place.name} already.`);
      if (find(id) === undefined) return; // the class was removed meanwhile
      const image = { id: count++, name, file, thumbnail: URL.createObjectURL(small) };
      change(id, ({ images }) => ({ images: [...images, image] }));
    } catch (error) {
      refuse(id, name, error);
    }
  };
  const release = ({ images }: TaughtClass) => {
    for (const { thumbnail } of images) URL.revokeObjectURL(thumbnail);
  };

  return {
    classes,
    add() {
      if (classes.value.length < MOST_CLASSES) classes.value = [...classes.value, named(freeName(classes.value))];
    },
    rename: (id, name) => change(id, () => ({ name })),
    remove(id) {
      const found = find(id);
      if (found !== undefined) release(found);
      classes.value = classes.value.filter((one) => one !== found);
    },
    async give(id, coming) {
      change(id, ({ refused, reading }) => ({ refused: reading === 0 ? [] : refused, reading: reading + 1 }));
      let images: readonly ChosenImage[] = [];
      try {
        images = await coming;
      } catch (error) {
        refuse(id, 'What was dropped', error);
      }
      change(id, ({ reading }) => ({ reading: reading - 1 + images.length }));
      for (const image of images) {
        if (find(id) === undefined) return;
        await take(id, image);
        change(id, ({ reading }) => ({ reading: reading - 1 }));
      }
    },
    removeImage(id, image) {
      const found = find(id)?.images.find((one) => one.id === image);
      if (found === undefined) return;
      URL.revokeObjectURL(found.thumbnail);
      change(id, ({ images }) => ({ images: images.filter((one) => one !== found) }));
    },
    leaveOut(image, reason) {
      for (const { id, images } of classes.value) {
        const found = images.find((one) => one.id === image);
        if (found !== undefined) change(id, ({ refused }) => ({ refused: [...refused, { name: found.name, reason }] }));
      }
    },
    [Symbol.dispose]() {
      for (const one of classes.value) release(one);
      classes.value = [];
    },
  };
}

/** The class that has these bytes as an image. */
async function placeOf(classes: readonly TaughtClass[], file: Blob): Promise<TaughtClass | undefined> {
  for (const one of classes) {
    for (const image of one.images) if (await sameFile(image.file, file)) return one;
  }
  return undefined;
}

function imagesOf(classes: readonly TaughtClass[]): number {
  return classes.reduce((sum, { images }) => sum + images.length, 0);
}

function freeName(classes: readonly TaughtClass[]): string {
  for (let number = classes.length + 1; ; number++) {
    const name = `Class ${number}`;
    if (classes.every((one) => one.name !== name)) return name;
  }
}
