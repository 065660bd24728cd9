/** A photograph that comes with the package, for whole networks on real input. */
export interface Photograph {
  readonly name: string;
  /** A JPEG file. */
  readonly url: URL;
  /** What it shows, who made it, and its licence. */
  readonly credit: string;
}

const photograph = (name: string, credit: string): Photograph => ({
  name,
  url: new URL(`../photos/${name}.jpg`, import.meta.url),
  credit,
});

/** From scikit-image's data set. */
export const photographs: readonly Photograph[] = [
  photograph('chelsea', 'A cat; Stefan van der Walt, CC0'),
  photograph('coffee', 'An espresso cup; Rachel Michetti, CC0'),
  photograph('rocket', 'A rocket launch; SpaceX, CC0'),
  photograph('astronaut', 'Eileen Collins; NASA, public domain'),
];
