import type { ChosenImage } from '../images/chosen-image.ts';
import type { GivenFile } from '../weights/given-file.ts';

/** What files are for. */
export type Sorted = { readonly image: ChosenImage } | { readonly weights: readonly GivenFile[] };

/** An image where all are images, of several the first; else weights, whose reader says what is no weights. */
export function sortFiles(files: readonly GivenFile[]): Sorted {
  const images = files.filter(({ file }) => file.type.startsWith('image/'));
  const [first] = images;
  if (first !== undefined && images.length === files.length) {
    return { image: { name: first.file.name, file: first.file } };
  }
  return { weights: files.filter((given) => !images.includes(given)) };
}
